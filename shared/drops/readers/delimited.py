"""CSV, TSV and their like as a table, in one pass."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from shared.drops.readers.dialects import Dialect, announced, dialect
from shared.drops.readers.limits import Limits, size
from shared.drops.readers.lines import Lines
from shared.drops.readers.rows import rows_as_table
from shared.drops.readers.table import Table
from shared.drops.readers.text import Text
from shared.drops.unreadable import UnreadableFile

_LOOK_LINES: Final = 500
_LOOK_CHARS: Final = 256 * 1024


def read_delimited(text: Text, suffix: str, limits: Limits) -> Table:
    """Raises UnreadableFile at once where the first lines make no table, and on the way for what comes later."""
    lines = Lines(text.chunks(), limits)
    first, whole = lines.look(_LOOK_LINES, _LOOK_CHARS)
    mark = announced(first[0]) if first else None
    if mark:
        del first[0]
    if not any(line.strip("\0 \t\r\n,;|") for line in first):
        if any("\0" in line for line in first):
            raise UnreadableFile("not_a_table", "The file is filled with zero bytes and holds no table.")
        raise UnreadableFile("empty_file", "The file has no rows: it holds nothing but blank lines.")
    way = Dialect(mark) if mark else dialect(first, suffix, whole=whole)
    if way is None:
        detail = "The file is running text and not a table: no delimiter splits its lines alike."
        raise UnreadableFile("not_a_table", detail)
    # The module's own limit is for the whole process: it must only never be the smaller one.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.row))
    return rows_as_table("csv", _rows(way, lines), limits, progress=lambda: lines.chars, notes=text.notes)


def _rows(way: Dialect, lines: Lines) -> Iterator[list[str]]:
    reader = way.rows(lines)
    last: list[str] = []
    try:
        for row in reader:
            if len(lines.pending) > 1:
                last = list(lines.pending)
            elif last:
                last = []
            lines.row_ends()
            yield row
    except csv.Error:
        detail = f"Row {lines.row:,} is larger than {size(lines.most)}, the most a row may be."
        raise UnreadableFile("row_too_large", detail) from None
    if last and not way.closed(last):
        detail = f"Row {lines.row - 1:,} opens a quote that is never closed: the rest of the file would be one cell."
        raise UnreadableFile("unclosed_quote", detail)
