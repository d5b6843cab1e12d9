"""Erasing prompts over HTTP, and the timer that purges: under a role of its own, with an audit row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import wiring
from shared.gateway.erasure import Erasure
from shared.retention.history import HistoryRetention
from tests.fakes.app import Stand, call

PATH = "/organizations/acme/prompts/erase"
ADMIN = {"x-admin-key": "open"}


def audit(stand: Stand) -> list[dict[str, Any]]:
    return [dict(row.values) for key, row in stand.tables.rows.items() if key[:2] == ("Erasures", "acme")]


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ({"attemptId": "a-1"}, Erasure("acme", attempt_id="a-1")),
        ({"mappingId": "m-1"}, Erasure("acme", mapping_id="m-1")),
        ({"before": "2026-01-01T00:00:00Z"}, Erasure("acme", before=datetime(2026, 1, 1, tzinfo=UTC))),
        ({"everything": True}, Erasure("acme")),
    ],
)
async def test_what_is_asked_for_is_erased_and_an_audit_row_is_left(
    stand: Stand, body: dict[str, object], wish: Erasure
) -> None:
    answer = await call("POST", PATH, body, headers={**ADMIN, "x-correlation-id": "abc"})
    assert (answer.status, answer.json) == (200, {"erased": 3})
    assert stand.retention_role.wishes == [wish]
    (row,) = audit(stand)
    assert (row["State"], row["Erased"], row["CorrelationId"]) == ("done", 3, "abc")


async def test_no_erasure_is_without_an_audit_row(stand: Stand) -> None:
    stand.retention_role.away = True
    answer = await call("POST", PATH, {"everything": True}, headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (503, "history_unavailable")
    (row,) = audit(stand)
    assert (row["State"], row["All"]) == ("asked", True)


async def test_where_the_audit_row_cannot_be_written_nothing_is_erased(stand: Stand) -> None:
    stand.tables.broken.add("Erasures")
    answer = await call("POST", PATH, {"everything": True}, headers=ADMIN)
    assert answer.status == 503
    assert stand.retention_role.wishes == []


async def test_it_takes_an_administrator(stand: Stand) -> None:
    answer = await call("POST", PATH, {"everything": True})
    assert (answer.status, answer.json["code"]) == (403, "admin_required")
    assert audit(stand) == []


@pytest.mark.parametrize("body", [{}, {"everything": True, "before": "2026-01-01T00:00:00Z"}, {"everything": False}])
async def test_everything_is_never_erased_by_accident(stand: Stand, body: dict[str, object]) -> None:
    answer = await call("POST", PATH, body, headers=ADMIN)
    assert answer.status == 400
    assert stand.retention_role.wishes == []


async def test_without_a_role_the_answer_says_what_is_missing(stand: Stand) -> None:
    retention = HistoryRetention(None, stand.tables, stand.services.policies, 30)
    wiring.use(replace(stand.services, history_retention=retention))
    answer = await call("POST", PATH, {"everything": True}, headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (403, "erasure_disabled")
    assert "RETENTION_DATABASE_URL" in answer.json["detail"]
    assert await retention.purge() == {}


async def test_each_organizations_own_days_count_and_then_the_apps(stand: Stand) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    await stand.tables.put("OrganizationSettings", "other", "historyDays", {"Value": "7"})
    retention = HistoryRetention(stand.retention_role, stand.tables, stand.services.policies, 30, lambda: now)
    assert await retention.purge() == {"acme": 2, "other": 2}
    assert stand.retention_role.purged == [("acme", now - timedelta(days=30)), ("other", now - timedelta(days=7))]


@pytest.mark.parametrize("value", ["", "soon", "-1", "0", "1e3"])
async def test_history_is_kept_where_nobody_says_how_long(stand: Stand, value: str) -> None:
    await stand.tables.put("OrganizationSettings", "acme", "historyDays", {"Value": value})
    retention = HistoryRetention(stand.retention_role, stand.tables, stand.services.policies, None)
    assert await retention.purge() == {}
    assert stand.retention_role.purged == []
