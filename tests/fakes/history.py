"""A database, an outbox and rows, for tests of what writes the history."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from shared.errors import HistoryUnavailable
from shared.gateway.ports import RowsRejected
from shared.gateway.records import AttemptRow, HistoryRow, OutcomeRow, Status

NOON = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)


def attempt(attempt_id: str = "p1-1", **changes: object) -> AttemptRow:
    prompt_id, _, number = attempt_id.rpartition("-")
    row = AttemptRow(
        attempt_id=attempt_id,
        prompt_id=prompt_id,
        try_number=int(number),
        organization="acme",
        feature="AiMapping",
        prompt_name="map-fields-v1",
        deployment="gpt",
        host="acme.openai.azure.com",
        correlation_id="c-1",
        mapping_id="m-1",
        created_at=NOON,
        app_version="0.1.0",
        messages='[{"role": "system", "content": "Map."}, {"role": "user", "content": "Naïve 😀"}]',
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def outcome(attempt_id: str = "p1-1", **changes: object) -> OutcomeRow:
    row = OutcomeRow(
        attempt_id=attempt_id,
        organization="acme",
        status=Status.SUCCEEDED,
        finished_at=NOON,
        latency_ms=812,
        model="gpt-4.1-mini-2025-04-14",
        prompt_tokens=900,
        completion_tokens=200,
        cached_tokens=0,
        cost=Decimal("0.00068"),
        currency="USD",
        finish_reason="stop",
        response='{"ok": true}',
    )
    return replace(row, **changes)  # type: ignore[arg-type]


class FakeStore:
    """A database that can be away, hang until let go, or reject rows."""

    def __init__(self) -> None:
        self.batches: list[tuple[HistoryRow, ...]] = []
        self.pings = 0
        self.away = False
        self.failure: Exception = HistoryUnavailable("away")
        self.rejects: frozenset[str] = frozenset()
        self.running = threading.Event()
        self.go = threading.Event()
        self.go.set()

    @property
    def ids(self) -> list[str]:
        return [row.attempt_id for batch in self.batches for row in batch]

    def insert(self, rows: Sequence[HistoryRow]) -> None:
        self.running.set()
        self.go.wait(10)
        if self.away:
            raise self.failure
        bad = [row for row in rows if row.attempt_id in self.rejects]
        self.batches.append(tuple(row for row in rows if row not in bad))
        if bad:
            raise RowsRejected(bad, "DataError 22001")

    def ping(self) -> None:
        self.pings += 1
        if self.away:
            raise HistoryUnavailable("away")


class FakeOutbox:
    def __init__(self) -> None:
        self.rows: list[HistoryRow] = []
        self.away = False

    @property
    def ids(self) -> list[str]:
        return [row.attempt_id for row in self.rows]

    async def put(self, rows: Sequence[HistoryRow]) -> None:
        if self.away:
            raise HistoryUnavailable("away")
        self.rows += rows
