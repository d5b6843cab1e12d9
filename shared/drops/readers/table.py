"""What every reader hands on: rows in batches of columns, and notes on what was odd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

BATCH_ROWS = 32_768
BATCH_CHARS = 4 * 1024 * 1024
"""A batch ends at whichever comes first, so that wide rows do not make huge batches."""


@dataclass(frozen=True)
class Batch:
    """Some rows, by column, in the order the columns are first seen. A column may be shorter than ``rows``: what is
    missing is empty, so that sparse records cost nothing."""

    rows: int
    columns: Mapping[str, Sequence[JsonValue]]
    whole: bool = True
    """False where a file is read column by column: then ``rows`` come in a batch of their own, and ``done`` names the
    columns of which no more comes."""
    done: tuple[str, ...] = ()
    counted: int | None = None
    """Rows of the columns that are done, where these are not all."""


@dataclass(frozen=True)
class Note:
    """Something odd that was read all the same; ``field`` where it concerns one column."""

    code: str
    detail: str
    field: str | None = None


@dataclass
class Table:
    """A file being read. ``notes`` is complete once ``batches`` is exhausted."""

    format: str
    batches: Iterator[Batch]
    notes: list[Note] = field(default_factory=list)
    names: Sequence[str] = ()
    """The columns where they are known before the first row: a file with only a header has columns too."""
