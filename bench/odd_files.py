"""Files as people and programs write them, and the records that must be read from each: for ``bench.formats``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Record = dict[str, str]
Rows = Sequence[Sequence[str]]
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
LEGACY = ("cp1252", "cp932", "gb18030")
WORDS = {
    "cp1252": ("Jürgen Müller", "Éva Núñez", "Søren Åberg", "Straße 5", "Rue de l’Église", "Gågade 7", "Zoë", "5 €"),
    "cp932": (
        "田中太郎",
        "佐藤花子",
        "スズキ イチロー",
        "東京都千代田区",
        "大阪府大阪市",
        "カメラ",
        "冷蔵庫",
        "ひらがな",
    ),
    "gb18030": ("王小明", "李华", "张伟", "北京市朝阳区", "上海市浦东新区", "广州市天河区", "深圳", "杭州"),
    "unicode": ("Jürgen", "Ελένη", "Łukasz", "Иван", "田中太郎", "王小明", "محمد", "😀 smile"),
}
HEADER = ("customer_id", "name", "email", "city", "amount", "joined")


def rows_for(encoding: str, count: int = 60) -> list[list[str]]:
    """Cells of six columns, in letters the encoding has. One in ten emails is missing, some are placeholders."""
    words = WORDS.get(encoding, WORDS["unicode"])
    return [
        [
            f"C-{1000 + row}",
            f"{words[row % 5]} {row % 17}",
            "" if row % 10 == 3 else "n/a" if row % 10 == 7 else f"user{row}@example.com",
            words[3 + row % 5],
            f"{row * 7.25:.2f}",
            f"2024-{1 + row % 12:02}-{1 + row % 28:02}",
        ]
        for row in range(count)
    ]


def records(rows: Rows, header: Sequence[str] = HEADER) -> list[Record]:
    return [dict(zip(header, row, strict=True)) for row in rows]


def delimited(rows: Rows, mark: str = ",", end: str = "\r\n", header: Sequence[str] | None = HEADER) -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=mark, lineterminator=end)
    writer.writerows([header, *rows] if header else rows)
    return written.getvalue()


@dataclass(frozen=True)
class Odd:
    """A text of cells, the records in it, and the codes of the warnings that are due."""

    text: str
    records: list[Record]
    warnings: list[str] = field(default_factory=list)


def _with(rows: Rows, at: int, row: int, cell: str) -> list[list[str]]:
    found = [list(each) for each in rows]
    found[row][at] = cell
    return found


def _marked(mark: str) -> Callable[[Rows], Odd]:
    return lambda rows: Odd(delimited(rows, mark), records(rows))


def _ended(end: str) -> Callable[[Rows], Odd]:
    return lambda rows: Odd(delimited(rows, end=end), records(rows))


def _quoted(cell: str) -> Callable[[Rows], Odd]:
    def make(rows: Rows) -> Odd:
        changed = _with(_with(rows, 1, 2, cell), 3, 40, cell)
        return Odd(delimited(changed), records(changed))

    return make


def _backslashes(rows: Rows) -> Odd:
    changed = _with(rows, 1, 2, 'the "big" one')
    lines = [",".join('"' + cell.replace('"', '\\"') + '"' for cell in row) for row in [HEADER, *changed]]
    return Odd("\n".join(lines) + "\n", records(changed))


def _single_quotes(rows: Rows) -> Odd:
    changed = _with(rows, 1, 2, "big, small")
    lines = [",".join(f"'{cell}'" for cell in row) for row in [HEADER, *changed]]
    return Odd("\n".join(lines) + "\n", records(changed))


def _spaced(rows: Rows) -> Odd:
    lines = [", ".join(f'"{cell}"' for cell in row) for row in [HEADER, *rows]]
    return Odd("\n".join(lines) + "\n", records(rows))


def _no_header(rows: Rows) -> Odd:
    names = [f"Column{at + 1}" for at in range(len(HEADER))]
    return Odd(delimited(rows, header=None), records(rows, names), ["no_header"])


def _renamed(header: Sequence[str], names: Sequence[str], code: str) -> Callable[[Rows], Odd]:
    return lambda rows: Odd(delimited(rows, header=header), records(rows, names), [code])


def _ragged(rows: Rows) -> Odd:
    short, long = 5, 9
    written = [list(row) for row in rows]
    written[short], written[long] = written[short][:4], [*written[long], "one more"]
    expected = [list(row) for row in rows]
    expected[short][4:] = ["", ""]
    return Odd(delimited(written), records(expected), ["ragged_rows"])


def _titles(rows: Rows) -> Odd:
    return Odd("Customers of 2024\n\nas of January\n" + delimited(rows), records(rows), ["title_rows"])


def _totals(rows: Rows) -> Odd:
    return Odd(delimited(rows) + "Total,,,,12843.00,\n", records(rows), ["trailing_rows"])


def _footer(rows: Rows) -> Odd:
    return Odd(delimited(rows) + "\n60 rows exported\n", records(rows), ["trailing_rows"])


def _blank_rows(rows: Rows) -> Odd:
    written = [*rows[:20], [""] * 6, *rows[20:]]
    return Odd(delimited(written), records(rows), ["blank_rows"])


def _repeated(rows: Rows) -> Odd:
    return Odd(delimited([*rows[:30], HEADER, *rows[30:]]), records(rows), ["repeated_header"])


def _last_mark(rows: Rows) -> Odd:
    lines = [",".join(row) + "," for row in [HEADER, *rows]]
    return Odd("\n".join(lines), records(rows))


def _announced(rows: Rows) -> Odd:
    return Odd("sep=|\r\n" + delimited(rows, "|"), records(rows))


ODDITIES: dict[str, Callable[[Rows], Odd]] = {
    "commas, CRLF": _marked(","),
    "semicolons": _marked(";"),
    "tabs": _marked("\t"),
    "pipes": _marked("|"),
    "carets": _marked("^"),
    "tildes": _marked("~"),
    "unit separators (0x1F)": _marked("\x1f"),
    "first line sep=": _announced,
    "LF line ends": _ended("\n"),
    "CR line ends": _ended("\r"),
    "newlines in quotes": _quoted("first line\nsecond line"),
    "delimiters in quotes": _quoted("one, two, three"),
    "doubled quotes": _quoted('the "big" one'),
    "quotes escaped by backslashes": _backslashes,
    "single quotes": _single_quotes,
    "a space after each comma": _spaced,
    "a comma at each row's end": _last_mark,
    "no header": _no_header,
    "a blank header name": _renamed(
        ("customer_id", "", *HEADER[2:]), ("customer_id", "Column2", *HEADER[2:]), "unnamed_column"
    ),
    "a duplicate header name": _renamed(
        ("customer_id", "name", "name", *HEADER[3:]), ("customer_id", "name", "name_2", *HEADER[3:]), "duplicate_column"
    ),
    "ragged rows": _ragged,
    "title rows above the header": _titles,
    "a trailing total": _totals,
    "a remark at the end": _footer,
    "a blank row": _blank_rows,
    "the header repeated": _repeated,
}
