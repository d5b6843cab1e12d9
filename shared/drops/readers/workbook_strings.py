"""A workbook's shared strings: in memory while they are few, else in a temporary file."""

from __future__ import annotations

import os
import tempfile
from array import array
from functools import lru_cache
from typing import Final

from shared.drops.readers.limits import MIB, Limits, size
from shared.drops.readers.workbook_parts import Parts
from shared.drops.unreadable import UnreadableFile

PART: Final = "xl/sharedStrings.xml"
_IN_MEMORY: Final = 48 * MIB
_MOST: Final = 30_000_000
_ON_DISK: Final = 512 * MIB


class SharedStrings:
    """Rich text is its runs together; phonetic hints are left out."""

    def __init__(self, parts: Parts, limits: Limits) -> None:
        self._ends = array("Q")
        self._bytes = bytearray()
        self._written = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the strings, and has no name
        self._most = limits.row
        self._collecting = False
        self._length = 0
        self._pieces: list[str] = []
        self.get = lru_cache(65_536)(self._get)
        if parts.has(PART):
            for _ in parts.parse(PART, self._start, self._end, self._text):
                if len(self._bytes) > _IN_MEMORY:
                    self._spill()
            if self._written:
                self._spill()

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == "t":
            self._collecting = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    _phonetic = False

    def _end(self, name: str) -> None:
        if name == "t":
            self._collecting = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._bytes += "".join(self._pieces).encode("utf-8", "surrogatepass")
            self._pieces, self._length = [], 0
            self._ends.append(self._written + len(self._bytes))
            if len(self._ends) > _MOST:
                raise UnreadableFile("too_costly", f"The workbook has more than {_MOST:,} different strings.")

    def _text(self, text: str) -> None:
        if self._collecting:
            self._length += len(text)
            if self._length > self._most:
                detail = f"A cell of the workbook is larger than {size(self._most)}, the most a row may be."
                raise UnreadableFile("row_too_large", detail)
            self._pieces.append(text)

    def _spill(self) -> None:
        if self._written + len(self._bytes) > _ON_DISK:
            detail = f"The texts of the workbook's cells are larger than {size(_ON_DISK)}: export it as CSV."
            raise UnreadableFile("too_costly", detail)
        try:
            self._file.write(self._bytes)
            self._file.flush()
        except OSError:
            detail = "The worker's temporary disk has no room for the texts of the workbook's cells."
            raise UnreadableFile("no_room", detail) from None
        self._written += len(self._bytes)
        self._bytes.clear()

    def _get(self, index: int) -> str:
        """ "" where there is none."""
        if not 0 <= index < len(self._ends):
            return ""
        start, end = self._ends[index - 1] if index else 0, self._ends[index]
        raw = os.pread(self._file.fileno(), end - start, start) if self._written else bytes(self._bytes[start:end])
        return raw.decode("utf-8", "surrogatepass")
