"""Fields that are not worth a key: empty ones, and constants that only a machine needs."""

from __future__ import annotations

from shared.mapping.candidates import ShortList
from shared.mapping.words import words
from shared.profiling.models import FieldProfile

TECHNICAL: frozenset[str] = frozenset((
    "flag", "source", "system", "etl", "batch", "load", "loaded", "loader", "job", "run", "hash", "checksum", "md5",
    "sha", "row", "rowid", "rownum", "dummy", "tmp", "temp", "temporary", "reserved", "unused", "filler",
    "internal", "dwh", "dw", "stage", "staging", "partition", "metadata", "rescued", "tenant", "env", "environment",
    "schema", "table", "file", "filename", "extract", "extracted", "import", "imported", "export", "exported",
    "sync", "synced", "version", "indicator", "deleted", "client", "mandt",
))  # fmt: skip
CLEARLY_A_KEY = 0.75
"""A constant that scores this for a key is data after all: every customer of one branch lives in Denmark."""


def is_noise(field: FieldProfile, short_list: ShortList) -> bool:
    if is_empty(field):
        return True
    best = short_list[0].score if short_list else 0.0
    return field.constant and best < CLEARLY_A_KEY and not TECHNICAL.isdisjoint(words(field.name))


def is_empty(field: FieldProfile) -> bool:
    """No real value in any row. A field known by its name only is not called empty."""
    return field.counts is not None and field.counts.distinct == 0
