"""CSV and its like: encodings, dialects, headers and odd rows."""

import codecs
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.drops.readers.encodings import unmarked
from shared.profiling.profile import profile_records

PLAIN = "id,name,city\n1,Ann,Berlin\n2,Bob,Paris\n3,Carla,Oslo\n"
WESTERN = "Kundennr;Name;Straße\n1;Jürgen Müller;Hauptstraße 5\n2;Éva Núñez;Rue de l’Église\n3;Søren Åberg;Gågade 7\n"
JAPANESE = (
    "顧客番号,氏名,住所\n1,田中太郎,東京都千代田区丸の内\n2,佐藤花子,大阪府大阪市北区梅田\n3,スズキ イチロー,愛知県\n"
)
CHINESE = "编号,姓名,地址\n1,王小明,北京市朝阳区建国路\n2,李华,上海市浦东新区世纪大道\n3,张伟,广州市天河区体育西路\n"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("mark", [False, True], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("text", [PLAIN, WESTERN, JAPANESE, CHINESE], ids=["ascii", "western", "japanese", "chinese"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_unicode_is_read_with_and_without_a_mark(read, columns, encoding, text, mark, packed):
    content = (("\ufeff" if mark else "") + text).encode(encoding)
    rows = [line.split(";" if ";" in text else ",") for line in text.splitlines()]
    expected = [(name, list(cells), 0) for name, cells in zip(rows[0], zip(*rows[1:], strict=True), strict=True)]
    assert columns(read(content, packed=packed)) == expected


@pytest.mark.parametrize(
    ("text", "encoding", "called"),
    [
        (WESTERN, "cp1252", "Windows-1252"),
        (JAPANESE, "cp932", "Shift-JIS"),
        (CHINESE, "gb18030", "GB18030"),
        ("name,price\nCafé,5 €\nThé,3 €\n", "cp1252", "Windows-1252"),
        ("id,品名\n1,ﾃﾚﾋﾞ\n2,冷蔵庫\n3,カメラ\n", "cp932", "Shift-JIS"),
        ("id,name\n1,Zoë\n", "cp1252", "Windows-1252"),
        ("id,城市\n1,深圳\n2,杭州\n", "gb18030", "GB18030"),
    ],
)
def test_legacy_encodings_are_told_by_their_bytes(read, columns, text, encoding, called):
    found = read(text.encode(encoding))
    assert columns(found) == columns(read(text.encode()))
    assert [note.detail for note in found.warnings if note.code == "encoding_guessed"] == [
        f"Read as {called}, told by its bytes: the file does not say."
    ]


def test_the_first_letter_that_is_not_ascii_may_come_late(read, columns):
    rows = "".join(f"{number},Smith\n" for number in range(60_000))
    found = read(("id,name\n" + rows + "60000,Zoë\n").encode("cp1252"))
    assert found.profile.fields[1].counts.distinct == 2
    assert "Zoë" in columns(found)[1][1]


def test_a_few_bad_bytes_are_noted_and_many_refused(read, cause, codes):
    rows = "".join(f"{number},Müller\n" for number in range(1_000)).encode()
    assert "bad_characters" in codes(read(b"id,name\n" + rows + b"1000,M\xffller\n"))
    assert cause(b"id,name\n" + "é".encode() * 3_000 + b"\xff\xfe\xfd" * 100 + b"\n" + rows)[0] == "bad_encoding"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "~", "\x01", "\x1f", "¦"])
def test_delimiters_are_found(read, columns, mark):
    rows = [["id", "amount", "note"], ["1", "1,5", "a, b"], ["2", "2,25", "c"], ["3", "10,0", "d, e, f"]]
    if mark == ",":
        rows = [[cell.replace(",", ".") for cell in row] for row in rows]
    text = "\n".join(mark.join(row) for row in rows)
    assert [name for name, _, _ in columns(read(text.encode()))] == ["id", "amount", "note"]
    assert columns(read(text.encode()))[1][1] == [row[1] for row in rows[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'id,note\n1,"two\nlines, and a comma"\n2,"a ""quoted"" word"\n',
            ["two lines, and a comma", 'a "quoted" word'],
        ),
        ('id,note\r\n1,"two\r\nlines"\r\n2,x\r\n', ["two lines", "x"]),
        ("id,note\r1,a\r2,b\r", ["a", "b"]),
        ("id,note\n1,'a, b'\n2,'c'\n", ["a, b", "c"]),
        ('id,note\n1,"say \\"hi\\", then go"\n2,"b"\n', ['say "hi", then go', "b"]),
        ('id, note\n1, "a, b"\n2, "c"\n', ["a, b", "c"]),
        ('id\tnote\n1\t5" pipe\n2\t7" pipe\n', ['5" pipe', '7" pipe']),
        ("sep=;\nid;note\n1;a\n2;b\n", ["a", "b"]),
    ],
    ids=["quoted newline", "crlf", "cr", "single quotes", "backslash", "spaces", "inches", "sep="],
)
def test_quotes_and_lines(read, columns, text, expected):
    found = columns(read(text.encode()))
    assert [name for name, _, _ in found] == ["id", "note"]
    assert [" ".join(value.split()) for value in found[1][1]] == expected


def test_one_column_is_a_table(read, columns):
    assert columns(read(b"email\na@x.com\nb@x.com\n")) == [("email", ["a@x.com", "b@x.com"], 0)]


def test_blank_and_double_names_are_made_unique(read, columns, codes):
    found = read(b"id,,name,name,Column2\n1,a,b,c,d\n2,e,f,g,h\n")
    assert [name for name, _, _ in columns(found)] == ["id", "Column2_2", "name", "name_2", "Column2"]
    assert codes(found) == ["unnamed_column", "duplicate_column"]


@pytest.mark.parametrize(
    "text",
    [
        "1,Ann,2024-01-31\n2,Bob,2024-02-01\n3,Carla,2024-03-05\n",
        "Ann,ann@x.com\nBob,bob@x.com\n",
        "Ann,F,Berlin\nBob,M,Berlin\nCarla,F,Paris\n",
    ],
    ids=["numbers and dates", "addresses", "repeated words"],
)
def test_a_table_without_header_gets_names(read, columns, codes, text):
    found = read(text.encode())
    assert codes(found) == ["no_header"]
    assert [name for name, _, _ in columns(found)][:2] == ["Column1", "Column2"]
    assert found.rows == text.count("\n")


@pytest.mark.parametrize(
    "header", ["country,2019,2020", "id,first name,last name", "a,b,c", "Kunde,Umsatz,Ort", "x1,x2,x3"]
)
def test_a_header_is_taken_for_one(read, columns, codes, header):
    found = read(f"{header}\nGermany,83.0,x\nFrance,67.1,y\n".encode())
    assert [name for name, _, _ in columns(found)] == header.split(",")
    assert codes(found) == []


def test_titles_above_the_header_are_left_out(read, columns, codes):
    found = read(b"Customers of 2024,,\nprinted on 2024-05-06,,\n,,\nid,name,city\n1,Ann,Berlin\n2,Bob,Paris\n")
    assert columns(found) == [("id", ["1", "2"], 0), ("name", ["Ann", "Bob"], 0), ("city", ["Berlin", "Paris"], 0)]
    assert "title_rows" in codes(found)


@pytest.mark.parametrize(
    "last", ["Total,,30", ",Sum:,30", "Gesamt;;30,5", "合計,,30", 'Grand Total,2,"1,030.00"', "2 rows,,"]
)
def test_totals_at_the_end_are_left_out(read, codes, last):
    mark = ";" if ";" in last else ","
    found = read("\n".join([f"id{mark}name{mark}amount", f"1{mark}Ann{mark}10", f"2{mark}Bob{mark}20", last]).encode())
    assert (found.rows, codes(found)) == (2, ["trailing_rows"])


def test_a_customer_called_total_stays(read, codes):
    found = read(b"name,city,amount\nShell,London,10\nTotal,Paris,20\n")
    assert (found.rows, codes(found)) == (2, [])


def test_ragged_rows_are_counted(read, columns, codes):
    found = read(b"id,name,city\n1,Ann,Berlin\n2,Bob\n3,Carla,Oslo,extra\n4,Dan,Rome,\n5,Eve,Kyiv\n")
    assert columns(found)[2] == ("city", ["Berlin", "Oslo", "Rome", "Kyiv"], 1)
    note = found.warnings[0]
    assert (note.code, note.detail[:70]) == (
        "ragged_rows",
        "1 row with fewer cells than the header and 1 with more, the first of t"[:70],
    )
    assert "row 3" in note.detail


def test_row_names_without_a_name_are_a_column(read, columns):
    """As R's write.table writes them."""
    found = read(b'"name" "city"\n'.replace(b" ", b",") + b'"1","Ann","Berlin"\n"2","Bob","Paris"\n"3","Cy","Rome"\n')
    assert [name for name, _, _ in columns(found)] == ["Column1", "name", "city"]


def test_a_column_without_name_and_values_is_none(read, columns, codes):
    found = read(b"id,name,\n1,Ann,\n2,Bob,\n")
    assert [name for name, _, _ in columns(found)] == ["id", "name"]
    assert codes(found) == []


def test_blank_rows_and_repeated_headers_are_no_records(read, codes):
    found = read(b"id,name\n1,Ann\n\n,\nid,name\n2,Bob\n\n")
    assert found.rows == 2
    assert codes(found) == ["repeated_header", "blank_rows"]


def test_only_a_header_is_a_table_of_no_rows(read, columns):
    found = read(b"\xef\xbb\xbfid,name,city\n")
    assert columns(found) == [("id", [], 0), ("name", [], 0), ("city", [], 0)]
    assert found.rows == 0


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\n\n\r\n", b" \n\t\n", b",,,\n,,,\n"])
def test_nothing_is_an_empty_file(cause, content):
    assert cause(content)[0] == "empty_file"


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "list.csv", "a PDF document, not CSV"),
        (b"<!DOCTYPE html>\n<html><body>503 Service Unavailable</body></html>", "list.csv", "an HTML page, not CSV"),
        (b'<?xml version="1.0"?><rows/>', "list.tsv.gz", "XML, not TSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "list.json", "an image, not JSON"),
        (bytes(range(256)) * 20, "list.csv", "binary data, not CSV"),
        (b"BZh91AY&SY\x00\x01", "list.csv", "a bzip2 archive, not CSV"),
    ],
)
def test_a_file_that_is_not_what_it_says_has_its_own_cause(cause, content, name, what):
    code, detail = cause(content, name)
    assert code == "not_what_it_says"
    assert detail.endswith(f"holds {what}.")


def test_running_text_is_no_table(cause):
    text = (
        "It was the best of times, it was the worst of times, it was an age of wisdom.\n" * 2
        + "We had it all before us, or so it is said by many of them.\n"
        + "Nothing more is known of the place, nor of its people today.\n"
    )
    assert cause(text.encode(), "notes.txt")[0] == "not_a_table"


def test_zero_bytes_are_no_table(cause):
    assert cause(bytes(100_000))[0] == "not_a_table"


def test_an_open_quote_is_a_cause(cause):
    code, detail = cause(b'id,name\n1,Ann\n2,"Bob\n3,Carla\n4,Dan\n')
    assert code == "unclosed_quote"
    assert "Row 3" in detail


CELL = st.text(st.sampled_from("abcXYZ019 ,;|\"'\n-/@.éß日\u200b"), max_size=8)
NAMES = ["id", "order_no", "email", "Status", "city"]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=3, max_size=12), st.sampled_from(",\t"))
def test_a_csv_has_the_profile_of_its_records(read, cells, mark):
    """Whatever is quoted in it. The first cell is there and unlike a total, so that no row is left out."""
    rows = [[f"k{at}{row[0].strip()}", *row[1:]] for at, row in enumerate(cells)]
    written = io.StringIO()
    csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    found = read(written.getvalue().encode("utf-8-sig"), "x.tsv" if mark == "\t" else "x.csv")
    expected = profile_records("customers", None, [dict(zip(NAMES, row, strict=True)) for row in rows])
    assert found.profile == expected


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller, Jörg; Straße", "cp1252"),
        ("naïve café – “déjà vu”", "cp1252"),
        ("株式会社テスト", "cp932"),
        ("東京都港区六本木", "cp932"),
        ("有限公司测试数据", "gb18030"),
        ("北京市海淀区中关村", "gb18030"),
    ],
)
def test_short_texts_are_told_apart(text, encoding):
    assert unmarked(text.encode(encoding)) == encoding


def test_one_escaped_quote_among_many_cells_is_noticed(read, columns):
    lines = ['"id","name","city"'] + [f'"{row}","name {row}","Oslo"' for row in range(60)]
    lines[3] = '"2","the \\"big\\" one, and more","Oslo"'
    assert columns(read("\n".join(lines).encode()))[1][1][2] == 'the "big" one, and more'


def test_single_quotes_around_every_cell_are_no_part_of_it(read, columns):
    lines = ["'id','name'"] + [f"'{row}','name {row}'" for row in range(60)]
    lines[3] = "'2','big, small'"
    assert columns(read("\n".join(lines).encode()))[1][1][:3] == ["name 0", "name 1", "big, small"]


def test_a_remark_at_the_end_is_not_called_a_ragged_row(read, codes):
    rows = "".join(f"{row},x{row},Oslo\n" for row in range(50))
    assert codes(read(f"id,name,city\n{rows}50 rows exported\n".encode())) == ["trailing_rows"]
    assert codes(read(f"id,name,city\n7,x\n{rows}50 rows exported\n".encode())) == ["trailing_rows", "ragged_rows"]


def test_a_row_of_a_million_cells_costs_no_more_than_its_text(read, codes):
    found = read(b"id,name\n1,Ann\n" + b"7," * 500_000 + b"x\n2,Bob\n")
    assert (found.rows, codes(found)) == (3, ["ragged_rows"])


def test_a_huge_cell_among_the_first_rows_is_read(read):
    content = "id,name\n1," + "x" * 400_000 + "\n2,Bob\n"
    assert read(content.encode()).rows == 2


def test_zero_bytes_in_some_cells_do_not_make_it_utf_16(read, columns):
    found = read(b"id,name\n1,A\0nn\n2,Bob\n3,C\0\n")
    assert [(name, samples[1:]) for name, samples, _ in columns(found)] == [("id", ["2", "3"]), ("name", ["Bob", "C"])]
