"""Where a table's header is, whether it has one, and what its columns are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.drops.readers.table import Note
from shared.profiling.field_names import hints
from shared.profiling.types_number import number
from shared.profiling.types_text import email, guid, uri
from shared.profiling.types_time import date_time
from shared.profiling.values import BLANK, shown

_TITLES: Final = 30
"""A header below more rows than this is not looked for."""
_FULL: Final = 0.8
_HALF: Final = 0.5
_LONGEST: Final = 500
"""Characters of a name, as for fields over HTTP."""


@dataclass(frozen=True)
class Layout:
    """``skip``: the rows before the first record, header included; ``header``: its cells, None without one."""

    skip: int
    header: tuple[str, ...] | None
    width: int
    titles: int = 0


def layout(rows: Sequence[Sequence[str]]) -> Layout:
    """Look at the first rows of a table, blank ones as empty rows."""
    width = _width(rows)
    at = _header_row([row[:width] for row in rows])
    body = [row for row in rows[at + 1 :] if _filled(row)]
    titles = sum(1 for row in rows[:at] if _filled(row))
    row = [cell.strip(BLANK) for cell in rows[at]]
    while len(row) > width and not row[-1]:
        row.pop()
    width = max(width, len(row))
    if not _is_header(row, body):
        return Layout(at, None, width, titles)
    if len(row) == width - 1 and body and all(len(other) == width and other[-1].strip(BLANK) for other in body):
        row = ["", *row]  # R's write.table leaves out the name of the row names
    return Layout(at + 1, tuple(row), width, titles)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip(BLANK))


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The commonest length of rows; of two the first row's, else the longer."""
    lengths = [len(row) for row in rows if _filled(row)]
    return max(set(lengths), key=lambda length: (lengths.count(length), length == lengths[0], length), default=0)


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """The first row that is nearly as full as a row gets; a half full one where the other is no header."""
    full = max((_filled(row) for row in rows[: _TITLES + 5]), default=0)
    first = [
        next((at for at, row in enumerate(rows[:_TITLES]) if _filled(row) >= share * full > 0), 0)
        for share in (_HALF, _FULL)
    ]
    half, nearly = first
    if half != nearly and any(_kind(cell) for cell in rows[nearly]):
        return half
    return nearly


def _kind(cell: str) -> str | None:
    """What a cell holds that no header does."""
    value = cell.strip(BLANK)
    tests = (("number", number), ("date", date_time), ("email", email), ("guid", guid), ("uri", uri))
    return next((name for name, fits in tests if value and fits(value)), None)


def _is_header(row: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Numbers, dates and addresses where the rows below have them too are no names; neither are repeated words."""
    if not any(row):
        return False
    typed = {at: kind for at, cell in enumerate(row) if (kind := _kind(cell))}
    if typed:
        return len(typed) < len(row) and (_years(row, typed, body) or not _same_kinds(typed, body))
    if any(hints(cell) for cell in row if cell):
        return True
    return not _repeated(row, body)


def _years(row: Sequence[str], typed: dict[int, str], body: Sequence[Sequence[str]]) -> bool:
    """2019, 2020, 2021 over amounts."""
    if not all(_year(row[at]) for at in typed):
        return False
    below = [other[at].strip(BLANK) for other in body for at in typed if at < len(other)]
    return not below or not all(map(_year, filter(None, below)))


def _year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdecimal() and "1900" <= cell <= "2100"


def _same_kinds(typed: dict[int, str], body: Sequence[Sequence[str]]) -> bool:
    agree = 0
    for at, kind in typed.items():
        below = [other[at] for other in body[:20] if at < len(other) and other[at].strip(BLANK)]
        agree += not below or sum(_kind(cell) == kind for cell in below) >= len(below) / 2
    return agree >= len(typed) / 2


def _repeated(row: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    return any(
        cell and any(at < len(other) and other[at].strip(BLANK) == cell for other in body)
        for at, cell in enumerate(row)
    )


def names(header: Sequence[str] | None, width: int) -> tuple[list[str], list[Note]]:
    """A name for each column, each another one, with notes on what had to be made up."""
    if header is None:
        made = [f"Column{at + 1}" for at in range(width)]
        return made, [Note("no_header", "The file has no header: its columns are called Column1, Column2 and so on.")]
    found, notes, taken = [], [], {cell for cell in header if cell}
    for at in range(width):
        name = header[at][:_LONGEST] if at < len(header) else ""
        if not name:
            name = _free(f"Column{at + 1}", taken)
            notes.append(Note("unnamed_column", f"Column {at + 1} has no name: it is called {name}.", name))
        elif name in found:
            first, name = name, _free(name, taken)
            notes.append(
                Note(
                    "duplicate_column",
                    f"{shown(first)} names several columns: column {at + 1} is called {shown(name)}.",
                    name,
                )
            )
        taken.add(name)
        found.append(name)
    return found, notes


def _free(name: str, taken: set[str]) -> str:
    if name.startswith("Column") and name not in taken:
        return name
    return next(other for at in range(2, len(taken) + 3) if (other := f"{name[: _LONGEST - 8]}_{at}") not in taken)
