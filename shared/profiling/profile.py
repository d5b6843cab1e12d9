"""Profile a data set: types, patterns, counts and identifiers, without a model.

Pure computing, in one thread: callers keep it off the event loop. Raises nothing on any JSON value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Protocol

from pydantic import JsonValue

from shared.profiling.counting import Column, column, columns
from shared.profiling.data_types import data_type
from shared.profiling.identifiers import TypedColumn, identifiers
from shared.profiling.keys import Cells, RecordCells
from shared.profiling.looks import spread
from shared.profiling.models import DataSetProfile, FieldProfile
from shared.profiling.patterns import common_patterns
from shared.profiling.values import shown

_SAMPLES = 5
_MASKED = 1_000
"""Distinct values masked per field; beyond, the counts of patterns are estimated from these."""


class DescribedField(Protocol):
    """A field known by name and samples only, such as ``shared.mapping.models.FieldIn``."""

    @property
    def name(self) -> str: ...
    @property
    def samples(self) -> list[str]: ...
    @property
    def description(self) -> str | None: ...


def profile_records(name: str, description: str | None, records: Sequence[Mapping[str, JsonValue]]) -> DataSetProfile:
    """Profile rows; the fields come in the order they are first seen."""
    return profile_columns(name, description, columns(records), RecordCells(records))


def profile_columns(name: str, description: str | None, counted: Sequence[Column], cells: Cells) -> DataSetProfile:
    """Profile what is counted already; ``cells`` are asked for where no field is unique alone."""
    typed = [_typed(column) for column in counted]
    origin, codes = identifiers(name, [field for field, _ in typed], cells)
    return DataSetProfile(
        name=name,
        description=description,
        rows=cells.rows,
        fields=tuple(_field(field, share) for field, share in typed),
        origin=origin,
        codes=codes,
    )


def profile_fields(name: str, description: str | None, fields: Sequence[DescribedField]) -> DataSetProfile:
    """Profile fields known by their samples: nothing is counted, and so nothing proved to be an identifier."""
    described = [
        column(f.name, f.samples, rows=len(f.samples), description=f.description, sampled=True) for f in fields
    ]
    return DataSetProfile(
        name=name,
        description=description,
        rows=None,
        fields=tuple(_field(*_typed(known)) for known in described),
        origin=None,
        codes=(),
    )


def _typed(counted: Column) -> tuple[TypedColumn, float]:
    kind, share = data_type(counted)
    return TypedColumn(counted, kind), share


def _field(field: TypedColumn, share: float) -> FieldProfile:
    counted = field.column
    return FieldProfile(
        name=counted.name,
        description=counted.description,
        counts=None if counted.sampled else counted.counts,
        samples=tuple(shown(value) for value in islice(counted.real, _SAMPLES)),
        patterns=_patterns(counted),
        data_type=field.data_type,
        type_share=share,
        constant=len(counted.real) == 1 and counted.filled >= 2,
    )


def _patterns(counted: Column) -> tuple[tuple[str, int], ...]:
    some = spread(counted.real, _MASKED)
    if len(some) == len(counted.real):
        return common_patterns(some)
    scale = counted.filled / sum(count for _, count in some)
    return tuple((shape, round(count * scale)) for shape, count in common_patterns(some))
