"""What a file came to: its profile, and what was odd about it. Read by workers, which themselves read no file."""

from __future__ import annotations

from dataclasses import dataclass

from shared.drops.readers.table import Note
from shared.profiling.models import DataSetProfile


@dataclass(frozen=True)
class FileProfile:
    """``warnings``: what was odd and read all the same, fit to be shown."""

    profile: DataSetProfile
    warnings: tuple[Note, ...]
    rows: int
    format: str
    """``csv`` (for all delimited text), ``json``, ``jsonl``, ``parquet`` or ``xlsx``."""
