"""The prompt history over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.gateway.prompt_log import PromptDetail, PromptItem, PromptTry
from shared.gateway.records import Message, Status
from tests.fakes.app import Stand, call

PATH = "/organizations/acme/prompts"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def detail(number: int = 1) -> PromptDetail:
    item = PromptItem(
        attempt_id=f"p{number}-1",
        created_at=NOON + timedelta(seconds=number),
        feature="AiMapping",
        status=Status.SUCCEEDED,
        deployment="gpt",
        model="gpt-4.1-mini",
        prompt_tokens=900,
        completion_tokens=200,
        cached_tokens=0,
        cost=Decimal("0.0012"),
        currency="USD",
        latency_ms=812,
        correlation_id="abc",
        mapping_id="m",
    )
    return PromptDetail(
        item=item,
        prompt_id=f"p{number}",
        try_number=1,
        prompt_name="map-fields-v1",
        host="acme.openai.azure.com",
        finished_at=NOON,
        messages=(Message("system", "Map."), Message("user", "E-mail")),
        response='{"a": 1}',
        erased=False,
        finish_reason="stop",
        error=None,
        tries=(PromptTry(f"p{number}-1", 1, NOON, Status.SUCCEEDED, None, 812),),
    )


async def test_items_have_the_members_of_the_interface(stand: Stand) -> None:
    stand.history.details["acme"] = [detail()]
    page = (await call("GET", PATH)).json
    assert page == {
        "items": [
            {
                "attemptId": "p1-1",
                "createdAt": "2026-11-25T12:00:01Z",
                "feature": "AiMapping",
                "status": "succeeded",
                "deployment": "gpt",
                "model": "gpt-4.1-mini",
                "promptTokens": 900,
                "completionTokens": 200,
                "cachedTokens": 0,
                "cost": 0.0012,
                "latencyMs": 812,
                "correlationId": "abc",
                "mappingId": "m",
            }
        ],
        "continuationToken": None,
    }


async def test_one_adds_what_was_said(stand: Stand) -> None:
    stand.history.details["acme"] = [detail()]
    one = (await call("GET", f"{PATH}/p1-1")).json
    assert one["messages"] == [{"role": "system", "content": "Map."}, {"role": "user", "content": "E-mail"}]
    assert (one["response"], one["finishReason"], one["error"]) == ('{"a": 1}', "stop", None)
    assert [each["attemptId"] for each in one["tries"]] == ["p1-1"]


async def test_an_erased_body_reads_as_erased(stand: Stand) -> None:
    stand.history.details["acme"] = [replace(detail(), messages=None, response=None, erased=True)]
    one = (await call("GET", f"{PATH}/p1-1")).json
    assert (one["messages"], one["response"], one["erased"], one["promptTokens"]) == (None, None, True, 900)


async def test_every_filter_reaches_the_history(stand: Stand) -> None:
    params = {
        "feature": "Verify", "status": "cut_off", "from": "2026-11-01", "to": "2026-11-02T03:04:05+01:00",
        "correlationId": "c", "mappingId": "m", "top": "7",
    }  # fmt: skip
    assert (await call("GET", PATH, params=params)).status == 200
    (query,) = stand.history.queries
    assert (query.organization, query.feature, query.status) == ("acme", "Verify", Status.CUT_OFF)
    assert query.since == datetime(2026, 11, 1, tzinfo=UTC)
    assert query.until == datetime(2026, 11, 2, 2, 4, 5, tzinfo=UTC)
    assert (query.correlation_id, query.mapping_id, query.top) == ("c", "m", 7)


async def test_a_plus_that_was_not_escaped_is_understood(stand: Stand) -> None:
    await call("GET", PATH, params={"from": "2026-11-02T03:04:05 01:00"})
    assert stand.history.queries[0].since == datetime(2026, 11, 2, 2, 4, 5, tzinfo=UTC)


async def test_fifty_are_listed_unless_asked_otherwise(stand: Stand) -> None:
    stand.history.details["acme"] = [detail(i) for i in range(60)]
    page = (await call("GET", PATH)).json
    assert len(page["items"]) == 50
    rest = (await call("GET", PATH, params={"continuationToken": page["continuationToken"]})).json
    assert len(rest["items"]) == 10
    assert not {i["attemptId"] for i in page["items"]} & {i["attemptId"] for i in rest["items"]}


@pytest.mark.parametrize("path", ["/organizations/other/prompts/p1-1"])
async def test_another_organization_sees_nothing(stand: Stand, path: str) -> None:
    stand.history.details["acme"] = [detail()]
    assert (await call("GET", path)).status == 404
    assert (await call("GET", "/organizations/other/prompts")).json["items"] == []


async def test_a_history_that_is_away_is_told(stand: Stand) -> None:
    stand.history.away = True
    answer = await call("GET", PATH)
    assert (answer.status, answer.json["code"]) == (503, "history_unavailable")
