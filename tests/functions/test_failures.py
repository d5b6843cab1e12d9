"""Failures over HTTP, the poison queues that are drained into them, and callbacks from their queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from functions import draining
from functions.callbacks import MOST_TRIES
from functions.workshop import LAST_DELIVERY, MOST_DELIVERIES
from shared.callbacks import ReceiverUnreachable
from shared.errors import StorageUnavailable
from shared.failures import TABLE, Failure
from shared.gateway.history_codec import encode
from shared.mapping.claims import LEASE
from shared.queue_messages import as_text, content_of, dump, replay_of
from tests.fakes.app import Stand, call, indexed
from tests.fakes.history import attempt
from tests.functions.test_mappings import PATH, REQUEST

ADMIN = {"x-admin-key": "open"}
LIST = "/organizations/acme/failures"
DROP: dict[str, Any] = {"organizationId": "acme", "dataSet": {"id": "crm", "name": "CRM"}, "records": [{"a": 1}]}
FAILURE = Failure("m1", "drop", "data-drops", "acme", "not_a_table", "The file is a picture.", 3, "m1")
EVENT = {
    "eventType": "Microsoft.Storage.BlobCreated",
    "data": {"url": "https://s.blob.core.windows.net/drops/acme/customers/a.csv"},
}
CALLBACK: dict[str, Any] = {
    "organizationId": "acme",
    "id": "m1",
    "url": "https://hooks.example.com/done",
    "body": {"mappingId": "m1", "state": "succeeded"},
}


async def deliver(queue: str, body: bytes | str, dequeued: int = 1) -> None:
    """What the host does with one message of a queue."""
    (handler,) = (
        function.get_user_function()
        for function in indexed()
        if getattr(function.get_trigger(), "queue_name", None) == queue
    )
    raw = body.encode() if isinstance(body, str) else body
    await handler(QueueMessage(id="1", body=raw, dequeue_count=dequeued))


async def items(organization: str = "acme") -> list[dict[str, Any]]:
    answer = await call("GET", f"/organizations/{organization}/failures")
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json["items"]
    return found


async def test_a_failure_is_listed_with_its_cause(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP)
    (item,) = await items()
    assert item.pop("failedAt").endswith("Z")
    assert item == {
        "id": failure_id,
        "kind": "drop",
        "queue": "data-drops",
        "organizationId": "acme",
        "code": "not_a_table",
        "detail": "The file is a picture.",
        "attempts": 3,
        "mappingId": "m1",
        "replayable": True,
        "replayedAt": None,
    }


async def test_no_failures_are_an_empty_page(stand: Stand) -> None:
    assert (await call("GET", LIST)).json == {"items": [], "continuationToken": None}


async def test_pages_follow_each_other(stand: Stand) -> None:
    for number in range(3):
        await stand.services.failures.record(replace(FAILURE, key=f"m{number}", mapping_id=f"m{number}"), DROP)
    first = (await call("GET", LIST, params={"top": "2"})).json
    rest = (await call("GET", LIST, params={"top": "2", "continuationToken": first["continuationToken"]})).json
    assert len({item["mappingId"] for item in [*first["items"], *rest["items"]]}) == 3
    assert rest["continuationToken"] is None


@pytest.mark.parametrize(
    "params",
    [{"top": "0"}, {"top": "201"}, {"top": "x"}, {"continuationToken": "x"}, {"continuationToken": ""}, {"what": "1"}],
)
async def test_a_query_that_is_wrong_is_told(stand: Stand, params: dict[str, str]) -> None:
    answer = await call("GET", LIST, params=params)
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")
    assert answer.json["errors"][0]["pointer"] == "/" + next(iter(params))


async def test_a_replay_puts_the_message_into_its_queue_once(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP)
    answers = [await call("POST", f"{LIST}/{failure_id}/replay", headers=ADMIN) for _ in range(3)]
    assert [answer.status for answer in answers] == [202] * 3
    (message,) = stand.queues.messages("data-drops")
    assert (content_of(message), replay_of(message)) == (DROP, failure_id)
    (item,) = await items()
    assert (item["replayable"], item["replayedAt"]) == (False, answers[0].json["replayedAt"])


async def test_a_replay_needs_the_admin_key(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP)
    for headers in ({}, {"x-admin-key": "guess"}):
        answer = await call("POST", f"{LIST}/{failure_id}/replay", headers=headers)
        assert (answer.status, answer.json["code"]) == (403, "admin_required")
    assert stand.queues.queues == {}


async def test_without_an_admin_secret_replaying_is_off(stand: Stand) -> None:
    del stand.secrets.values["admin-key"]
    answer = await call("POST", f"{LIST}/98236000000000-0123456789abcdef/replay", headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (403, "admin_disabled")


@pytest.mark.parametrize("failure_id", ["none", "98236000000000-0123456789abcdef", "..", "key-1"])
async def test_what_is_no_failure_is_not_found(stand: Stand, failure_id: str) -> None:
    answer = await call("POST", f"{LIST}/{failure_id}/replay", headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


async def test_another_organizations_failure_is_not_found(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP)
    answer = await call("POST", f"/organizations/other/failures/{failure_id}/replay", headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


async def test_what_no_replay_can_mend_is_a_conflict(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP, replayable=False)
    answer = await call("POST", f"{LIST}/{failure_id}/replay", headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (409, "not_replayable")


async def test_a_replay_while_storage_is_away_can_be_asked_again(stand: Stand) -> None:
    failure_id = await stand.services.failures.record(FAILURE, DROP)
    stand.queues.away = True
    away = await call("POST", f"{LIST}/{failure_id}/replay", headers=ADMIN)
    stand.queues.away = False
    again = await call("POST", f"{LIST}/{failure_id}/replay", headers=ADMIN)
    assert (away.status, away.headers["retry-after"], again.status) == (503, "5", 202)
    assert len(stand.queues.messages("data-drops")) == 1


# Poison


async def test_poison_with_its_cause_noted_becomes_a_failure_with_that_cause(stand: Stand) -> None:
    cause = {"code": "too_large", "detail": "The records are larger than 8 MiB.", "attempts": 0, "failedAt": "…"}
    await deliver("data-drops-poison", as_text(dump({**DROP, "failure": cause})))
    (item,) = await items()
    assert (item["code"], item["detail"], item["attempts"]) == (cause["code"], cause["detail"], 1)
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    assert [content_of(message) for message in stand.queues.messages("data-drops")] == [DROP]


@pytest.mark.parametrize(
    ("queue", "kind", "message"),
    [
        ("data-drops", "drop", DROP),
        ("data-drops", "drop", EVENT),
        ("mapping-jobs", "mapping", {"version": 1, "organizationId": "acme", "mappingId": "m7", "request": {}}),
        ("prompt-history", "history", encode([replace(attempt(), organization="acme")])),
        ("callbacks", "callback", CALLBACK),
    ],
)
async def test_poison_nobody_knows_a_cause_of_says_what_happened(
    stand: Stand, queue: str, kind: str, message: dict[str, Any]
) -> None:
    await deliver(f"{queue}-poison", json.dumps({**message, "retry": {"attempts": 2}}))
    (item,) = await items()
    assert (item["kind"], item["queue"], item["code"]) == (kind, queue, "worker_stopped")
    assert item["attempts"] == 2 + MOST_DELIVERIES
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    assert [content_of(message) for message in stand.queues.messages(queue)] == [message]


async def mapping_states() -> list[tuple[str, str | None]]:
    """State and cause of the mapping the one failure is about."""
    answers = [await call("GET", f"/organizations/acme/mappings/{item['mappingId']}") for item in await items()]
    return [(answer.json["state"], answer.json["error"] and answer.json["error"]["code"]) for answer in answers]


async def test_a_drop_the_platform_gave_up_on_is_ended_and_its_pipeline_told(stand: Stand) -> None:
    drop = {**DROP, "callbackUrl": CALLBACK["url"]}
    await deliver("data-drops-poison", as_text(dump(drop)))
    assert await mapping_states() == [("failed", "worker_stopped")]
    (told,) = stand.queues.messages("mapping-results")
    assert (told["state"], told["mappingId"]) == ("failed", (await items())[0]["mappingId"])
    assert stand.queues.messages("callbacks")[0]["body"] == told
    assert stand.gateway.asked == []


async def test_a_job_the_platform_gave_up_on_is_ended_and_its_replay_makes_it(stand: Stand) -> None:
    """Accepted, its worker killed again and again while it runs, ended, replayed, made."""
    accepted = await call("POST", PATH, REQUEST, headers={"prefer": "respond-async"})
    text = stand.queues.queues["mapping-jobs"].pop(0).text
    await deliver("mapping-jobs-poison", text)
    assert await mapping_states() == [("failed", "worker_stopped")]
    (item,) = await items()
    assert (item["mappingId"], item["attempts"]) == (accepted.json["mappingId"], MOST_DELIVERIES)
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    await deliver("mapping-jobs", stand.queues.queues["mapping-jobs"].pop(0).text)
    assert await mapping_states() == [("succeeded", None)]
    assert len(await items()) == 1


async def test_a_job_is_replayed_though_its_mapping_is_not_kept_any_more(stand: Stand) -> None:
    """Without its row, a job that nobody replays was forgotten."""
    await call("POST", PATH, REQUEST, headers={"prefer": "respond-async"})
    text = stand.queues.queues["mapping-jobs"].pop(0).text
    await deliver("mapping-jobs-poison", text)
    (item,) = await items()
    assert (await call("DELETE", f"{PATH}/{item['mappingId']}")).status == 204
    await deliver("mapping-jobs", text)
    assert await stand.services.mappings.get("acme", item["mappingId"]) is None
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    await deliver("mapping-jobs", stand.queues.queues["mapping-jobs"].pop(0).text)
    assert await mapping_states() == [("succeeded", None)]


async def test_a_drop_that_was_mapped_though_its_message_was_poisoned_is_no_failure(stand: Stand) -> None:
    """The worker may have died after the result, before its message was deleted."""
    text = as_text(dump({**DROP, "options": {"engine": "auto"}}))
    await deliver("data-drops", text)
    await deliver("data-drops-poison", text)
    assert await items() == []
    assert [told["state"] for told in stand.queues.messages("mapping-results")] == ["succeeded"] * 2


async def test_a_drop_whose_worker_still_lives_is_not_ended(stand: Stand) -> None:
    drop = {**DROP, "records": [{"a": "one"}]}
    await deliver("data-drops-poison", as_text(dump(drop)))
    (place,) = [key for key in stand.tables.rows if key[0] == "Mappings"]
    alive = {"State": "running", "Owner": "somebody", "LeaseUntil": datetime.now(UTC) + timedelta(seconds=20)}
    values = {**stand.tables.rows[place].values, **alive}
    await stand.tables.put(*place, values)
    await deliver("data-drops-poison", as_text(dump(drop)))
    assert stand.tables.rows[place].values == values
    (again,) = stand.queues.queues["data-drops-poison"]
    assert again.delay > LEASE.total_seconds()


async def test_the_same_poison_twice_is_one_failure(stand: Stand) -> None:
    for _ in range(2):
        await deliver("data-drops-poison", as_text(dump(DROP)))
    assert len(await items()) == 1


@pytest.mark.parametrize("body", [b"hello", b"\xff\xfe", b"", b"[1,2]"])
async def test_poison_that_cannot_be_read_is_kept_as_it_is_under_unknown(stand: Stand, body: bytes) -> None:
    await deliver("data-drops-poison", body)
    (item,) = await items("unknown")
    assert (item["code"], item["replayable"]) == ("unreadable_message", False)
    row = stand.tables.rows[TABLE, "unknown", item["id"]]
    assert json.loads(row.text("Message") or "") == {"raw": body.decode("utf-8", "replace")}


async def test_what_a_trigger_could_not_read_is_not_replayable_either(stand: Stand) -> None:
    await deliver("callbacks", b"hello")
    await deliver("callbacks-poison", stand.queues.queues["callbacks-poison"][0].text)
    (item,) = await items("unknown")
    assert item["detail"] == "The message cannot be read: neither JSON nor base64."
    assert (item["code"], item["replayable"], item["queue"]) == ("unreadable_message", False, "callbacks")


async def test_poison_in_a_blob_is_kept_whole_and_its_blob_deleted(stand: Stand) -> None:
    large = {**DROP, "records": [{"a": "x" * 100_000}]}
    await stand.queues.put("data-drops-poison", {**large, "failure": {"code": "odd", "detail": "Odd."}})
    await deliver("data-drops-poison", stand.queues.queues.pop("data-drops-poison")[0].text)
    assert stand.queues.payloads == {}
    (item,) = await items()
    assert (item["code"], item["detail"]) == ("odd", "Odd.")
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    assert [await stand.queues.resolve(m) for m in stand.queues.messages("data-drops")] == [large]


async def test_poison_in_a_blob_that_is_delivered_again_is_no_second_failure(stand: Stand) -> None:
    large = {**DROP, "records": [{"a": "x" * 100_000}]}
    await stand.queues.put("data-drops-poison", {**large, "failure": {"code": "odd", "detail": "Odd."}})
    text = stand.queues.queues.pop("data-drops-poison")[0].text
    await deliver("data-drops-poison", text)
    await deliver("data-drops-poison", text)
    assert (len(await items()), await items("unknown")) == (1, [])


async def test_poison_whose_blob_is_gone_says_so(stand: Stand) -> None:
    await deliver("data-drops-poison", json.dumps({"payload": {"container": "payloads", "blob": "gone.json"}}))
    (item,) = await items("unknown")
    assert (item["code"], item["detail"]) == ("unreadable_message", "The message's payload is gone.")
    assert not item["replayable"]


async def test_while_tables_are_away_poison_waits_and_is_not_lost(stand: Stand) -> None:
    stand.tables.broken.add(TABLE)
    await deliver("data-drops-poison", as_text(dump(DROP)))
    (waiting,) = stand.queues.queues.pop("data-drops-poison")
    assert waiting.delay > 0
    stand.tables.broken.clear()
    await deliver("data-drops-poison", waiting.text)
    assert [item["code"] for item in await items()] == ["worker_stopped"]


async def test_poison_that_cannot_even_be_put_back_is_left_to_the_platform(stand: Stand) -> None:
    stand.tables.away = stand.queues.away = True
    with pytest.raises(StorageUnavailable):
        await deliver("data-drops-poison", as_text(dump(DROP)))


@pytest.fixture
def cannot_end(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """A defect: ending what the platform gave up on raises what nobody foresaw."""

    async def end(delivery: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setitem(draining._ENDS, "drop", end)
    return stand


async def test_poison_that_cannot_be_drained_is_shown_again(cannot_end: Stand) -> None:
    """A poison queue has no poison queue: the message just comes back after the platform's lease."""
    for dequeued in range(1, LAST_DELIVERY):
        with pytest.raises(ZeroDivisionError):
            await deliver("data-drops-poison", as_text(dump(DROP)), dequeued)
    assert await items() == []


async def test_poison_that_cannot_be_drained_at_last_becomes_a_failure_that_can_be_replayed(cannot_end: Stand) -> None:
    """It neither comes back for ever nor is lost; delivered once more, it is the same failure."""
    for _ in range(2):
        await deliver("data-drops-poison", as_text(dump(DROP)), LAST_DELIVERY)
    (item,) = await items()
    assert (item["code"], item["queue"], item["attempts"]) == ("internal_error", "data-drops", LAST_DELIVERY)
    await call("POST", f"{LIST}/{item['id']}/replay", headers=ADMIN)
    assert [content_of(message) for message in cannot_end.queues.messages("data-drops")] == [DROP]


@pytest.mark.parametrize("organization", ["Acme", "default", "../acme", 7, None, "a" * 65])
async def test_poison_of_no_valid_organization_is_found_under_unknown(stand: Stand, organization: object) -> None:
    await deliver("data-drops-poison", json.dumps({**DROP, "organizationId": organization}))
    assert len(await items("unknown")) == 1


# Callbacks


@pytest.fixture
def key(stand: Stand) -> None:
    stand.secrets.values["acme--callback-key"] = "k3y"


async def test_a_queued_callback_is_delivered(stand: Stand, key: None) -> None:
    await stand.services.callbacks.announce(CALLBACK["url"], "acme", "m1", CALLBACK["body"])
    await deliver("callbacks", stand.queues.queues["callbacks"].pop(0).text)
    (posted,) = stand.receiver.posts
    assert json.loads(posted.body) == CALLBACK["body"]
    assert await items() == []


async def test_a_callback_that_is_not_taken_is_repeated_ever_later_with_the_same_id_and_then_a_failure(
    stand: Stand, key: None
) -> None:
    stand.receiver.status = 503
    await stand.queues.put("callbacks", CALLBACK)
    delays = []
    while stand.queues.queues["callbacks"]:
        stored = stand.queues.queues["callbacks"].pop(0)
        delays.append(stored.delay)
        await deliver("callbacks", stored.text)
    assert len(stand.receiver.posts) == MOST_TRIES
    assert len({(posted.body, posted.headers["x-cluedin-id"]) for posted in stand.receiver.posts}) == 1
    assert delays[1] <= 5 < delays[4] < delays[8] <= 600
    (item,) = await items()
    assert (item["kind"], item["code"], item["attempts"]) == ("callback", "callback_undelivered", MOST_TRIES)
    assert item["mappingId"] == "m1"


async def test_a_failed_callback_is_delivered_by_its_replay(stand: Stand, key: None) -> None:
    await deliver("callbacks", json.dumps({**CALLBACK, "url": "https://nobody.example/", "retry": {"attempts": 3}}))
    (item,) = await items()
    assert (item["code"], item["attempts"]) == ("callback_refused", 4)
    await stand.services.failures.record(
        Failure("again", "callback", "callbacks", "acme", "callback_undelivered", "Away."), CALLBACK
    )
    again = next(kept for kept in await items() if kept["code"] == "callback_undelivered")
    await call("POST", f"{LIST}/{again['id']}/replay", headers=ADMIN)
    await deliver("callbacks", stand.queues.queues["callbacks"].pop(0).text)
    assert len(stand.receiver.posts) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({**CALLBACK, "url": "http://hooks.example.com/"}, "callback_refused"),
        ({**CALLBACK, "url": "https://10.0.0.1/"}, "callback_refused"),
        ({**CALLBACK, "body": "x"}, "unreadable_message"),
        ({**CALLBACK, "organizationId": "acme", "more": 1}, "unreadable_message"),
        (CALLBACK, "callback_key_missing"),
    ],
)
async def test_a_callback_that_may_not_be_sent_is_a_failure_at_once(
    stand: Stand, message: dict[str, Any], code: str
) -> None:
    await deliver("callbacks", json.dumps(message))
    assert ([item["code"] for item in await items()], stand.receiver.posts) == ([code], [])
    assert stand.queues.queues == {}


async def test_a_receiver_away_or_a_key_that_cannot_be_read_puts_it_back(stand: Stand, key: None) -> None:
    stand.receiver.failure = ReceiverUnreachable("the connection failed")
    await deliver("callbacks", json.dumps(CALLBACK))
    stand.receiver.failure, stand.secrets.away = None, True
    await deliver("callbacks", json.dumps(CALLBACK))
    assert [content_of(message) for message in stand.queues.messages("callbacks")] == [CALLBACK] * 2
