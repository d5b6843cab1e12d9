"""Excel workbooks: cells as text, the right sheet, and what hides in a ZIP archive."""

import io
import random
import struct
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.styles import PatternFill

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def workbook(*sheets):
    """Each: (name, rows)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def by_hand(sheet, strings="", **more):
    """A workbook of raw XML: what no library would write."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{relation}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        file.writestr("xl/worksheets/sheet1.xml", sheet)
        if strings:
            file.writestr("xl/sharedStrings.xml", strings)
        for name, text in more.items():
            file.writestr(name, text)
    return content.getvalue()


ROWS = [["id", "name", "joined"], [1, "Ann", date(2024, 1, 31)], [2, "Bob", date(2024, 2, 29)]]


def test_cells_are_text_as_a_person_sees_them(read, columns):
    row = [7, 1.5, "x", True, date(2024, 1, 31), datetime(2024, 1, 31, 10, 20), time(9, 30), "#N/A", "=1+1", 0.1 + 0.2]
    names = ["whole", "half", "word", "active", "day", "moment", "hour", "error", "formula", "sum"]
    found = columns(read(workbook(("S", [names, row, [8, 2.5, "y"]])), "x.xlsx"))
    assert [samples[:1] for _, samples, _ in found] == [
        ["7"], ["1.5"], ["x"], ["true"], ["2024-01-31"], ["2024-01-31 10:20:00"], ["09:30:00"], [], [],
        ["0.3"],
    ]  # fmt: skip


def test_the_first_sheet_with_data_is_read(read, columns, codes):
    found = read(workbook(("Cover", []), ("Customers", ROWS), ("Other", [["a"], [1]])), "x.xlsx")
    assert columns(found)[2] == ("joined", ["2024-01-31", "2024-02-29"], 0)
    assert codes(found) == ["one_sheet_of_several"]


def test_the_sheet_that_is_named_is_read(read, cause, columns):
    content = workbook(("Customers", ROWS), ("Other", [["a", "b"], [1, 2]]))
    assert [name for name, _, _ in columns(read(content, "x.xlsx", sheet="other"))] == ["a", "b"]
    assert cause(content, "x.xlsx", sheet="Orders") == (
        "no_such_sheet",
        "The workbook has no sheet Orders; it has Customers, Other.",
    )


def test_hidden_sheets_come_last(read, columns):
    book = openpyxl.Workbook()
    book.active.append(["secret"])
    book.active.append(["x"])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Shown")
    sheet.append(["id", "name"])
    sheet.append([1, "Ann"])
    assert [name for name, _, _ in columns(read(saved(book), "x.xlsx"))] == ["id", "name"]


def test_titles_totals_and_a_table_off_the_corner(read, columns, codes):
    rows = [["Customers of 2024"], [], [None, None, "id", "name", "amount"], [None, None, 1, "Ann", 10]]
    rows += [[None, None, 2, "Bob", 20], [None, None, "Total", None, 30]]
    found = read(workbook(("S", rows)), "x.xlsx")
    assert columns(found) == [("id", ["1", "2"], 0), ("name", ["Ann", "Bob"], 0), ("amount", ["10", "20"], 0)]
    assert codes(found) == ["title_rows", "trailing_rows"]


def test_formatted_cells_without_values_are_nothing(read, columns):
    book = openpyxl.load_workbook(io.BytesIO(workbook(("S", ROWS))))
    for column in range(1, 1_500):
        book.active.cell(4, column).fill = PatternFill("solid", "FF0000")
    for row in range(5, 3_000):
        book.active.cell(row, 1).fill = PatternFill("solid", "FF0000")
    found = read(saved(book), "x.xlsx")
    assert (found.rows, len(columns(found))) == (2, 3)


def test_shared_and_rich_strings(read, columns):
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>id</t></si><si><r><t>first </t></r><r><t>name</t></r></si>'
        "<si><t>田中</t><rPh><t>タナカ</t></rPh></si><si><t>a_x000D_b</t></si></sst>"
    )
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c>'
        '</x:row><x:row><x:c><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c></x:row>'
        '<x:row><x:c><x:v>2</x:v></x:c><x:c t="s"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    found = columns(read(by_hand(sheet, strings), "x.xlsx"))
    assert found == [("id", ["1", "2"], 0), ("first name", ["田中", "a b"], 0)]


def sheet_of(rows):
    return f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'


TABLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>Ann</t></is></c></row>'
)


def test_the_size_a_sheet_claims_is_not_believed(read):
    assert read(by_hand(sheet_of(TABLE)), "x.xlsx").rows == 1


def test_a_million_empty_columns_are_nothing(read, columns):
    empty = "".join(f'<c r="{letter}AA1"/>' for letter in "ABCDEFGHIJ") * 100_000
    found = read(by_hand(sheet_of(TABLE + f'<row r="3">{empty}</row>')), "x.xlsx")
    assert [name for name, _, _ in columns(found)] == ["id", "name"]


def test_a_value_in_the_last_corner_costs_nothing(cause):
    code, _ = cause(by_hand(sheet_of(TABLE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "x.xlsx")
    assert code == "too_many_columns"


def test_empty_rows_that_unpack_without_end_are_a_bomb(cause):
    content = by_hand(sheet_of(TABLE + '<row r="3"><c r="A3" s="1"/></row>' * 1_000_000))
    assert len(content) < 200_000
    assert cause(content, "x.xlsx")[0] == "decompression_bomb"


def test_shared_strings_that_unpack_without_end_are_a_bomb(cause):
    strings = f'<sst xmlns="{MAIN}">' + "<si><t>aaaaaaaaaaaaaaaa</t></si>" * 1_000_000 + "</sst>"
    assert cause(by_hand(sheet_of(TABLE), strings), "x.xlsx")[0] == "decompression_bomb"


def test_one_string_of_two_mebibytes(cause):
    strings = f'<sst xmlns="{MAIN}"><si><t>{"ab" * 1_048_576}</t></si></sst>'
    assert cause(by_hand(sheet_of(TABLE), strings), "x.xlsx")[0] == "row_too_large"


def test_entities_are_refused(cause):
    """A billion laughs: a document type declaration is enough."""
    laughs = '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert cause(by_hand(laughs + sheet_of(TABLE)), "x.xlsx")[0] == "damaged"


def test_elements_nested_without_end_are_refused(cause):
    assert cause(by_hand(sheet_of("<a>" * 100_000)), "x.xlsx")[0] == "nested_too_deep"


def test_macros_and_links_are_not_opened(read):
    more = {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<not xml"}
    assert read(by_hand(sheet_of(TABLE), **more), "x.xlsm").rows == 1


def old_office(*streams, sector=512):
    """A file of the format before ZIP archives, its directory far behind the header."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, sector.bit_length() - 1)
    struct.pack_into("<I", header, 48, 40_000 // sector)
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    at = (40_000 // sector + 1) * sector
    return bytes(header).ljust(at, b"\0") + entries.ljust(4 * sector, b"\0")


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x.csv", "x"])
@pytest.mark.parametrize("sector", [512, 4096])
def test_a_password_and_the_old_format_are_told_apart_whatever_the_name(cause, name, sector):
    locked = old_office("EncryptionInfo", "EncryptedPackage", sector=sector)
    assert cause(locked, name)[0] == "encrypted_workbook"
    code, detail = cause(old_office("Workbook", sector=sector), name)
    assert (code, ".xls: save it as .xlsx" in detail) == ("unsupported_format", True)
    assert cause(old_office("WordDocument", sector=sector), name)[0] == "unsupported_format"
    assert cause(locked[:600], name)[0] == "unsupported_format"


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("word/document.xml", "a Word document"),
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
        ("a.csv", "a ZIP archive"),
    ],
)
def test_other_archives_are_not_workbooks(cause, member, what):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(member, "x")
    assert cause(content.getvalue(), "x.xlsx") == (
        "not_what_it_says",
        f"The file is named .xlsx and holds {what}, not an Excel workbook.",
    )


def test_a_cut_off_workbook_is_damaged(cause):
    content = workbook(("S", ROWS))
    assert cause(content[:-200], "x.xlsx")[0] == "damaged"
    sheet = content.index(b"xl/worksheets/sheet1.xml") + 40
    assert cause(content[:sheet] + b"\0" * 50 + content[sheet + 50 :], "x.xlsx")[0] == "damaged"


def test_a_workbook_without_values_is_empty(cause):
    assert cause(workbook(("S", [])), "x.xlsx")[0] == "empty_file"


def packed(method):
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(by_hand(sheet_of(TABLE)))) as source, zipfile.ZipFile(content, "w", method) as file:
        for name in source.namelist():
            file.writestr(name, source.read(name))
    return content.getvalue()


def test_methods_that_unpack_without_a_limit_are_refused(read, cause):
    assert read(packed(zipfile.ZIP_STORED), "x.xlsx").rows == 1
    assert cause(packed(zipfile.ZIP_LZMA), "x.xlsx")[0] == "damaged"
    assert cause(packed(zipfile.ZIP_BZIP2), "x.xlsx")[0] == "damaged"


def test_a_list_of_millions_of_parts_is_refused(cause):
    content = by_hand(sheet_of(TABLE))
    start, end = content.index(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    parts = content[start:end] * (6 * 1024 * 1024 // (end - start))
    ends = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(parts), start, 0)
    code, detail = cause(content[:start] + parts + ends, "x.xlsx")
    assert (code, "more parts" in detail) == ("damaged", True)


def test_a_tag_without_end_is_refused(cause):
    noise = random.Random(7).randbytes(6 * 1024 * 1024).hex()
    assert cause(by_hand(f'<worksheet><sheetData><row a="{noise}"/></sheetData></worksheet>'), "x.xlsx")[0] == "damaged"


def test_sizes_that_the_archive_claims_wrongly_are_damage(cause):
    content = bytearray(by_hand(sheet_of(TABLE)))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", content, entry + 24, 20)
    assert cause(bytes(content), "x.xlsx")[0] == "damaged"
