"""Profile a file in one pass, without holding it in memory.

Blocking and, on hostile files, costly up to its limits: the queue's worker runs it in a child process
(``shared.drops.child``) that can be killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.drops.readers.limits import LIMITS, Limits
from shared.drops.readers.open_table import open_table
from shared.drops.readers.source import Source
from shared.drops.readers.table import Batch, Note
from shared.drops.unreadable import UnreadableFile
from shared.profiling.models import DataSetProfile
from shared.profiling.stream import BUDGET, Budget, StreamProfile


@dataclass(frozen=True)
class FileProfile:
    """``warnings``: what was odd and read all the same, fit to be shown."""

    profile: DataSetProfile
    warnings: tuple[Note, ...]
    rows: int
    format: str
    """``csv`` (for all delimited text), ``json``, ``jsonl``, ``parquet`` or ``xlsx``."""


def profile_file(
    file: Source,
    size: int,
    file_name: str,
    data_set_name: str,
    description: str | None,
    *,
    sheet: str | None = None,
    budget: Budget = BUDGET,
    limits: Limits = LIMITS,
) -> FileProfile:
    """``size`` in bytes; ``file_name`` is the name the file was dropped under, a hint only. Text is read once from
    start to end; Parquet and workbooks are read here and there.

    Raises UnreadableFile.
    """
    table = open_table(file, size, file_name, sheet, limits)
    stream = StreamProfile(table.names, budget)
    for batch in table.batches:
        _add(stream, batch)
    profile = _without_nothing(stream.profile(data_set_name, description), table.notes)
    if not profile.fields:
        raise UnreadableFile("empty_file", "The file holds records without a single member.")
    notes = (*table.notes, *_uncounted(profile, stream))
    return FileProfile(profile, notes, stream.rows, table.format)


def _without_nothing(profile: DataSetProfile, notes: list[Note]) -> DataSetProfile:
    """Columns without a name and without a value are none: they lie beside a sheet's table, or end each row."""
    unnamed = {note.field for note in notes if note.code == "unnamed_column"}
    nothing = {f.name for f in profile.fields if f.name in unnamed and f.counts and f.counts.empty == f.counts.rows}
    if not nothing or len(nothing) == len(profile.fields):
        return profile
    notes[:] = [note for note in notes if note.field not in nothing]
    return replace(profile, fields=tuple(field for field in profile.fields if field.name not in nothing))


def _add(stream: StreamProfile, batch: Batch) -> None:
    if batch.whole:
        stream.add(batch.rows, batch.columns)
    else:
        stream.add_columns(batch.columns)
        for name in batch.done:
            stream.column_ends(name)


def _uncounted(profile: DataSetProfile, stream: StreamProfile) -> Iterator[Note]:
    estimated = sum(1 for field in profile.fields if field.counts and field.counts.approximate)
    if estimated:
        detail = (
            f"The distinct values of {estimated:,} columns are estimated: there are too many to count them exactly."
        )
        yield Note("approximate_counts", detail)
    if profile.origin is None and not stream.compound_keys_counted:
        yield Note("compound_keys_not_counted", "Compound keys were not looked for: the file has too many cells.")
