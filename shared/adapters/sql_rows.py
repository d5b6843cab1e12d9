"""History rows as what the tables take: columns by name, texts cut to their column, nothing a driver would choke on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Column, Date, String, Table

from shared.adapters.sql_schema import OF_ATTEMPT, outcome_bodies, prompt_attempts, prompt_bodies, prompt_outcomes
from shared.adapters.sql_types import Cost, UtcTime
from shared.gateway.records import AttemptRow, HistoryRow

Value = str | int | Decimal | datetime | date | None
Values = dict[str, Value]

IN_ORDER = (prompt_bodies, prompt_attempts, outcome_bodies, prompt_outcomes)
"""Bodies first: whether a body may be written is read from what stands in the other tables before this transaction."""

_KEYS = frozenset(["attempt_id", "prompt_id", "organization", "correlation_id", "mapping_id", "feature", "status"])
_LOOKED_UP = frozenset(OF_ATTEMPT)
_LARGEST_INT = {"INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1}
_LARGEST_COST = Decimal(10) ** 16


class Misfit(ValueError):
    """A value its column does not take. The message names the column, never the value."""


def sort_by_table(rows: Iterable[HistoryRow]) -> dict[Table, list[Values]]:
    """What to insert where, each key once. Raises Misfit for a row no column takes."""
    found: dict[Table, dict[str, Values]] = {table: {} for table in IN_ORDER}
    for row in rows:
        for table, values in _tables_of(row).items():
            found[table].setdefault(row.attempt_id, _fitted(table, values))
    return {table: list(by_key.values()) for table, by_key in found.items() if by_key}


def clean(text: str) -> str:
    """The same text with lone surrogates, which no database takes, replaced by U+FFFD; pairs become one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _tables_of(row: HistoryRow) -> dict[Table, Mapping[str, object]]:
    fields = vars(row)
    if isinstance(row, AttemptRow):
        return {prompt_attempts: {**fields, "day": _day(row.created_at)}, prompt_bodies: fields}
    return {prompt_outcomes: fields} | ({} if row.response is None else {outcome_bodies: fields})


def _fitted(table: Table, values: Mapping[str, object]) -> Values:
    return {column.name: _fit(column, values[column.name]) for column in given(table)}


def given(table: Table) -> list[Column[object]]:
    """What a row brings; the rest is looked up as it is written."""
    return [column for column in table.columns if column not in _LOOKED_UP]


def _day(moment: object) -> date | None:
    """In UTC; None for a time that no column takes, which is told elsewhere."""
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) and moment.tzinfo else None


def _fit(column: Column[object], value: object) -> Value:
    if value is None:
        if not column.nullable:
            raise Misfit(f"{column.name} is missing")
        return None
    if isinstance(column.type, String):
        return _fit_text(column, value)
    if isinstance(column.type, UtcTime):
        return _fit_time(column, value)
    if isinstance(column.type, Date) and isinstance(value, date):
        return value
    return _fit_number(column, value)


def _fit_text(column: Column[object], value: object) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{column.name} is no text")
    text, limit = clean(value), getattr(column.type, "length", None)
    if limit is None or _units(text) <= limit:
        return str(text)
    if column.name in _KEYS:
        raise Misfit(f"{column.name} is longer than {limit}")
    return _cut(text, limit)


def _fit_time(column: Column[object], value: object) -> datetime:
    if not isinstance(value, datetime):
        raise Misfit(f"{column.name} is no time")
    if value.tzinfo is None:
        raise Misfit(f"{column.name} has no zone")
    return value


def _fit_number(column: Column[object], value: object) -> int | Decimal:
    if isinstance(column.type, Cost):
        if not isinstance(value, Decimal) or not value.is_finite() or abs(value) >= _LARGEST_COST:
            raise Misfit(f"{column.name} is no amount")
        return value
    limit = _LARGEST_INT[str(column.type)]
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > limit:
        raise Misfit(f"{column.name} is no number the column takes")
    return value


def _units(text: str) -> int:
    """NVARCHAR(n) counts UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, limit: int) -> str:
    """What names and sentences from outside lose is less than an outcome that cannot be kept at all."""
    return text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"
