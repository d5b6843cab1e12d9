"""What is told of the history's rows: a span for each until it is durable, and how old those of the outbox are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from shared.gateway.records import AttemptRow, HistoryRow
from shared.telemetry import figures, names
from shared.telemetry.telemetry import Span, span, tell


def appending(row: HistoryRow) -> AbstractContextManager[Span]:
    """Around the writing of one row. It may be written together with others: each trace has its own."""
    return span(
        f"INSERT {_table(row)}",
        {
            names.DATABASE: "other_sql",  # Azure SQL, or what stands in for it: the gateway does not know
            names.STATEMENT: "INSERT",
            names.TABLE: _table(row),
            names.ATTEMPT: row.attempt_id,
            names.ORGANIZATION: row.organization,
        },
        kind="client",
    )


def outboxing(traceparent: str | None) -> AbstractContextManager[Span]:
    """Around putting rows into the outbox: the message carries the trace of the first one."""
    return span("put into the outbox", {}, parent=traceparent)


def drained(rows: Sequence[HistoryRow]) -> None:
    """A message of the outbox was delivered: whether or not SQL takes its rows now, they are this old."""
    if rows:
        oldest = min(_time(row) for row in rows)
        tell(figures.OUTBOX_AGE, max(0.0, (datetime.now(UTC) - oldest).total_seconds()))


def _table(row: HistoryRow) -> str:
    return "prompt_attempts" if isinstance(row, AttemptRow) else "prompt_outcomes"


def _time(row: HistoryRow) -> datetime:
    at = row.created_at if isinstance(row, AttemptRow) else row.finished_at
    return at if at.tzinfo else at.replace(tzinfo=UTC)
