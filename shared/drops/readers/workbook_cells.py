"""The rows of one sheet, as text, streamed. What the sheet says of its own size is not believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from shared.drops.readers.limits import Limits, size
from shared.drops.readers.workbook_dates import Styles, date_text
from shared.drops.readers.workbook_parts import Parts
from shared.drops.readers.workbook_strings import SharedStrings
from shared.drops.unreadable import UnreadableFile
from shared.profiling.values import BLANK, text

_WHOLE: Final = re.compile(r"-?[1-9]\d{0,14}|0")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS: Final = re.compile(r"\$?([A-Za-z]{1,7})")


class SheetRows:
    """Rows with a value in them; cells that only carry a format are nothing."""

    def __init__(self, strings: SharedStrings, styles: Styles, since_1904: bool, limits: Limits) -> None:
        self._strings = strings
        self._styles = styles
        self._since_1904 = since_1904
        self._limits = limits
        self._ready: list[list[str]] = []
        self._row: list[str] = []
        self._number = 0
        self._column = -1
        self._kind = ""
        self._style = ""
        self._collecting = False
        self._phonetic = False
        self._pieces: list[str] = []
        self._chars = 0
        self.read = 0
        """Characters of values so far."""
        self._columns: dict[str, int] = {}

    def rows(self, parts: Parts, part: str) -> Iterator[list[str]]:
        for _ in parts.parse(part, self._start, self._end, self._text):
            ready, self._ready = self._ready, []
            yield from ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = self._at(reference) if reference else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
        elif name == "v" or (name == "t" and not self._phonetic):
            self._collecting = True
        elif name == "row":
            self._row, self._column, self._chars = [], -1, 0
            self._number += 1
        elif name == "rPh":
            self._phonetic = True

    def _end(self, name: str) -> None:
        if name == "c":
            if self._pieces:
                self._put("".join(self._pieces))
                self._pieces = []
        elif name in {"v", "t"}:
            self._collecting = False
        elif name == "row":
            if self._row:
                self._ready.append(self._row)
                self._row = []
        elif name == "rPh":
            self._phonetic = False

    def _text(self, text: str) -> None:
        if self._collecting:
            self._chars += len(text)
            self._check()
            self._pieces.append(text)

    def _check(self) -> None:
        if self._chars > self._limits.row:
            detail = f"Row {self._number:,} is larger than {size(self._limits.row)}, the most a row may be."
            raise UnreadableFile("row_too_large", detail)

    def _at(self, reference: str) -> int:
        letters = _LETTERS.match(reference)
        key = letters[1].upper() if letters else ""
        known = self._columns.get(key)
        if known is None:
            known = 0
            for letter in key:
                known = 26 * known + ord(letter) - 64
            self._columns[key] = known = max(known - 1, 0)
        return known

    def _put(self, raw: str) -> None:
        value = self._value(raw)
        if not value.strip(BLANK):
            return
        if self._column >= self._limits.columns:
            detail = f"The sheet has values beyond its column {self._limits.columns:,}; no more columns are read."
            raise UnreadableFile("too_many_columns", detail)
        self._chars += len(value)
        self.read += len(value)
        self._check()
        row = self._row
        if self._column >= len(row):
            row.extend([""] * (self._column - len(row)))
            row.append(value)
        else:
            row[self._column] = value

    def _value(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            return _unescaped(self._strings.get(int(raw))) if raw.strip().isdecimal() and len(raw) < 12 else ""
        if kind == "b":
            return "true" if raw.strip() == "1" else "false"
        if kind == "n":
            return self._numeric(raw.strip())
        return _unescaped(raw)

    def _numeric(self, raw: str) -> str:
        date = self._style in self._styles.dates
        if not date and _WHOLE.fullmatch(raw):
            return raw
        try:
            number = float(raw)
        except ValueError:
            return raw
        return (date and date_text(number, self._since_1904)) or text(number)


def _unescaped(value: str) -> str:
    """``_x000D_`` is how a workbook writes a carriage return."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value) if "_x" in value else value
