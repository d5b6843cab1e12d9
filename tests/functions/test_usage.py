"""Usage over HTTP: the span, the parts, and what is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from shared.gateway.usage import UsageItem
from tests.fakes.app import Stand, call

PATH = "/organizations/acme/usage"


async def test_parts_that_were_asked_for_are_there_and_no_others(stand: Stand) -> None:
    stand.history.used = (UsageItem(date(2026, 11, 25), "AiMapping", None, 3, 300, 60, 0, Decimal("0.125"), 1),)
    answer = await call("GET", PATH, params={"by": "feature, day"})
    assert answer.status == 200
    assert answer.json == {
        "items": [
            {
                "day": "2026-11-25", "feature": "AiMapping", "prompts": 3, "promptTokens": 300, "completionTokens": 60,
                "cachedTokens": 0, "cost": 0.125, "unpriced": 1,
            }
        ],
        "currency": "USD",
    }  # fmt: skip
    assert stand.history.usage_queries[0].by == ("day", "feature")


async def test_an_unknown_cost_is_null(stand: Stand) -> None:
    stand.history.used = (UsageItem(None, None, None, 3, 300, 60, 0, None, 3),)
    answer = await call("GET", PATH)
    assert answer.json["items"] == [
        {"prompts": 3, "promptTokens": 300, "completionTokens": 60, "cachedTokens": 0, "cost": None, "unpriced": 3}
    ]


async def test_without_a_span_it_is_the_last_thirty_days(stand: Stand) -> None:
    await call("GET", PATH)
    (query,) = stand.history.usage_queries
    assert query.until - query.since == timedelta(days=30)
    assert abs(query.until - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"by": "hour"}, "/by"),
        ({"by": "day,day"}, "/by"),
        ({"by": ""}, "/by"),
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "/to"),
        ({"from": "2020-01-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "/from"),
        ({"from": "yesterday"}, "/from"),
        ({"since": "2026-11-02T00:00:00Z"}, "/since"),
    ],
)
async def test_a_query_that_makes_no_sense_names_the_parameter(
    stand: Stand, given: dict[str, str], pointer: str
) -> None:
    answer = await call("GET", PATH, params=given)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, pointer)


async def test_a_history_that_is_away_says_so(stand: Stand) -> None:
    stand.history.away = True
    answer = await call("GET", PATH)
    assert (answer.status, answer.json["code"]) == (503, "history_unavailable")
