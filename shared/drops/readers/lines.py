"""Lines of a text that comes in chunks, with their ends, none longer than allowed."""

from __future__ import annotations

import io
from collections.abc import Iterator

from shared.drops.readers.limits import Limits, size
from shared.drops.unreadable import UnreadableFile


class Lines:
    """An iterator over lines. Whoever makes rows of them calls ``row_ends`` after each: a row may span lines."""

    def __init__(self, chunks: Iterator[str], limits: Limits) -> None:
        self._chunks = chunks
        self.most = limits.row
        self._ahead: list[str] = []
        self._stream = self._split()
        self._length = 0
        self.chars = 0
        """Characters read so far."""
        self.pending: list[str] = []
        """The lines of the row being read."""
        self.row = 1
        """Its number."""

    def look(self, lines: int, chars: int) -> tuple[list[str], bool]:
        """(the first lines, whether these are all). They will be read again."""
        for line in self._stream:
            self._ahead.append(line)
            if len(self._ahead) >= lines or self.chars >= chars:
                return self._ahead, False
        return self._ahead, True

    def __iter__(self) -> Iterator[str]:
        for source in (self._ahead, self._stream):
            for line in source:
                self.pending.append(line)
                self._length += len(line)
                if self._length > self.most:
                    self._check(self._length)
                yield line

    def row_ends(self) -> None:
        self.pending.clear()
        self._length = 0
        self.row += 1

    def _split(self) -> Iterator[str]:
        rest = ""
        for chunk in self._chunks:
            self.chars += len(chunk)
            text = rest + chunk
            end = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1))
            if end < 0:
                self._check(len(text))
                rest = text
            else:
                rest = text[end + 1 :]
                yield from io.StringIO(text[: end + 1], newline="")
        if rest:
            yield rest

    def _check(self, length: int) -> None:
        if length > self.most:
            detail = f"Row {self.row:,} is larger than {size(self.most)}, the most a row may be"
            more = ": perhaps a quote is opened and never closed." if len(self.pending) > 1 else "."
            raise UnreadableFile("row_too_large", detail + more)
