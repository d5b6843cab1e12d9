"""Reading the prompt history back: a page of one organization's attempts, or one attempt with everything behind it."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, Row, Select, select

from shared.adapters.sql_scans import ITEM, WITH_OUTCOMES, by_status, early_statement, scan_of
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
_TRY = (_a.attempt_id, _a.try_number, _a.created_at, _o.status, _o.error_code, _o.latency_ms)
_DETAIL = (
    *(*ITEM, _a.prompt_id, _a.try_number, _a.prompt_name, _a.host, _o.finished_at, _o.finish_reason, _o.error_code),
    *(_o.error_detail, prompt_bodies.c.messages, outcome_bodies.c.response),
)


def read_page(connection: Connection, query: PromptQuery, now: datetime) -> PromptPage:
    """Raises InvalidRequest for a continuation token that is not ours."""
    scan = scan_of(query, now)
    edge = connection.execute(scan.last_in_window()).one_or_none() if scan.bounded else None
    last = None if edge is None else _item(edge, now)
    rows = connection.execute(scan.page(query.top, None if last is None else _place(last))).all()
    found = [_item(row, now) for row in rows]
    if by_status(query):
        early = (_item(row, now) for row in connection.execute(early_statement(query)))
        found += [item for item in early if _is_on_page(item, query, last)]
        found.sort(key=_place, reverse=True)
    items = tuple(found[: query.top])
    end = items[-1] if len(found) > query.top else last
    return PromptPage(items, continue_after(end) if end else None)


def read_one(connection: Connection, organization: str, attempt_id: str, now: datetime) -> PromptDetail | None:
    row = connection.execute(one_statement(organization, attempt_id)).one_or_none()
    if row is None:
        return None
    tries = connection.execute(tries_statement(organization, row.prompt_id)).all()
    return _detail(row, tuple(_try(each, now) for each in tries), now)


def one_statement(organization: str, attempt_id: str) -> Select[*tuple[object, ...]]:
    with_bodies = WITH_OUTCOMES.outerjoin(prompt_bodies, prompt_bodies.c.attempt_id == _a.attempt_id).outerjoin(
        outcome_bodies, outcome_bodies.c.attempt_id == _o.attempt_id
    )
    own = (_a.organization == organization, _a.attempt_id == attempt_id)
    return select(*_DETAIL).select_from(with_bodies).where(*own)


def tries_statement(organization: str, prompt_id: str) -> Select[*tuple[object, ...]]:
    """Every try of one prompt, oldest first."""
    own = (_a.organization == organization, _a.prompt_id == prompt_id)
    return select(*_TRY).select_from(WITH_OUTCOMES).where(*own).order_by(_a.try_number, _a.created_at)


def _place(item: PromptItem) -> tuple[datetime, str]:
    return item.created_at, item.attempt_id


def _is_on_page(item: PromptItem, query: PromptQuery, last: PromptItem | None) -> bool:
    """What an index answers for the others. Compared here, since no index helps with a handful of rows."""
    return (
        (query.feature is None or item.feature == query.feature)
        and (query.since is None or item.created_at >= query.since)
        and (query.until is None or item.created_at < query.until)
        and (query.continuation is None or _place(item) < position(query.continuation))
        and (last is None or _place(item) >= _place(last))
    )


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
