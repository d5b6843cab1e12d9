"""Mappings accepted for later: queued, made by the queue's worker, read back, cancelled, made once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from shared import errors
from shared.errors import ProductError
from shared.mapping import carry_out, heartbeat
from shared.queue_messages import as_text, dump
from tests.fakes.app import Stand, call, indexed
from tests.functions.test_mappings import PATH, REQUEST, request

ASYNC = {"prefer": "respond-async"}
QUEUE = "mapping-jobs"


async def deliver(stand: Stand, *, dequeued: int = 1, keep: bool = False) -> float:
    """What the host does with the oldest message of the queue. → the delay it was put with."""
    stored = stand.queues.queues[QUEUE][0] if keep else stand.queues.queues[QUEUE].pop(0)
    await hand_over(stored.text, dequeued)
    return stored.delay


async def hand_over(text: str, dequeued: int = 1) -> None:
    (function,) = [one for one in indexed() if one.get_function_name() == "mapping_jobs"]
    message = QueueMessage(id="1", body=text.encode(), dequeue_count=dequeued)
    await function.get_user_function()(message)


async def accepted(body: object = REQUEST, **headers: str) -> str:
    """→ the path of an accepted mapping."""
    answer = await call("POST", PATH, body, headers=ASYNC | headers)
    assert answer.status == 202
    return answer.headers["location"].removeprefix("/api")


async def state(path: str) -> dict[str, Any]:
    answer = await call("GET", path)
    assert answer.status == 200
    return answer.json


def told(stand: Stand) -> list[dict[str, Any]]:
    return [dict(message) for message in stand.queues.messages("mapping-results")]


async def test_an_accepted_mapping_is_queued_and_says_where(stand: Stand) -> None:
    answer = await call("POST", PATH, REQUEST, headers={"prefer": "wait=10, Respond-Async; x"})
    assert answer.status == 202
    assert list(answer.json) == [
        "mappingId", "organizationId", "state", "createdAt", "updatedAt", "progress", "result", "error",
    ]  # fmt: skip
    assert (answer.json["state"], answer.json["progress"]) == ("queued", {"fields": 3, "done": 0})
    assert answer.headers["location"] == f"/api{PATH}/{answer.json['mappingId']}"
    assert answer.headers["preference-applied"] == "respond-async"
    assert stand.gateway.asked == []
    assert await state(f"{PATH}/{answer.json['mappingId']}") == answer.json


@pytest.mark.parametrize("engine", ["ai", "auto"])
async def test_the_worker_makes_what_http_would_have_answered(stand: Stand, engine: str) -> None:
    at_once = (await call("POST", PATH, request(engine=engine))).json
    path = await accepted(request(engine=engine))
    await deliver(stand)
    made = await state(path)
    assert made["state"] == "succeeded"
    assert made["progress"] == {"fields": 3, "done": 3}
    apart = ("mappingId", "promptIds")
    assert {**made["result"], **dict.fromkeys(apart)} == {**at_once, **dict.fromkeys(apart)}
    assert made["result"]["mappingId"] == path.rpartition("/")[2]


async def test_the_result_is_in_its_blob_and_told_to_the_pipeline(stand: Stand) -> None:
    path = await accepted(x_correlation_id="abc")
    await deliver(stand)
    mapping_id = path.rpartition("/")[2]
    blob = f"acme/{mapping_id}.json"
    assert json.loads(stand.blobs.blobs["mappings", blob].content) == (await state(path))["result"]
    (message,) = told(stand)
    assert message == {
        "mappingId": mapping_id,
        "organizationId": "acme",
        "dataSet": {"id": None, "name": "crm"},
        "state": "succeeded",
        "blob": {"container": "mappings", "blob": blob},
        "error": None,
        "correlationId": message["correlationId"],
    }
    assert stand.queues.queues[QUEUE] == []


async def test_a_large_request_leaves_no_payload_behind(stand: Stand) -> None:
    large = {"name": "crm", "records": [{"text": "x" * 100 + str(n)} for n in range(2_000)]}
    path = await accepted({"dataSet": large, "options": {"engine": "auto"}})
    assert len(stand.queues.payloads) == 1
    await deliver(stand)
    assert (await state(path))["state"] == "succeeded"
    assert stand.queues.payloads == {}


@pytest.mark.parametrize("body", [{}, {"dataSet": {"name": " ", "fields": [{"name": "a"}]}}])
async def test_what_is_invalid_is_refused_at_once(stand: Stand, body: object) -> None:
    assert (await call("POST", PATH, body, headers=ASYNC)).status == 400
    assert stand.is_empty()


async def test_what_an_administrator_does_not_allow_is_refused_at_once(stand: Stand) -> None:
    stand.flag_table.rows.clear()
    assert (await call("POST", PATH, REQUEST, headers=ASYNC)).json["code"] == "feature_disabled"
    assert stand.is_empty()


async def test_a_mapping_is_not_accepted_that_cannot_be_queued(stand: Stand) -> None:
    stand.queues.away = True
    assert (await call("POST", PATH, REQUEST, headers=ASYNC)).status == 503
    assert [row.text("State") for row in stand.tables.rows.values()] == ["cancelled"]


async def test_prompts_of_an_accepted_mapping_are_those_of_somebody_who_waits(stand: Stand) -> None:
    await accepted()
    await deliver(stand)
    assert [caller.background for caller, _ in stand.gateway.asked] == [False]


async def test_a_slow_deployment_makes_long_mappings_asynchronous(stand: Stand) -> None:
    """SYNC_DEADLINE_SECONDS is 60."""
    made = (await call("POST", PATH, REQUEST)).json
    assert made["usage"]["prompts"]
    for _ in range(20):
        stand.services.pace.learn("acme", _Long(), 100.0)  # type: ignore[arg-type]
    answer = await call("POST", PATH, REQUEST)
    assert (answer.status, "preference-applied" in answer.headers) == (202, False)
    assert (await call("POST", PATH, request(engine="auto"))).status == 200


class _Long:
    """A mapping that was made with one prompt."""

    class usage:  # noqa: N801
        prompts = 1

    properties = ("field",)


async def test_the_same_key_is_accepted_once(stand: Stand) -> None:
    first = await call("POST", PATH, REQUEST, headers=ASYNC | {"idempotency-key": "k"})
    again = await call("POST", PATH, REQUEST, headers=ASYNC | {"idempotency-key": "k"})
    assert (again.status, again.content, again.headers["location"]) == (202, first.content, first.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert len(stand.queues.queues[QUEUE]) == 1


async def test_a_queued_mapping_is_cancelled_and_then_forgotten(stand: Stand) -> None:
    path = await accepted()
    assert (await call("DELETE", path)).status == 204
    assert (await state(path))["state"] == "cancelled"
    await deliver(stand)
    assert stand.gateway.asked == []
    assert (await state(path))["state"] == "cancelled"
    assert (await call("DELETE", path)).status == 204
    assert (await call("GET", path)).status == 404


async def test_what_was_forgotten_is_not_made(stand: Stand) -> None:
    path = await accepted()
    await call("DELETE", path)
    await call("DELETE", path)
    await deliver(stand)
    assert (stand.gateway.asked, told(stand)) == ([], [])
    assert [key for key in stand.tables.rows if key[0] == "Mappings"] == []


async def test_a_running_mapping_is_cancelled_within_a_beat(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    stand.gateway.hold = asyncio.Event()
    path = await accepted()
    delivered = asyncio.create_task(deliver(stand))
    while not stand.gateway.asked:
        await asyncio.sleep(0.01)
    assert (await state(path))["state"] == "running"
    assert (await call("DELETE", path)).status == 204
    await delivered
    assert (await state(path))["state"] == "cancelled"
    assert [message["state"] for message in told(stand)] == ["cancelled"]
    assert stand.blobs.blobs == {}


async def test_a_message_delivered_again_gives_no_second_prompt_and_the_same_id(stand: Stand) -> None:
    path = await accepted()
    await deliver(stand, keep=True)
    before = await state(path)
    asked = len(stand.gateway.asked)
    await deliver(stand)
    assert len(stand.gateway.asked) == asked
    assert await state(path) == before
    first, second = told(stand)
    assert first == second


@pytest.mark.parametrize(
    ("error", "delay"),
    [
        (errors.DeploymentThrottled("Wait.", retry_after=90), 90),
        (errors.DeploymentUnavailable("Away."), 4),
        (errors.DeploymentTimeout("Slow."), 4),
        (errors.FlagsUnavailable("Away."), 4),
        (errors.HistoryUnavailable("Away."), 4),
        (errors.SettingsUnavailable("Away."), 4),
    ],
)
async def test_what_passes_is_waited_for(stand: Stand, error: ProductError, delay: float) -> None:
    """As long as the service asks, with our own count; no delivery of the platform's is used up."""
    path = await accepted()
    stand.gateway.fails = error
    await deliver(stand)
    assert (await state(path))["state"] == "queued"
    assert told(stand) == []
    (stored,) = stand.queues.queues[QUEUE]
    assert stored.message["retry"] == {"attempts": 1}
    assert stored.delay >= delay
    stand.gateway.fails = None
    await deliver(stand)
    assert (await state(path))["state"] == "succeeded"


@pytest.mark.parametrize(
    "error",
    [
        errors.DeploymentUnauthorized("Refused.", setting="apiKey"),
        errors.DeploymentNotFound("None.", setting="deploymentName"),
        errors.DeploymentForbidden("No.", setting="baseUrl"),
    ],
)
async def test_what_an_administrator_must_mend_fails_with_its_cause_and_can_be_replayed(
    stand: Stand, error: ProductError
) -> None:
    path = await accepted()
    stand.gateway.fails = error
    await deliver(stand)
    failed = await state(path)
    assert (failed["state"], failed["error"]["code"]) == ("failed", error.code)
    assert failed["error"]["setting"] == error.setting
    assert [message["error"]["code"] for message in told(stand)] == [error.code]
    stand.gateway.fails = None
    await replay_only(stand)
    assert (await state(path))["state"] == "succeeded"


async def replay_only(stand: Stand) -> None:
    (failure,) = (await call("GET", "/organizations/acme/failures")).json["items"]
    assert failure["replayable"]
    path = f"/organizations/acme/failures/{failure['id']}/replay"
    assert (await call("POST", path, headers={"x-admin-key": "open"})).status == 202
    await deliver(stand)


async def test_a_flag_switched_off_meanwhile_refuses_and_sends_nothing(stand: Stand) -> None:
    path = await accepted()
    row = stand.flag_table.rows.pop(("acme", "AiMapping"))
    stand.now += 4
    await deliver(stand)
    refused = await state(path)
    assert (refused["state"], refused["error"]["code"]) == ("refused", "feature_disabled")
    assert stand.gateway.asked == []
    stand.flag_table.rows["acme", "AiMapping"] = row
    stand.now += 4
    await replay_only(stand)
    assert (await state(path))["state"] == "succeeded"


async def test_a_deployment_too_slow_for_the_work_is_not_paid_for_ever(stand: Stand) -> None:
    path = await accepted()
    stand.gateway.fails = errors.DeploymentTimeout("Slow.")
    for _ in range(carry_out.MOST_TIMEOUTS + 1):
        await deliver(stand)
    assert (await state(path))["error"]["code"] == "deployment_timeout"
    assert stand.queues.queues[QUEUE] == []


async def test_what_nobody_foresaw_is_tried_by_the_platform_and_then_told(stand: Stand) -> None:
    path = await accepted()
    stand.gateway.fails = RuntimeError("key sk-123")
    with pytest.raises(RuntimeError):
        await deliver(stand, keep=True)
    assert (await state(path))["state"] == "queued"
    await deliver(stand, dequeued=5)
    failed = await state(path)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "internal_error")
    assert "sk-123" not in str(failed)


@pytest.mark.parametrize("message", [{}, {"version": 1, "organizationId": "acme"}])
async def test_what_is_no_job_goes_to_the_poison_queue_with_its_cause(stand: Stand, message: dict[str, object]) -> None:
    await hand_over(as_text(dump(message)))
    ((cause,),) = [stand.queues.messages(f"{QUEUE}-poison")]
    assert cause["failure"]["code"] == "unreadable_message"  # type: ignore[index]
