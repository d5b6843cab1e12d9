"""Lines of a text that comes in chunks, with their ends, none longer than allowed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain

from shared.drops.readers.limits import Limits, size
from shared.drops.unreadable import UnreadableFile


class Lines:
    """Blocks of whole lines. Whoever makes rows of them keeps ``row`` and ``open``: a row may span lines."""

    def __init__(self, chunks: Iterator[str], limits: Limits) -> None:
        self._chunks = chunks
        self.most = limits.row
        self._ahead: list[list[str]] = []
        self._stream = self._split()
        self.chars = 0
        """Characters read so far."""
        self.row = 1
        """The number of the row being read."""
        self.open = False
        """Whether its first lines have come already."""

    def look(self, lines: int, chars: int) -> tuple[list[str], bool]:
        """(the first lines, whether these are all). They will be read again."""
        found = 0
        for block in self._stream:
            self._ahead.append(block)
            found += len(block)
            if found > lines or self.chars >= chars:
                return list(chain.from_iterable(self._ahead))[:lines], False
        return list(chain.from_iterable(self._ahead)), True

    def drop_first(self) -> None:
        """Of the lines looked at."""
        del self._ahead[0][0]

    def blocks(self) -> Iterator[list[str]]:
        while self._ahead:
            yield self._ahead.pop(0)
        yield from self._stream

    def check(self, length: int, row: int) -> None:
        """Raises UnreadableFile for a row of more characters than allowed."""
        if length > self.most:
            detail = f"Row {row:,} is larger than {size(self.most)}, the most a row may be"
            more = ": perhaps a quote is opened and never closed." if self.open else "."
            raise UnreadableFile("row_too_large", detail + more)

    def _split(self) -> Iterator[list[str]]:
        rest = ""
        for chunk in self._chunks:
            self.chars += len(chunk)
            text = rest + chunk
            end = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1))
            if end < 0:
                self.check(len(text), self.row)
                rest = text
            else:
                rest = text[end + 1 :]
                yield list(io.StringIO(text[: end + 1], newline=""))
        if rest:
            yield [rest]
