"""Profile a file in one pass, without holding it in memory.

Blocking and, on hostile files, costly up to its limits: the queue's worker runs it in a child process
(``shared.drops.child``) that can be killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.drops.file_profile import FileProfile
from shared.drops.readers.limits import LIMITS, Limits
from shared.drops.readers.open_table import open_table
from shared.drops.readers.patience import Patience
from shared.drops.readers.source import Source
from shared.drops.readers.table import Batch, Note, Table
from shared.drops.unreadable import UnreadableFile
from shared.profiling.models import DataSetProfile
from shared.profiling.stream import BUDGET, Budget, StreamProfile


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
    patience: Patience | None = None,
) -> FileProfile:
    """``size`` in bytes; ``file_name`` is the name the file was dropped under, a hint only. Text is read once from
    start to end; Parquet and workbooks are read here and there.

    Raises UnreadableFile.
    """
    patience = patience or Patience()
    table = open_table(file, size, file_name, sheet, limits, patience)
    stream = StreamProfile(table.names, budget)
    notes = list(_count(table, stream, patience))
    profile = _without_nothing(stream.profile(data_set_name, description), table.notes)
    if not profile.fields:
        raise UnreadableFile("empty_file", "The file holds records without a single member.")
    return FileProfile(
        profile, (*table.notes, *notes, *_uncounted(profile, stream, in_time=not notes)), stream.rows, table.format
    )


def _count(table: Table, stream: StreamProfile, patience: Patience) -> Iterator[Note]:
    passed = 0
    for batch in table.batches:
        if patience.over and batch.whole and stream.rows:
            stream.stop()
            detail = f"Only the first {stream.rows:,} rows were read: reading all of the file takes too long."
            yield Note("read_in_part", detail)
            break
        if not batch.whole or not batch.columns or patience.counts() or not stream.rows:
            _add(stream, batch)
        else:
            stream.pass_over(batch.rows)
            passed += batch.rows
    if passed or not stream.columns_counted:
        detail = "Some rows were read and not counted, since that takes too long: all counts are estimates."
        yield Note("counted_in_part", detail)


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
            stream.column_ends(name, batch.counted)


def _uncounted(profile: DataSetProfile, stream: StreamProfile, *, in_time: bool) -> Iterator[Note]:
    estimated = sum(1 for field in profile.fields if field.counts and field.counts.approximate)
    if estimated and in_time:
        detail = (
            f"The distinct values of {estimated:,} columns are estimated: there are too many to count them exactly."
        )
        yield Note("approximate_counts", detail)
    if profile.origin is None and not stream.compound_keys_counted:
        yield Note("compound_keys_not_counted", "Compound keys were not looked for: the file has too many cells.")
