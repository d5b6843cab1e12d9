"""CSV, TSV and their like as a table, in one pass."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.drops.readers.dialects import Dialect, announced, dialect
from shared.drops.readers.limits import Limits
from shared.drops.readers.lines import Lines
from shared.drops.readers.rows import rows_as_table
from shared.drops.readers.table import Table
from shared.drops.readers.text import Text
from shared.drops.unreadable import UnreadableFile

_LOOK_LINES: Final = 500
_LOOK_CHARS: Final = 256 * 1024


def read_delimited(text: Text, suffix: str, limits: Limits) -> Table:
    """Raises UnreadableFile at once where the first lines make no table, and on the way for what comes later."""
    # The module's own limit is for the whole process: it must only never be the smaller one.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.row))
    lines = Lines(text.chunks(), limits)
    first, whole = lines.look(_LOOK_LINES, _LOOK_CHARS)
    mark = announced(first[0]) if first else None
    if mark:
        lines.drop_first()
        del first[0]
    if not any(line.strip("\0 \t\r\n,;|") for line in first):
        if any("\0" in line for line in first):
            raise UnreadableFile("not_a_table", "The file is filled with zero bytes and holds no table.")
        raise UnreadableFile("empty_file", "The file has no rows: it holds nothing but blank lines.")
    way = Dialect(mark) if mark else dialect(first, suffix, whole=whole)
    if way is None:
        detail = "The file is running text and not a table: no delimiter splits its lines alike."
        raise UnreadableFile("not_a_table", detail)
    blocks = _blocks(way, lines, limits)
    return rows_as_table("csv", blocks, limits, progress=lambda: lines.chars, notes=text.notes)


def _blocks(way: Dialect, lines: Lines, limits: Limits) -> Iterator[list[list[str]]]:
    """Rows, block by block. One that is not complete waits for the next block."""
    begun: list[str] = []
    for block in lines.blocks():
        rows, begun = _rows(way, lines, [*begun, *block])
        lines.row += len(rows)
        lines.open = bool(begun)
        if rows:
            yield _not_too_wide(rows, limits)
    if begun:
        detail = f"Row {lines.row:,} opens a quote that is never closed: the rest of the file would be one cell."
        raise UnreadableFile("unclosed_quote", detail)


def _rows(way: Dialect, lines: Lines, block: list[str]) -> tuple[list[list[str]], list[str]]:
    """(the rows, the lines of one that is not complete)."""
    rows = list(way.rows(block))
    starts: Sequence[int] = range(len(block))
    if len(rows) < len(block):  # some span lines: each row takes one at least
        reader = way.rows(block)
        starts = [0, *(reader.line_num for _ in reader)]
    last = starts[len(rows) - 1]
    if sum(map(len, block)) > lines.most:
        _check_sizes(lines, block, [*starts[: len(rows)], len(block)])
    return (rows, []) if way.closed(block[last:]) else (rows[:-1], block[last:])


def _check_sizes(lines: Lines, block: list[str], starts: Sequence[int]) -> None:
    for at, (start, end) in enumerate(pairwise(starts)):
        lines.open = end - start > 1
        lines.check(sum(map(len, block[start:end])), lines.row + at)


def _not_too_wide(rows: list[list[str]], limits: Limits) -> list[list[str]]:
    """A MiB of commas is a million cells."""
    most = limits.columns + 1
    return [row[:most] for row in rows] if max(map(len, rows)) > most else rows
