"""Usage by day, feature and deployment: one statement, over one organization and a span of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from shared.adapters.sql_schema import prompt_attempts, prompt_outcomes
from shared.gateway.usage import Part, UsageItem, UsageQuery

_a, _o = prompt_attempts.c, prompt_outcomes.c


class utc_day(GenericFunction[date]):  # noqa: N801 - SQL functions are written so
    """The day of a time, which is kept in UTC."""

    type = Date()
    inherit_cache = True


@compiles(utc_day)
def _day(element: utc_day, compiler: SQLCompiler, **more: Any) -> str:
    return f"date({compiler.process(element.clauses, **more)})"


@compiles(utc_day, "mssql")
def _day_on_azure_sql(element: utc_day, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS DATE)"


_PARTS: Mapping[Part, ColumnElement[Any]] = {
    "day": utc_day(_a.created_at),
    "feature": _a.feature,
    "deployment": _a.deployment,
}


def read_usage(connection: Connection, query: UsageQuery) -> tuple[UsageItem, ...]:
    return tuple(_item(row, query.by) for row in connection.execute(usage_statement(query)))


def usage_statement(query: UsageQuery) -> Select[*tuple[Any, ...]]:
    """The latest day first, then by name."""
    groups = [_PARTS[part].label(part) for part in query.by]
    priced = and_(_o.cost.is_not(None), _o.currency == query.currency)
    unknown = or_(_o.attempt_id.is_(None), and_(_o.prompt_tokens.is_not(None), _o.cost.is_(None)))
    elsewhere = and_(_o.cost.is_not(None), _o.currency != query.currency)
    found = (
        select(
            *groups,
            func.count().label("prompts"),
            func.sum(func.coalesce(_o.prompt_tokens, 0)).label("prompt_tokens"),
            func.sum(func.coalesce(_o.completion_tokens, 0)).label("completion_tokens"),
            func.sum(func.coalesce(_o.cached_tokens, 0)).label("cached_tokens"),
            func.sum(case((priced, _o.cost))).label("cost"),
            func.sum(case((or_(unknown, elsewhere), 1), else_=0)).label("unpriced"),
        )
        .select_from(prompt_attempts.outerjoin(prompt_outcomes, _o.attempt_id == _a.attempt_id))
        .where(_a.organization == query.organization, _a.created_at >= query.since, _a.created_at < query.until)
    )
    if not query.by:
        return found
    order = [_PARTS[part].desc() if part == "day" else _PARTS[part] for part in query.by]
    return found.group_by(*(_PARTS[part] for part in query.by)).order_by(*order)


def _item(row: Row[*tuple[Any, ...]], by: tuple[Part, ...]) -> UsageItem:
    cost = None if row.cost is None else Decimal(str(row.cost))
    unpriced = row.unpriced or 0
    return UsageItem(
        day=_date(row.day) if "day" in by else None,
        feature=row.feature if "feature" in by else None,
        deployment=row.deployment if "deployment" in by else None,
        prompts=row.prompts,
        prompt_tokens=row.prompt_tokens or 0,
        completion_tokens=row.completion_tokens or 0,
        cached_tokens=row.cached_tokens or 0,
        cost=cost if cost is not None or unpriced else Decimal(0),
        unpriced=unpriced,
    )


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
