"""How a page of the history is looked for: along which index, and how far.

An index that goes on in the list's own order gives a page for as many rows as the page has: the list itself, a feature,
a mapping, a correlation id, a status that is written. Two wishes have none: attempts without an outcome, and a status
together with something else. For those a page looks at WINDOW attempts at most: it may then hold fewer than were
asked for, even none, and still say where to go on: a page takes the same time however rare what it looks for is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, and_, or_, select

from shared.adapters.sql_rows import clean
from shared.adapters.sql_schema import prompt_attempts, prompt_outcomes
from shared.gateway.prompt_log import PENDING_FOR, PromptQuery, position
from shared.gateway.records import Status

WINDOW = 5_000
"""Attempts one page looks at, at most."""

_a, _o = prompt_attempts.c, prompt_outcomes.c
_SAME = and_(_o.attempt_id == _a.attempt_id, _o.organization == _a.organization)
WITH_OUTCOMES = prompt_attempts.outerjoin(prompt_outcomes, _SAME)
_OF_OUTCOMES = prompt_outcomes.join(prompt_attempts, _SAME)
ITEM: tuple[ColumnElement[Any], ...] = (
    *(_a.attempt_id, _a.created_at, _a.feature, _a.deployment, _a.correlation_id, _a.mapping_id, _o.status, _o.model),
    *(_o.prompt_tokens, _o.completion_tokens, _o.cached_tokens, _o.cost, _o.currency, _o.latency_ms),
)
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Scan:
    """Rows of ``source`` in the order of ``made`` and ``key``, newest first."""

    source: FromClause
    made: Column[Any]
    key: Column[Any]
    indexed: Conditions
    """What the index answers: of the table that ``made`` is a column of."""
    others: Conditions = ()
    """What each row is looked at for."""
    bounded: bool = False

    def page(self, top: int, last: tuple[datetime, str] | None = None) -> Select[*tuple[Any, ...]]:
        """One more row than asked for, which tells whether there is a next page. ``last``: the row to stop at."""
        until: Conditions = ()
        if last is not None:
            same_instant = and_(self.made == last[0], self.key >= last[1])
            until = (self.made >= last[0], or_(self.made > last[0], same_instant))
        found = select(*ITEM).select_from(self.source).where(*self.indexed, *self.others, *until)
        return found.order_by(self.made.desc(), self.key.desc()).limit(top + 1)

    def last_in_window(self) -> Select[*tuple[Any, ...]]:
        """The last row that is looked at, none where fewer are left."""
        table = self.made.table
        place = select(self.key).select_from(table).where(*self.indexed)
        place = place.order_by(self.made.desc(), self.key.desc()).offset(WINDOW - 1).limit(1)
        return select(*ITEM).select_from(WITH_OUTCOMES).where(_a.attempt_id == place.scalar_subquery())


def scan_of(query: PromptQuery, now: datetime) -> Scan:
    """Raises InvalidRequest for a continuation token that is not ours."""
    after = _after(query.continuation, _a.created_at, _a.attempt_id)
    indexed = (*_of_attempts(query), *_span(query, _a.created_at), *after)
    own = Scan(WITH_OUTCOMES, _a.created_at, _a.attempt_id, indexed)
    missing = (_o.attempt_id.is_(None),)
    if query.status is None:
        return own
    if query.status is Status.PENDING:
        return replace(own, indexed=(*indexed, _a.created_at > now - PENDING_FOR), others=missing)
    if query.status is Status.UNKNOWN:
        return replace(own, indexed=(*indexed, _a.created_at <= now - PENDING_FOR), others=missing, bounded=True)
    if not by_status(query):
        return replace(own, others=(_o.status == query.status.value,), bounded=True)
    return _along_status(query)


def by_status(query: PromptQuery) -> bool:
    """Whether the page is read along the index of outcomes: a status is rarer than a feature, unless it is success."""
    if query.status in (None, Status.PENDING, Status.UNKNOWN) or query.mapping_id or query.correlation_id:
        return False
    return query.feature is None or query.status is not Status.SUCCEEDED


def early_statement(query: PromptQuery) -> Select[*tuple[Any, ...]]:
    """Outcomes of a status that do not know when their attempt was made (see OF_ATTEMPT): few, and in no order."""
    early = (*_of_status(query), _o.created_at.is_(None))
    return select(*ITEM).select_from(_OF_OUTCOMES).where(*early)


def _along_status(query: PromptQuery) -> Scan:
    feature = () if query.feature is None else (_a.feature == query.feature,)
    after = _after(query.continuation, _o.created_at, _o.attempt_id)
    indexed = (*_of_status(query), _o.created_at.is_not(None), *_span(query, _o.created_at), *after)
    return Scan(_OF_OUTCOMES, _o.created_at, _o.attempt_id, indexed, feature, bounded=bool(feature))


def _of_status(query: PromptQuery) -> Conditions:
    return (_o.organization == query.organization, _o.status == str(query.status))


def _of_attempts(query: PromptQuery) -> Iterable[ColumnElement[bool]]:
    yield _a.organization == query.organization
    for column, wanted in (
        (_a.feature, query.feature),
        (_a.correlation_id, query.correlation_id),
        (_a.mapping_id, query.mapping_id),
    ):
        if wanted is not None:
            yield column == clean(wanted)


def _span(query: PromptQuery, made: Column[Any]) -> Iterable[ColumnElement[bool]]:
    if query.since is not None:
        yield made >= query.since
    if query.until is not None:
        yield made < query.until


def _after(continuation: str | None, made: Column[Any], key: Column[Any]) -> Conditions:
    """The first condition says nothing new: with it the index is entered at the right place, OR alone is a scan."""
    if continuation is None:
        return ()
    created_at, attempt_id = position(continuation)
    same_instant = and_(made == created_at, key < attempt_id)
    return (made <= created_at, or_(made < created_at, same_instant))
