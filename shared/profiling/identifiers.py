"""Which fields tell records apart, proved by counting: the origin and the codes.

Identical identifiers merge records, so a doubtful one is left out: an automatic key merges nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.profiling.counting import Column
from shared.profiling.field_names import hints, words
from shared.profiling.keys import Cells, compound_key
from shared.profiling.models import Identifier
from shared.profiling.values import shown

_OWN = frozenset({"id", "uuid", "guid", "key", "pk", "oid", "uid", "identifier"})
_BY_LAST_WORD = {"id": 4.0, "uuid": 4.0, "guid": 4.0, "key": 3.5, "uid": 3.5, "pk": 4.0}
_SAY_NOTHING = frozenset({"number", "no", "nr", "num", "code", "record"})
"""Words that say "identifier" and nothing of what."""
_OTHER_RECORD = frozenset(
    {"parent", "manager", "supervisor", "owner", "created", "updated", "modified", "previous", "next", "referrer"}
    | {"referred", "related", "replaced", "duplicate", "merged", "session"}
)
"""Words of a field that points to another record: unique by chance where the relation is one to one."""
_OTHER_SYSTEM = frozenset({"external", "ext", "legacy", "old", "crm", "erp", "sap", "salesforce", "source", "foreign"})
_ENOUGH_ROWS = 10
"""Below this a field is taken for an identifier only if its name says so: few values are unique by chance."""
_ENOUGH_SHARE = 0.05
"""A code must be filled in at least this share of rows: five values in a thousand rows prove nothing."""


@dataclass(frozen=True)
class TypedColumn:
    """A counted field with the type its values have."""

    column: Column
    data_type: str


def identifiers(
    data_set: str, fields: Sequence[TypedColumn], cells: Cells
) -> tuple[Identifier | None, tuple[Identifier, ...]]:
    """(origin, codes). The origin is one field, else a minimal compound of at most four, else None."""
    unique = [(score, field.column) for field in fields if (score := _score(data_set, field, fields))]
    complete = [(score, column) for score, column in unique if column.complete]
    best = max(complete, key=lambda scored: scored[0], default=None)
    origin = _origin(best[1]) if best else compound_key(fields, cells)
    codes = tuple(_code(column) for _, column in unique if best is None or column is not best[1])
    return origin, codes


def _origin(column: Column) -> Identifier:
    counts = column.counts
    reason = f"{shown(column.name)}: {counts.rows:,} rows, {counts.distinct:,} distinct, none empty."
    return Identifier((column.name,), counts, reason)


def _code(column: Column) -> Identifier:
    counts = column.counts
    missing = counts.empty + counts.placeholders
    rest = f"{missing:,} of {counts.rows:,} rows without a value" if missing else "none empty"
    reason = f"{shown(column.name)}: {counts.distinct:,} distinct values, none twice, {rest}."
    return Identifier((column.name,), counts, reason)


def _score(data_set: str, field: TypedColumn, fields: Sequence[TypedColumn]) -> float:
    """How well a unique field serves as an identifier; 0 where it does not."""
    column = field.column
    if not column.unique or column.filled < _ENOUGH_SHARE * column.rows:
        return 0.0
    score = _plausible(data_set, field)
    if not score:
        return 0.0
    position = next(at for at, other in enumerate(fields) if other is field)
    return score + 0.5 * (1 - position / len(fields))


def _plausible(data_set: str, field: TypedColumn) -> float:
    own, said = words(field.column.name), hints(field.column.name)
    if "RowNumber" in said or _OTHER_RECORD.intersection(own):
        return 0.0
    if field.data_type == "Email":
        return 0.5
    if field.data_type not in {"Identifier", "Guid"}:
        return 0.0
    if "Identifier" not in said:
        return (2.0 if field.data_type == "Guid" else 1.0) if field.column.filled >= _ENOUGH_ROWS else 0.0
    rest = set(own) - _OWN - _SAY_NOTHING
    score = 5.0 if not rest or rest <= _stems(data_set) else _BY_LAST_WORD.get(own[-1], 3.0)
    score -= 0.6 if "id" not in own else 0.0
    return score - (1.0 if _OTHER_SYSTEM.intersection(own) else 0.0)


def _stems(data_set: str) -> set[str]:
    """The words of the data set's name, plural and singular: customers, customer; companies, company."""
    own = set(words(data_set))
    return own | {word.removesuffix("s") for word in own} | {word[:-3] + "y" for word in own if word.endswith("ies")}
