"""Rows of cells as a table: finds the header, makes every row as long as it, leaves out what is no record.

Shared by delimited text, workbooks and JSON lists of lists.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from shared.drops.readers.headers import Layout, layout, names
from shared.drops.readers.limits import Limits
from shared.drops.readers.table import BATCH_CHARS, BATCH_ROWS, Batch, Note, Table
from shared.drops.readers.totals import LOOKED_AT, trailing
from shared.drops.unreadable import UnreadableFile
from shared.profiling.values import BLANK

_LOOK: Final = 200
_BLOCK_ROWS: Final = 256
_BLOCK_CHARS: Final = 256 * 1024


def rows_as_table(
    kind: str,
    blocks: Iterator[list[list[str]]],
    limits: Limits,
    *,
    progress: Callable[[], int],
    notes: Callable[[], Iterable[Note]] = tuple,
    even: bool = False,
) -> Table:
    """``blocks``: of rows, each of some hundred KiB; ``progress``: characters read so far; ``notes``: what the source
    noted, asked at the end; ``even``: rows end with their last value, so that their lengths say nothing.

    Raises UnreadableFile ``empty_file`` or ``too_many_columns``.
    """
    first = _first(blocks, progress)
    if not any(map(_filled, first)):
        raise UnreadableFile("empty_file", "The file has no rows: it holds nothing but blank lines.")
    if even:
        longest = max(map(len, first))
        first = _evened(first, longest)
        blocks = (_evened(block, longest) for block in blocks)
    found = layout(first[:_LOOK])
    columns, odd = names(found.header, found.width)
    if len(columns) > limits.columns:
        detail = f"The table has {len(columns):,} columns; at most {limits.columns:,} are read."
        raise UnreadableFile("too_many_columns", detail)
    table = Table(kind, iter(()), odd, columns)
    if found.titles:
        table.notes.append(Note("title_rows", f"{_rows(found.titles)} above the header left out."))
    table.batches = _Records(found, columns, progress, notes, table.notes).batches(chain([first[found.skip :]], blocks))
    return table


def in_blocks(rows: Iterator[list[str]], progress: Callable[[], int]) -> Iterator[list[list[str]]]:
    """``progress``: characters read so far. Blocks are small where rows are large."""
    block: list[list[str]] = []
    start = progress()
    for row in rows:
        block.append(row)
        if len(block) >= _BLOCK_ROWS or progress() - start > _BLOCK_CHARS:
            yield block
            block, start = [], progress()
    if block:
        yield block


def _first(blocks: Iterator[list[list[str]]], progress: Callable[[], int]) -> list[list[str]]:
    first: list[list[str]] = []
    for block in blocks:
        first += block
        if len(first) >= _LOOK or progress() >= BATCH_CHARS:
            break
    return first


def _evened(rows: list[list[str]], length: int) -> list[list[str]]:
    return [row + [""] * (length - len(row)) for row in rows]


class _Records:
    """The rows below the header."""

    def __init__(
        self,
        found: Layout,
        columns: list[str],
        progress: Callable[[], int],
        more: Callable[[], Iterable[Note]],
        notes: list[Note],
    ) -> None:
        self._width = found.width
        self._header = list(found.header) if found.header else None
        self._names = columns
        self._progress = progress
        self._more = more
        self._notes = notes
        self._read = found.skip
        self._blank = self._repeated = self._short = self._long = 0
        self._first_odd = 0
        self._last_odd: deque[tuple[list[str], bool]] = deque(maxlen=LOOKED_AT)

    def batches(self, blocks: Iterable[list[list[str]]]) -> Iterator[Batch]:
        """The last few rows are held back to the end: they may be totals."""
        held: list[list[str]] = []
        start = self._progress()
        for block in blocks:
            held += self._records(block)
            if len(held) >= BATCH_ROWS or self._progress() - start >= BATCH_CHARS:
                start = self._progress()
                ready, held = held[:-LOOKED_AT], held[-LOOKED_AT:]
                if ready:
                    yield self._batch(ready)
        left_out = trailing(held, self._width)
        if left_out:
            self._forgive(held[-left_out:])
            self._notes.append(Note("trailing_rows", f"{_rows(left_out)} at the end, totals or remarks, left out."))
            held = held[:-left_out]
        if held:
            yield self._batch(held)
        self._take_notes()

    def _records(self, rows: list[list[str]]) -> list[list[str]]:
        width, kept = self._width, []
        for row in rows:
            self._read += 1
            if len(row) == width and row[0] and row[0] > " " and row != self._header:
                kept.append(row)
            elif not _filled(row):
                self._blank += bool(row)
            elif row == self._header:
                self._repeated += 1
            else:
                kept.append(row if len(row) == width else self._fitted(row))
        return kept

    def _fitted(self, row: list[str]) -> list[str]:
        width = self._width
        if len(row) < width:
            self._short += 1
        elif _filled(row[width:]):
            self._long += 1
        else:
            return row[:width]
        self._first_odd = self._first_odd or self._read
        fitted = (row + [""] * (width - len(row)))[:width]
        self._last_odd.append((fitted, len(row) < width))
        return fitted

    def _forgive(self, rows: list[list[str]]) -> None:
        """What is no record need not be as long as one."""
        for odd, short in self._last_odd:
            if any(row is odd for row in rows):
                self._short -= short
                self._long -= not short

    def _batch(self, rows: list[list[str]]) -> Batch:
        return Batch(len(rows), dict(zip(self._names, zip(*rows, strict=True), strict=True)))

    def _take_notes(self) -> None:
        if self._short or self._long:
            detail = (
                f"{_rows(self._short)} with fewer cells than the header and {self._long:,} with more, the first of them"
                f" row {self._first_odd:,}: what is missing is empty, what is too many left out."
            )
            self._notes.append(Note("ragged_rows", detail))
        if self._repeated:
            self._notes.append(Note("repeated_header", f"{_rows(self._repeated)} repeating the header left out."))
        if self._blank:
            self._notes.append(Note("blank_rows", f"{_rows(self._blank)} without a value left out."))
        self._notes.extend(self._more())


def _filled(row: list[str]) -> bool:
    return any(cell.strip(BLANK) for cell in row)


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
