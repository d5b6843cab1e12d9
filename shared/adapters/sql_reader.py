"""Reading the prompt history back: a page of one organization's attempts, or one attempt with everything behind it."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from shared.adapters.sql_rows import clean
from shared.adapters.sql_schema import outcome_bodies, prompt_attempts, prompt_bodies, prompt_outcomes
from shared.gateway.prompt_log import (
    PENDING_FOR,
    PromptDetail,
    PromptError,
    PromptItem,
    PromptPage,
    PromptQuery,
    PromptTry,
    continue_after,
    position,
)
from shared.gateway.records import Message, Status

_a, _o = prompt_attempts.c, prompt_outcomes.c
_WITH_OUTCOMES = prompt_attempts.outerjoin(
    prompt_outcomes, and_(_o.attempt_id == _a.attempt_id, _o.organization == _a.organization)
)
_ITEM = (
    *(_a.attempt_id, _a.created_at, _a.feature, _a.deployment, _a.correlation_id, _a.mapping_id, _o.status, _o.model),
    *(_o.prompt_tokens, _o.completion_tokens, _o.cached_tokens, _o.cost, _o.currency, _o.latency_ms),
)
_TRY = (_a.attempt_id, _a.try_number, _a.created_at, _o.status, _o.error_code, _o.latency_ms)
_DETAIL = (
    *(*_ITEM, _a.prompt_id, _a.try_number, _a.prompt_name, _a.host, _o.finished_at, _o.finish_reason, _o.error_code),
    *(_o.error_detail, prompt_bodies.c.messages, outcome_bodies.c.response),
)


def read_page(connection: Connection, query: PromptQuery, now: datetime) -> PromptPage:
    """Raises InvalidRequest for a continuation token that is not ours."""
    rows = connection.execute(page_statement(query, now)).all()
    items = tuple(_item(row, now) for row in rows[: query.top])
    more = len(rows) > query.top
    return PromptPage(items, continue_after(items[-1]) if more else None)


def read_one(connection: Connection, organization: str, attempt_id: str, now: datetime) -> PromptDetail | None:
    row = connection.execute(one_statement(organization, attempt_id)).one_or_none()
    if row is None:
        return None
    tries = connection.execute(tries_statement(organization, row.prompt_id)).all()
    return _detail(row, tuple(_try(each, now) for each in tries), now)


def page_statement(query: PromptQuery, now: datetime) -> Select[*tuple[object, ...]]:
    """One more row than asked for, which tells whether there is a next page."""
    newest_first = (_a.created_at.desc(), _a.attempt_id.desc())
    found = select(*_ITEM).select_from(_WITH_OUTCOMES).where(*_conditions(query, now))
    return found.order_by(*newest_first).limit(query.top + 1)


def one_statement(organization: str, attempt_id: str) -> Select[*tuple[object, ...]]:
    with_bodies = _WITH_OUTCOMES.outerjoin(prompt_bodies, prompt_bodies.c.attempt_id == _a.attempt_id).outerjoin(
        outcome_bodies, outcome_bodies.c.attempt_id == _o.attempt_id
    )
    own = (_a.organization == organization, _a.attempt_id == attempt_id)
    return select(*_DETAIL).select_from(with_bodies).where(*own)


def tries_statement(organization: str, prompt_id: str) -> Select[*tuple[object, ...]]:
    """Every try of one prompt, oldest first."""
    own = (_a.organization == organization, _a.prompt_id == prompt_id)
    return select(*_TRY).select_from(_WITH_OUTCOMES).where(*own).order_by(_a.try_number, _a.created_at)


def _conditions(query: PromptQuery, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [_a.organization == query.organization]
    for column, wanted in (
        (_a.feature, query.feature),
        (_a.correlation_id, query.correlation_id),
        (_a.mapping_id, query.mapping_id),
    ):
        if wanted is not None:
            conditions.append(column == clean(wanted))
    if query.since is not None:
        conditions.append(_a.created_at >= query.since)
    if query.until is not None:
        conditions.append(_a.created_at < query.until)
    return [*conditions, *_has_status(query.status, now), *_after(query.continuation)]


def _has_status(status: Status | None, now: datetime) -> list[ColumnElement[bool]]:
    if status is None:
        return []
    if status is Status.PENDING:
        return [_o.attempt_id.is_(None), _a.created_at > now - PENDING_FOR]
    if status is Status.UNKNOWN:
        return [_o.attempt_id.is_(None), _a.created_at <= now - PENDING_FOR]
    return [_o.status == status.value]


def _after(continuation: str | None) -> list[ColumnElement[bool]]:
    """The first condition says nothing new: with it the index is entered at the right place, OR alone is a scan."""
    if continuation is None:
        return []
    created_at, attempt_id = position(continuation)
    same_instant = and_(_a.created_at == created_at, _a.attempt_id < attempt_id)
    return [_a.created_at <= created_at, or_(_a.created_at < created_at, same_instant)]


def _item(row: Row[*tuple[object, ...]], now: datetime) -> PromptItem:
    return PromptItem(
        attempt_id=row.attempt_id,
        created_at=row.created_at,
        feature=row.feature,
        status=_status(row.status, row.created_at, now),
        deployment=row.deployment,
        model=row.model,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cached_tokens=row.cached_tokens,
        cost=row.cost,
        currency=row.currency,
        latency_ms=row.latency_ms,
        correlation_id=row.correlation_id,
        mapping_id=row.mapping_id,
    )


def _try(row: Row[*tuple[object, ...]], now: datetime) -> PromptTry:
    status = _status(row.status, row.created_at, now)
    return PromptTry(row.attempt_id, row.try_number, row.created_at, status, row.error_code, row.latency_ms)


def _detail(row: Row[*tuple[object, ...]], tries: tuple[PromptTry, ...], now: datetime) -> PromptDetail:
    erased = row.messages is None
    return PromptDetail(
        item=_item(row, now),
        prompt_id=row.prompt_id,
        try_number=row.try_number,
        prompt_name=row.prompt_name,
        host=row.host,
        finished_at=row.finished_at,
        messages=None if erased else tuple(Message(m["role"], m["content"]) for m in json.loads(row.messages)),
        response=None if erased else row.response,
        erased=erased,
        finish_reason=row.finish_reason,
        error=None if row.error_code is None else PromptError(row.error_code, row.error_detail or ""),
        tries=tries,
    )


def _status(written: str | None, created_at: datetime, now: datetime) -> Status:
    if written is not None:
        return Status(written)
    return Status.PENDING if created_at > now - PENDING_FOR else Status.UNKNOWN
