"""Usage by day, feature and deployment, over one organization and a span of time.

Added up from two indexes alone (see USAGE_PARTS), which already stand in the order of the groups; by fewer parts it is
the same groups, put together. Rows that lack what the indexes need (OF_ATTEMPT) are few, and added up apart. Outcomes
come before attempts: of what is written meanwhile, an attempt may lack its outcome, never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, case, func, or_, select

from shared.adapters.sql_schema import prompt_attempts, prompt_outcomes
from shared.gateway.usage import Part, UsageItem, UsageQuery

_a, _o = prompt_attempts.c, prompt_outcomes.c
_WITH_ATTEMPTS = prompt_outcomes.join(prompt_attempts, _a.attempt_id == _o.attempt_id)
_INSTANT = timedelta(microseconds=1)

Key = tuple[date | None, str | None, str | None]
"""Day, feature, deployment; None for what was not asked for."""


@dataclass
class _Sum:
    prompts: int = 0
    outcomes: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: Decimal | None = None
    unpriced: int = 0
    """Outcomes without a price."""

    def add_outcomes(self, row: Row[*tuple[Any, ...]]) -> None:
        self.outcomes += row.outcomes
        self.prompt_tokens += row.prompt_tokens
        self.completion_tokens += row.completion_tokens
        self.cached_tokens += row.cached_tokens
        self.unpriced += row.unpriced
        if row.cost is not None:
            self.cost = (self.cost or Decimal(0)) + Decimal(str(row.cost))


def read_usage(connection: Connection, query: UsageQuery) -> tuple[UsageItem, ...]:
    """The latest day first, then by name."""
    sums: dict[Key, _Sum] = {} if query.by else {(None, None, None): _Sum()}
    for row in _rows(connection, query, outcomes_statement(query), early_outcomes_statement(query)):
        sums.setdefault(_key(row, query.by), _Sum()).add_outcomes(row)
    for row in _rows(connection, query, attempts_statement(query), dayless_attempts_statement(query)):
        sums.setdefault(_key(row, query.by), _Sum()).prompts += row.prompts
    return tuple(_item(key, sums[key]) for key in sorted(sums, key=_order))


def outcomes_statement(query: UsageQuery) -> Select[*tuple[Any, ...]]:
    return _grouped(prompt_outcomes, _sums(query), query)


def early_outcomes_statement(query: UsageQuery) -> Select[*tuple[Any, ...]]:
    early = (_o.organization == query.organization, _o.day.is_(None))
    found = select(_a.created_at, _a.feature, _a.deployment, *_sums(query)).select_from(_WITH_ATTEMPTS).where(*early)
    return found.group_by(_a.created_at, _a.feature, _a.deployment)


def attempts_statement(query: UsageQuery) -> Select[*tuple[Any, ...]]:
    return _grouped(prompt_attempts, (func.count().label("prompts"),), query)


def dayless_attempts_statement(query: UsageQuery) -> Select[*tuple[Any, ...]]:
    dayless = (_a.organization == query.organization, _a.day.is_(None))
    found = select(_a.created_at, _a.feature, _a.deployment, func.count().label("prompts")).where(*dayless)
    return found.group_by(_a.created_at, _a.feature, _a.deployment)


def _grouped(table: Table, sums: Iterable[ColumnElement[Any]], query: UsageQuery) -> Select[*tuple[Any, ...]]:
    """The days say nothing that the times do not: with them the index is entered at the right place."""
    c = table.c
    days = (c.day >= _day(query.since), c.day <= _day(query.until - _INSTANT))
    times = (c.created_at >= query.since, c.created_at < query.until)
    found = select(c.day, c.feature, c.deployment, *sums).where(c.organization == query.organization, *days, *times)
    return found.group_by(c.day, c.feature, c.deployment)


def _sums(query: UsageQuery) -> tuple[ColumnElement[Any], ...]:
    unknown = and_(_o.prompt_tokens.is_not(None), _o.cost.is_(None))
    elsewhere = and_(_o.cost.is_not(None), _o.currency != query.currency)
    return (
        func.count().label("outcomes"),
        func.sum(func.coalesce(_o.prompt_tokens, 0)).label("prompt_tokens"),
        func.sum(func.coalesce(_o.completion_tokens, 0)).label("completion_tokens"),
        func.sum(func.coalesce(_o.cached_tokens, 0)).label("cached_tokens"),
        func.sum(case((_o.currency == query.currency, _o.cost))).label("cost"),
        func.sum(case((or_(unknown, elsewhere), 1), else_=0)).label("unpriced"),
    )


def _rows(
    connection: Connection, query: UsageQuery, known: Select[*tuple[Any, ...]], others: Select[*tuple[Any, ...]]
) -> Iterable[Row[*tuple[Any, ...]]]:
    yield from connection.execute(known).all()
    yield from (row for row in connection.execute(others).all() if query.since <= row.created_at < query.until)


def _key(row: Row[*tuple[Any, ...]], by: tuple[Part, ...]) -> Key:
    day: date | None = None
    if "day" in by:
        day = row.day if "day" in row._fields else _day(row.created_at)
    return day, row.feature if "feature" in by else None, row.deployment if "deployment" in by else None


def _order(key: Key) -> tuple[int, str, str]:
    day, feature, deployment = key
    return -day.toordinal() if day else 0, feature or "", deployment or ""


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _item(key: Key, total: _Sum) -> UsageItem:
    """An attempt without an outcome may have been billed."""
    unpriced = total.unpriced + max(0, total.prompts - total.outcomes)
    cost = total.cost if total.cost is not None or unpriced else Decimal(0)
    counts = (total.prompts, total.prompt_tokens, total.completion_tokens, total.cached_tokens)
    return UsageItem(*key, *counts, cost, unpriced)
