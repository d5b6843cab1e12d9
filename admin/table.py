"""Tables for people: aligned, numbers to the right, cut to the terminal's width; ids are never cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from admin.json_values import JsonObject, JsonValue, at
from admin.plain import cut, one_line, width

_GAP = 2
_NARROWEST = 8
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")


@dataclass(frozen=True)
class Column:
    """``path``: the member shown, its parts joined by dots. ``whole``: never cut, because it is copied."""

    title: str
    path: str
    number: bool = False
    whole: bool = False


def table(columns: Sequence[Column], rows: Sequence[JsonObject], room: int | None) -> str:
    """Lines of at most ``room`` columns where what must stay whole allows it; None: as wide as it takes."""
    cells = [[shown(at(row, column.path)) for column in columns] for row in rows]
    texts = [[column.title for column in columns], *cells]
    widths = [max(width(line[place]) for line in texts) for place in range(len(columns))]
    if room is not None:
        widths = _fitted(widths, columns, room)
    lines = [texts[0], ["-" * size for size in widths], *cells]
    return "\n".join(_line(line, widths, columns) for line in lines)


def record(columns: Sequence[Column], row: JsonObject) -> str:
    """One thing: a member a line."""
    widest = max(len(column.title) for column in columns)
    return "\n".join(f"{column.title:<{widest}}  {shown(at(row, column.path))}".rstrip() for column in columns)


def shown(value: JsonValue) -> str:
    """A value in a cell. What is not known is a dash, never a zero."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{Decimal(str(value)):,f}"
    if isinstance(value, str):
        return one_line(_TIME.sub(r"\1 \2", value) if _TIME.fullmatch(value) else value)
    return ", ".join(shown(part) for part in value) if isinstance(value, list) else one_line(str(value))


def _fitted(widths: list[int], columns: Sequence[Column], room: int) -> list[int]:
    """The widest that may be cut gives way, a column at a time, until all fit or none can be narrower."""
    fitted = list(widths)
    may = [place for place, column in enumerate(columns) if not (column.number or column.whole)]
    while sum(fitted) + _GAP * (len(fitted) - 1) > room:
        widest = max(may, key=lambda place: fitted[place], default=None)
        if widest is None or fitted[widest] <= _NARROWEST:
            break
        fitted[widest] -= 1
    return fitted


def _line(cells: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    padded = []
    for cell, size, column in zip(cells, widths, columns, strict=True):
        text = cut(cell, size)
        space = " " * (size - width(text))
        padded.append(space + text if column.number else text + space)
    return (" " * _GAP).join(padded).rstrip()
