"""A file's profile back from JSON, as ``dataclasses.asdict`` wrote it.

By hand and not by pydantic: names in JSON files may hold lone surrogates, which it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.drops.file_profile import FileProfile
from shared.drops.readers.table import Note
from shared.profiling.models import Counts, DataSetProfile, FieldProfile, Identifier

Members = Mapping[str, Any]


def read_profile(found: Members) -> FileProfile:
    """Raises KeyError or TypeError on anything else."""
    return FileProfile(
        profile=_data_set(found["profile"]),
        warnings=tuple(Note(**note) for note in found["warnings"]),
        rows=found["rows"],
        format=found["format"],
    )


def _data_set(found: Members) -> DataSetProfile:
    origin = found["origin"]
    return DataSetProfile(
        name=found["name"],
        description=found["description"],
        rows=found["rows"],
        fields=tuple(_field(field) for field in found["fields"]),
        origin=_identifier(origin) if origin else None,
        codes=_identifiers(found["codes"]),
    )


def _field(found: Members) -> FieldProfile:
    exact = {
        "counts": Counts(**found["counts"]) if found["counts"] else None,
        "samples": tuple(found["samples"]),
        "patterns": tuple((shape, count) for shape, count in found["patterns"]),
    }
    return FieldProfile(**{**found, **exact})


def _identifiers(found: Sequence[Members]) -> tuple[Identifier, ...]:
    return tuple(map(_identifier, found))


def _identifier(found: Members) -> Identifier:
    return Identifier(tuple(found["fields"]), Counts(**found["counts"]), found["reason"])
