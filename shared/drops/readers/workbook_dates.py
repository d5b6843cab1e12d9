"""Which cells of a workbook are dates: by their number format; and the dates their numbers stand for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from shared.drops.readers.workbook_parts import Parts

PART: Final = "xl/styles.xml"
_BUILT_IN: Final = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_CODE: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_LAST_DAY: Final = 2_958_466
_STYLES: Final = 65_536


class Styles:
    """Numbers of the cell styles that are dates."""

    def __init__(self, parts: Parts) -> None:
        self.dates: set[str] = set()
        self._formats = set(_BUILT_IN)
        self._inside = False
        self._count = 0
        if parts.has(PART):
            for _ in parts.parse(PART, self._start, self._end, lambda _: None):
                pass

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            if len(self._formats) < _STYLES and _DATE_CODE.search(
                _LITERAL.sub("", attributes.get("formatCode", "").split(";")[0])
            ):
                self._formats.add(_number(attributes.get("numFmtId")))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside and self._count < _STYLES:
            if _number(attributes.get("numFmtId")) in self._formats:
                self.dates.add(str(self._count))
            self._count += 1

    def _end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def date_text(serial: float, since_1904: bool) -> str | None:
    """``2024-01-31``, ``2024-01-31 10:30:00``, or ``10:30:00`` for a fraction of a day; None where it is no date."""
    if not 0 <= serial < _LAST_DAY:
        return None
    seconds = round(serial * 86_400)
    if seconds < 86_400 and not since_1904:
        return str(timedelta(seconds=seconds)).rjust(8, "0") if seconds else None
    # Excel takes 1900 for a leap year: days before its 1 March are one off.
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 if serial >= 61 else 31)
    moment = first + timedelta(seconds=seconds)
    return moment.date().isoformat() if not seconds % 86_400 else moment.isoformat(sep=" ")
