"""Profile a file in one pass, without holding it in memory.

Blocking and, on hostile files, costly up to its limits: the queue's worker runs it in a child process
(``shared.drops.child``) that can be killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shared.drops.readers.limits import LIMITS, Limits
from shared.drops.readers.open_table import open_table
from shared.drops.readers.table import Note
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
    path: Path,
    file_name: str,
    data_set_name: str,
    description: str | None,
    *,
    sheet: str | None = None,
    budget: Budget = BUDGET,
    limits: Limits = LIMITS,
) -> FileProfile:
    """``file_name`` is the name the file was dropped under, a hint only. Text is read once from start to end, so
    ``path`` may be a pipe; Parquet and workbooks need a file.

    Raises UnreadableFile.
    """
    with path.open("rb", buffering=0) as file:
        table = open_table(file, file_name, sheet, limits)
        stream = StreamProfile(table.names, budget)
        for batch in table.batches:
            stream.add(batch.rows, batch.columns)
        profile = stream.profile(data_set_name, description)
        if not profile.fields:
            raise UnreadableFile("empty_file", "The file holds records without a single member.")
        return FileProfile(profile, tuple(table.notes), stream.rows, table.format)
