"""Value jobs over HTTP and their queue: planned, answered in lanes, finished; paused, resumed, cancelled, limited."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from shared import wiring
from shared.errors import ContentFiltered, DeploymentThrottled
from shared.gateway.ports import FlagRow
from shared.gateway.records import Caller, Prompt, Reply
from shared.settings import Price
from shared.values.jobs import plan
from shared.values.jobs.job import Job
from shared.values.jobs.lane import claim, release
from tests.fakes.app import Answer, Stand, call, indexed
from tests.fakes.values import answers, upper

PATH = "/organizations/acme/values/jobs"
PROMPT = "Shout {Vocabulary:a.name} into {output:Vocabulary:a.loud}"
QUEUE = "value-batches"


def body(count: int = 30, **more: object) -> dict[str, Any]:
    records = [{"id": f"r{n}", "properties": {"a.name": f"name {n}"}} for n in range(count)]
    return {"prompt": PROMPT, "mode": "Add", "records": records, **more}


@pytest.fixture(autouse=True)
def shouting(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(True, "Production")
    stand.gateway.answerer = lambda prompt: answers(prompt, upper)
    monkeypatch.setattr(plan, "CHUNK", 10)
    monkeypatch.setattr(plan, "PART", 7)
    monkeypatch.setattr("shared.values.jobs.finish.CHUNK", 10)
    monkeypatch.setattr("shared.values.jobs.finish.PART", 7)
    monkeypatch.setattr(plan, "LANES", 2)


async def deliver(stand: Stand) -> None:
    """The oldest message of the queue, to the function."""
    stored = stand.queues.queues[QUEUE].pop(0)
    (function,) = [one for one in indexed() if one.get_function_name() == "value_batches"]
    await function.get_user_function()(QueueMessage(id="1", body=stored.text.encode(), dequeue_count=1))


async def drain(stand: Stand) -> None:
    while stand.queues.queues.get(QUEUE):
        await deliver(stand)


def price(stand: Stand, prices: dict[str, tuple[Price, ...]]) -> None:
    wiring.use(replace(stand.services, settings=replace(stand.settings, prices=prices)))


async def state(answer: Answer) -> dict[str, Any]:
    read = await call("GET", f"{PATH}/{answer.json['jobId']}")
    assert read.status == 200
    return read.json


def lines(stand: Stand, place: dict[str, str]) -> list[dict[str, Any]]:
    content = stand.blobs.blobs[place["container"], place["blob"]].content
    return [json.loads(line) for line in content.splitlines()]


async def test_a_job_is_accepted_and_its_results_come_in_input_order(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    assert accepted.status == 202
    assert accepted.headers["location"] == f"/api{PATH}/{accepted.json['jobId']}"
    assert (accepted.json["state"], accepted.json["progress"]["records"]) == ("queued", 30)
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["error"], ended["failures"]) == ("succeeded", None, None)
    assert ended["progress"] == {"records": 30, "done": 30, "failed": 0, "reused": 0}
    assert ended["usage"]["prompts"] == len(stand.gateway.asked) == 3
    found = lines(stand, ended["results"])
    assert [(line["id"], line["outputs"]["a.loud"]) for line in found] == [(f"r{n}", f"NAME {n}") for n in range(30)]


async def test_what_it_will_take_is_told_before_anything_is_sent(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(30))
    small = accepted.json["forecast"]
    large = (await call("POST", PATH, body(300))).json["forecast"]
    assert stand.gateway.asked == []
    assert 0 < small["promptTokens"] < large["promptTokens"]
    assert 0 < small["completionTokens"] < large["completionTokens"]
    assert small["cost"] is None


async def test_the_results_are_the_same_as_of_one_request(stand: Stand) -> None:
    records = [
        {"id": f"r{n}", "properties": {"a.name": f"name {n % 7}" if n % 5 else "", "a.loud": None}} for n in range(40)
    ]
    direct = await call("POST", "/organizations/acme/values", {"prompt": PROMPT, "mode": "Add", "records": records})
    accepted = await call("POST", PATH, {"prompt": PROMPT, "mode": "Add", "records": records})
    await drain(stand)
    assert lines(stand, (await state(accepted))["results"]) == direct.json["results"]


async def test_equal_inputs_are_asked_once_in_a_job(stand: Stand) -> None:
    records = [{"id": f"r{n}", "properties": {"a.name": f"name {n % 3}"}} for n in range(100)]
    accepted = await call("POST", PATH, body() | {"records": records})
    await drain(stand)
    assert (await state(accepted))["progress"] == {"records": 100, "done": 100, "failed": 0, "reused": 97}
    assert len(stand.gateway.asked) == 1


async def test_nothing_of_the_work_is_left_when_a_job_succeeded(stand: Stand) -> None:
    await call("POST", PATH, body())
    await drain(stand)
    assert [name for container, name in stand.blobs.blobs if "/steps/" in name or container == "checkpoints"] == []


async def test_failed_records_are_in_a_file_that_can_be_a_source(stand: Stand) -> None:
    def blocked(prompt: Any) -> object:
        if "name 13" in prompt.messages[-1].content:
            raise ContentFiltered("blocked")
        return answers(prompt, upper)

    stand.gateway.answerer = blocked
    accepted = await call("POST", PATH, body(mode="Set"))
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["failed"]) == ("succeeded", 1)
    (failure,) = lines(stand, ended["failures"])
    assert (failure["id"], failure["properties"]) == ("r13", {"a.name": "name 13"})
    assert failure["error"]["code"] == "answer_filtered"


async def test_a_job_of_which_nothing_need_be_asked_sends_nothing(stand: Stand) -> None:
    records = [{"id": f"r{n}", "properties": {}} for n in range(20)]
    accepted = await call("POST", PATH, body() | {"records": records})
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["done"], stand.gateway.asked) == ("succeeded", 20, [])
    assert {line["status"] for line in lines(stand, ended["results"])} == {"Skipped"}


async def test_a_paused_job_sends_nothing_and_goes_on_where_it_was(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(40))
    await deliver(stand)
    await deliver(stand)
    paused = await call("POST", f"{PATH}/{accepted.json['jobId']}/pause")
    assert paused.json["state"] == "paused"
    before = len(stand.gateway.asked)
    await drain(stand)
    assert len(stand.gateway.asked) == before
    resumed = await call("POST", f"{PATH}/{accepted.json['jobId']}/resume")
    assert resumed.json["state"] == "running"
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["done"], len(stand.gateway.asked)) == ("succeeded", 40, 4)


async def test_a_cancelled_job_has_ended_and_leaves_no_work(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(40))
    await deliver(stand)
    cancelled = await call("POST", f"{PATH}/{accepted.json['jobId']}/cancel")
    assert cancelled.json["state"] == "cancelled"
    await drain(stand)
    assert stand.gateway.asked == []
    assert not [name for _, name in stand.blobs.blobs if "/steps/" in name]
    again = await call("POST", f"{PATH}/{accepted.json['jobId']}/resume")
    assert again.json["state"] == "cancelled"


async def test_throttling_slows_a_job_and_never_fails_it(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    await deliver(stand)
    stand.gateway.fails = DeploymentThrottled("busy", retry_after=30)
    for _ in range(25):
        await deliver(stand)
    waiting = await state(accepted)
    assert (waiting["state"], waiting["progress"]["failed"]) == ("running", 0)
    assert all(stored.delay >= 30 for stored in stand.queues.queues[QUEUE])
    stand.gateway.fails = None
    await drain(stand)
    assert (await state(accepted))["state"] == "succeeded"


async def test_a_flag_that_is_switched_off_ends_the_job_as_a_failure_that_can_be_replayed(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    await deliver(stand)
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(False, "Production")
    stand.now += 10
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["error"]["code"], stand.gateway.asked) == ("failed", "feature_disabled", [])
    (failure,) = (await call("GET", "/organizations/acme/failures")).json["items"]
    assert (failure["kind"], failure["code"], failure["replayable"]) == ("values", "feature_disabled", True)
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(True, "Production")
    stand.now += 10
    headers = {"x-admin-key": "open"}
    assert (await call("POST", f"/organizations/acme/failures/{failure['id']}/replay", headers=headers)).status == 202
    await drain(stand)
    assert (await state(accepted))["state"] == "succeeded"


async def test_a_limit_is_never_passed_and_a_higher_one_lets_the_job_go_on(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(400, limits={"maxTokens": 4_950}))
    await drain(stand)
    stopped = await state(accepted)
    used = stopped["usage"]["promptTokens"] + stopped["usage"]["completionTokens"]
    assert (stopped["state"], stopped["error"]["code"]) == ("stopped_by_limit", "limit_reached")
    assert 0 < used <= 4_950
    assert 0 < stopped["progress"]["done"] < 400
    unasked = [line for line in lines(stand, stopped["results"]) if line["status"] == "Failed"]
    assert {line["error"]["code"] for line in unasked} == {"not_asked"}
    await call("POST", f"{PATH}/{accepted.json['jobId']}/resume", {"limits": {"maxTokens": 1_000_000}})
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["done"], ended["error"]) == ("succeeded", 400, None)
    asked = [record for _, text in stand.gateway.asked for record in re.findall(r'"name \d+"', text)]
    assert len(set(asked)) == 400
    assert len(asked) - 400 < 10  # finished calls of a chunk that was cut short: the gateway finds their checkpoints


async def test_what_was_answered_of_unfinished_chunks_is_in_the_results_of_a_job_that_stopped(stand: Stand) -> None:
    """Three records a call, ten a chunk; some ten calls within the limit."""
    stand.gateway.answerer = lambda prompt: answers(prompt, lambda inputs: [inputs[0][:9]])
    records = [{"id": f"r{n}", "properties": {"a.name": f"name {n} {'x' * 7_000}"}} for n in range(40)]
    accepted = await call("POST", PATH, body(records=records, limits={"maxTokens": 23_200}))
    await drain(stand)
    stopped = await state(accepted)
    found = lines(stand, stopped["results"])
    answered = {f"r{n}" for _, text in stand.gateway.asked for n in re.findall(r'"name (\d+) x', text)}
    assert (stopped["state"], len(found)) == ("stopped_by_limit", 40)
    assert {line["id"] for line in found if line["status"] == "Set"} == answered
    assert len(answered) % 10 != 0
    assert stopped["progress"]["done"] == len(answered)
    assert stopped["usage"]["prompts"] == len(stand.gateway.asked)
    await call("POST", f"{PATH}/{accepted.json['jobId']}/resume", {"limits": {"maxTokens": 1_000_000}})
    assert (await state(accepted))["progress"]["done"] < len(answered)
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["done"]) == ("succeeded", 40)


async def test_a_job_that_stopped_waits_for_the_calls_of_other_workers(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(40))
    await deliver(stand)
    jobs = stand.services.value_jobs
    job = await jobs.get("acme", accepted.json["jobId"])
    assert job is not None
    assert await claim(jobs, job, 1, 1, 10)
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(False, "Production")
    stand.now += 10
    await deliver(stand)
    for _ in range(3):
        await deliver(stand)
    assert (await state(accepted))["state"] == "running"
    await release(jobs, job, 1)
    await drain(stand)
    assert (await state(accepted))["state"] == "failed"


async def test_the_failure_of_a_job_is_listed_though_its_worker_died_before_it_could(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    await deliver(stand)

    def edit(job: Job) -> Job:
        return replace(job, ends="failed", error=("feature_disabled", "Off."))

    await stand.services.value_jobs.change("acme", accepted.json["jobId"], edit)
    await drain(stand)
    assert (await state(accepted))["state"] == "failed"
    (failure,) = (await call("GET", "/organizations/acme/failures")).json["items"]
    assert (failure["code"], failure["replayable"]) == ("feature_disabled", True)


async def test_nothing_is_left_of_the_work_of_a_job_that_was_cancelled_while_its_calls_were_in_flight(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.values.jobs.lane.BEAT_SECONDS", 0.01)
    accepted = await call("POST", PATH, body(40))

    ask = stand.gateway.ask

    async def slowly(caller: Caller, prompt: Prompt[Any]) -> Reply[Any]:
        await call("POST", f"{PATH}/{accepted.json['jobId']}/cancel")
        await asyncio.sleep(0.1)
        return await ask(caller, prompt)

    monkeypatch.setattr(stand.gateway, "ask", slowly)
    await drain(stand)
    assert (await state(accepted))["state"] == "cancelled"
    assert [name for _, name in stand.blobs.blobs if accepted.json["jobId"] in name] == []


async def test_a_limit_too_small_for_a_usual_call_is_used_by_smaller_ones(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(400, limits={"maxTokens": 2_400}))
    await drain(stand)
    stopped = await state(accepted)
    used = stopped["usage"]["promptTokens"] + stopped["usage"]["completionTokens"]
    assert stopped["state"] == "stopped_by_limit"
    assert 0 < used <= 2_400
    assert 0 < stand.gateway.asked[0][1].count('"name ') < 10


async def test_a_job_with_a_cost_limit_neither_goes_on_nor_is_resumed_without_prices(stand: Stand) -> None:
    prices = {"m": (Price(date(2020, 1, 1), Decimal(1), Decimal(1), Decimal(1)),)}
    price(stand, prices)
    accepted = await call("POST", PATH, body(400, limits={"maxCost": 1.5}))
    await deliver(stand)
    price(stand, {})
    await drain(stand)
    stopped = await state(accepted)
    assert (stopped["state"], stand.gateway.asked) == ("stopped_by_limit", [])
    answer = await call("POST", f"{PATH}/{accepted.json['jobId']}/resume", {})
    assert (answer.status, "PRICES" in answer.json["detail"]) == (400, True)
    price(stand, prices)
    assert (await call("POST", f"{PATH}/{accepted.json['jobId']}/resume", {})).status == 200
    await drain(stand)
    assert (await state(accepted))["state"] == "succeeded"


async def test_a_cost_limit_needs_prices(stand: Stand) -> None:
    answer = await call("POST", PATH, body(limits={"maxCost": 1.5}))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, "/limits/maxCost")


async def test_messages_that_come_twice_count_once(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(40))
    await deliver(stand)
    stand.queues.queues[QUEUE] += list(stand.queues.queues[QUEUE])
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["done"], len(stand.gateway.asked)) == ("succeeded", 40, 4)


async def test_a_job_whose_worker_stopped_again_and_again_has_failed(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    (stored,) = stand.queues.queues[QUEUE]
    stand.queues.queues[QUEUE] = []
    (function,) = [one for one in indexed() if one.get_function_name() == "value_batches_poison"]
    await function.get_user_function()(QueueMessage(id="1", body=stored.text.encode(), dequeue_count=1))
    ended = await state(accepted)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "worker_stopped")
    assert len((await call("GET", "/organizations/acme/failures")).json["items"]) == 1


async def test_the_callback_is_announced_once_it_has_ended(stand: Stand) -> None:
    accepted = await call("POST", PATH, body(callbackUrl="https://hooks.example.com/done"))
    await drain(stand)
    (message,) = stand.queues.messages("callbacks")
    assert message["id"] == accepted.json["jobId"]
    told = message["body"]
    assert isinstance(told, dict)
    assert told["state"] == "succeeded"


async def test_other_organizations_do_not_see_a_job(stand: Stand) -> None:
    accepted = await call("POST", PATH, body())
    answer = await call("GET", f"/organizations/other/values/jobs/{accepted.json['jobId']}")
    assert answer.status == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"records": None}, ""),
        ({"source": {"container": "drops", "blob": "acme/x.csv"}}, ""),
        ({"records": None, "source": {"container": "mappings", "blob": "acme/x.csv"}}, "/source/container"),
        ({"records": None, "source": {"container": "drops", "blob": "other/x.csv"}}, "/source/blob"),
        ({"records": None, "source": {"container": "drops", "blob": "acme/../other/x.csv"}}, "/source/blob"),
        ({"limits": {"maxTokens": 0}}, "/limits/maxTokens"),
        ({"callbackUrl": "http://hooks.example.com/done"}, "/callbackUrl"),
        ({"prompt": "none"}, "/prompt"),
    ],
)
async def test_a_bad_job_is_refused_at_once(stand: Stand, change: dict[str, object], pointer: str) -> None:
    request = {name: value for name, value in (body() | change).items() if value is not None}
    answer = await call("POST", PATH, request)
    assert answer.status in (400, 422)
    assert any(error["pointer"].startswith(pointer) for error in answer.json["errors"])
    assert not stand.queues.queues


async def test_a_job_takes_more_bytes_than_a_request(stand: Stand) -> None:
    records = [{"id": f"r{n}", "properties": {"a.name": f"{n % 3} {'x' * 7_000}"}} for n in range(1_300)]
    accepted = await call("POST", PATH, {"prompt": PROMPT, "mode": "Add", "records": records})
    assert (accepted.status, accepted.json["progress"]["records"]) == (202, 1_300)
    assert (await call("POST", PATH, body(records=[*records, records[0]]))).json["errors"][0]["pointer"] == (
        "/records/1300/id"
    )


async def test_a_message_that_can_name_no_job_is_buried_at_once(stand: Stand) -> None:
    await stand.queues.put(QUEUE, {"organizationId": "acme", "jobId": "a/b#?", "step": "start"})
    await deliver(stand)
    (buried,) = stand.queues.queues[f"{QUEUE}-poison"]
    assert json.loads(base64.b64decode(buried.text))["failure"]["code"] == "unreadable_message"


FILES = {
    "acme/a.csv": b"id,a.name\nr1,anna\nr2,\nr3,carl\n",
    "acme/a.jsonl": b'{"id": "r1", "a.name": "anna"}\n{"id": "r2"}\n{"id": "r3", "a.name": "carl"}\n',
    "acme/records.jsonl": b'{"id": "r1", "properties": {"a.name": "anna"}}\n{"id": "r2", "properties": {}}\n'
    b'{"id": "r3", "properties": {"a.name": "carl"}}\n',
}


@pytest.mark.parametrize("name", FILES)
async def test_records_come_from_a_file(stand: Stand, name: str) -> None:
    await stand.blobs.put("drops", name, FILES[name], "text/plain")
    source = {"source": {"container": "drops", "blob": name}}
    accepted = await call("POST", PATH, {"prompt": PROMPT, "mode": "Add", **source})
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["progress"]["records"]) == ("succeeded", 3)
    found = lines(stand, ended["results"])
    assert [(line["id"], line["status"], line["outputs"]) for line in found] == [
        ("r1", "Set", {"a.loud": "ANNA"}),
        ("r2", "Skipped", {}),
        ("r3", "Set", {"a.loud": "CARL"}),
    ]


async def test_the_failures_of_one_job_are_a_source_of_the_next(stand: Stand) -> None:
    def blocked(prompt: Any) -> object:
        if "name 13" in prompt.messages[-1].content:
            raise ContentFiltered("blocked")
        return answers(prompt, upper)

    stand.gateway.answerer = blocked
    accepted = await call("POST", PATH, body())
    await drain(stand)
    place = (await state(accepted))["failures"]
    await stand.blobs.put("drops", "acme/again.jsonl", stand.blobs.blobs[place["container"], place["blob"]].content, "")
    stand.gateway.answerer = lambda prompt: answers(prompt, upper)
    source = {"source": {"container": "drops", "blob": "acme/again.jsonl"}}
    again = await call("POST", PATH, {"prompt": PROMPT, "mode": "Add", **source})
    await drain(stand)
    (line,) = lines(stand, (await state(again))["results"])
    assert (line["id"], line["outputs"]) == ("r13", {"a.loud": "NAME 13"})


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "blob_not_found"), (b"", "empty_file"), (b"\x89PNG\r\n\x1a\n" + bytes(500), "not_what_it_says")],
)
async def test_a_file_that_cannot_be_read_fails_the_job_with_its_cause(
    stand: Stand, content: bytes | None, code: str
) -> None:
    if content is not None:
        await stand.blobs.put("drops", "acme/a.csv", content, "text/plain")
    source = {"source": {"container": "drops", "blob": "acme/a.csv"}}
    accepted = await call("POST", PATH, {"prompt": PROMPT, "mode": "Add", **source})
    await drain(stand)
    ended = await state(accepted)
    assert (ended["state"], ended["error"]["code"]) == ("failed", code)
