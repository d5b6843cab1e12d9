"""Which fields tell records apart, proved by counting: the origin and the codes.

Identical identifiers merge records, so a doubtful one is left out: an automatic key merges nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.profiling.counting import Column
from shared.profiling.identifying import Plausible, plausible
from shared.profiling.keys import Cells, compound_key
from shared.profiling.models import Identifier
from shared.profiling.values import shown

_ENOUGH_SHARE = 0.05
"""A code must be filled in at least this share of rows: five values in a thousand rows prove nothing."""


@dataclass(frozen=True)
class TypedColumn:
    """A counted field with the type its values have."""

    column: Column
    data_type: str


@dataclass(frozen=True)
class _Candidate:
    column: Column
    plausible: Plausible
    score: float


def identifiers(
    data_set: str, fields: Sequence[TypedColumn], cells: Cells
) -> tuple[Identifier | None, tuple[Identifier, ...]]:
    """(origin, codes). The origin is one field, else a minimal compound of at most four, else None.

    Codes come with the most plausible first.
    """
    found = sorted(_candidates(data_set, fields), key=lambda one: -one.score)
    best = next((one for one in found if one.column.complete), None)
    origin = _origin(best, found) if best else compound_key(data_set, fields, cells)
    codes = tuple(_code(one) for one in found if one is not best and not one.plausible.running)
    return origin, codes


def _candidates(data_set: str, fields: Sequence[TypedColumn]) -> list[_Candidate]:
    """Unique fields that are plausible; of two that are as plausible the first field."""
    found = []
    for at, field in enumerate(fields):
        column = field.column
        if column.unique and column.filled >= _ENOUGH_SHARE * column.rows:
            how = plausible(data_set, column, field.data_type)
            if how:
                found.append(_Candidate(column, how, how.score + 0.5 * (1 - at / len(fields))))
    return found


def _origin(best: _Candidate, found: Sequence[_Candidate]) -> Identifier:
    counts, name = best.column.counts, shown(best.column.name)
    others = [shown(one.column.name) for one in found if one is not best and one.column.complete]
    rather = f" Rather than {', '.join(others[:3])}, which tell records apart too." if others else ""
    if len(others) == 1:
        rather = f" Rather than {others[0]}, which tells records apart too."
    reason = f"{name}: {counts.rows:,} rows, {counts.distinct:,} distinct, none empty; {best.plausible.why}.{rather}"
    return Identifier((best.column.name,), counts, reason)


def _code(one: _Candidate) -> Identifier:
    counts = one.column.counts
    missing = counts.empty + counts.placeholders
    rest = f"{missing:,} of {counts.rows:,} rows without a value" if missing else "none empty"
    name = shown(one.column.name)
    reason = f"{name}: {counts.distinct:,} distinct values, none twice, {rest}; {one.plausible.why}."
    return Identifier((one.column.name,), counts, reason)
