"""One trace from a request or a message to the deployment and the history; and nothing of anybody's data in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func
import pytest
from azure.functions.queue import QueueMessage

from functions import queue_figures
from local.host_invocations import Context, TraceContext
from shared import wiring
from shared.errors import DeploymentThrottled
from shared.gateway.gateway import Gateway
from shared.gateway.history import Recorder
from shared.gateway.history_codec import encode
from shared.gateway.ports import ChatRequest, Completion
from shared.queue_messages import as_text, dump, read, trace_of
from tests.fakes.app import Stand, call, functions, indexed
from tests.fakes.deployment import FakeChat, completion, failure
from tests.fakes.gateway import answer
from tests.fakes.history import FakeOutbox, FakeStore, attempt, outcome
from tests.fakes.telemetry import Recorded, recorded
from tests.fakes.values import answers, upper
from tests.functions.test_mappings import CUSTOMER, PATH, RECORDS, REQUEST

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-00"
LATER = {"prefer": "respond-async"}


@pytest.fixture
def told() -> Iterator[Recorded]:
    queue_figures._looked.clear()
    with recorded() as made:
        yield made


def speak(stand: Stand, chat: FakeChat, store: FakeStore | None = None) -> Recorder:
    """Put the real gateway into the app, over a deployment and a database in memory."""
    built = stand.services
    history = Recorder(store or FakeStore(), FakeOutbox(), probe_every=1e6)
    gateway = Gateway(built.flags, built.credentials, chat, history, built.settings)
    wiring.use(replace(built, gateway=gateway))
    return history


def traces(told: Recorded) -> set[str]:
    return {f"{span.context.trace_id:032x}" for span in told.spans if span.context}


async def deliver(queue: str, text: str, **more: Any) -> None:
    (function,) = [one for one in indexed() if one.get_function_name() == queue.replace("-", "_")]
    await function.get_user_function()(QueueMessage(id="1", body=text.encode(), **more))


async def test_a_request_belongs_to_the_trace_of_the_host(stand: Stand, told: Recorded) -> None:
    (handler,) = [handler for pattern, verb, handler in functions() if (pattern.pattern, verb) == ("health", "GET")]
    request = func.HttpRequest("GET", "https://app/api/health", headers={}, params={}, route_params={}, body=b"")
    await handler(req=request, context=Context("i-1", "read_health", "/", TraceContext(PARENT)))
    (served,) = told.spans
    assert traces(told) == {TRACE}
    assert served.parent is not None
    assert f"{served.parent.span_id:016x}" == SPAN
    assert served.kind.name == "INTERNAL"  # the host records the request itself


async def test_a_mapping_is_one_trace_down_to_the_history(stand: Stand, told: Recorded) -> None:
    chat = FakeChat()
    chat.script = [lambda request: said(request, "")] * 9
    await speak_and_map(stand, chat)
    assert told.tree()[:5] == [
        "suggest_mapping",
        "  ask map-fields-v2",
        "    INSERT prompt_attempts",
        "    chat gpt",
        "    INSERT prompt_outcomes",
    ]
    attributes = dict(told.one("suggest_mapping").attributes or {})
    assert attributes["cluedin.organization.id"] == "acme"
    assert attributes["cluedin.correlation.id"] == "c-1"
    assert attributes["http.response.status_code"] == 200


async def speak_and_map(stand: Stand, chat: FakeChat) -> None:
    history = speak(stand, chat)
    answered = await call("POST", PATH, REQUEST, headers={"x-correlation-id": "c-1"})
    assert answered.status == 200, answered.json
    await history.close()


async def test_a_request_that_fails_says_with_which_code(stand: Stand, told: Recorded) -> None:
    stand.gateway.fails = DeploymentThrottled("canary at its limit", retry_after=5)
    await call("POST", PATH, REQUEST)
    stand.flag_table.away = True
    await call("POST", "/organizations/Not An Organization/mappings", REQUEST)
    await call("POST", "/organizations/other/mappings", REQUEST)
    throttled, invalid, away = (dict(served.attributes or {}) for served in told.spans)
    assert (throttled["http.response.status_code"], throttled["error.type"]) == (429, "deployment_throttled")
    assert invalid["error.type"] == "invalid_organization"
    assert "cluedin.organization.id" not in invalid
    assert away["error.type"] == "flags_unavailable"
    assert [served.status.status_code.name for served in told.spans] == ["UNSET", "UNSET", "ERROR"]
    assert "canary" not in told.everything()


async def test_work_done_later_belongs_to_the_trace_of_who_asked(stand: Stand, told: Recorded) -> None:
    await call("POST", PATH, REQUEST, headers=LATER)
    (stored,) = stand.queues.queues["mapping-jobs"]
    await deliver("mapping-jobs", stored.text)
    assert len(traces(told)) == 1
    assert told.tree() == ["suggest_mapping", "  process mapping-jobs"]
    processed = dict(told.one("process mapping-jobs").attributes or {})
    assert processed["cluedin.delivery.outcome"] == "handled"
    assert told.one("process mapping-jobs").kind.name == "CONSUMER"


async def test_a_message_put_back_stays_in_its_trace(stand: Stand, told: Recorded) -> None:
    await call("POST", PATH, REQUEST, headers=LATER)
    stand.gateway.fails = DeploymentThrottled("at its limit", retry_after=5)
    (stored,) = stand.queues.queues["mapping-jobs"]
    await deliver("mapping-jobs", stored.text)
    again = read(stand.queues.queues["mapping-jobs"][-1].text)
    assert trace_of(again) == trace_of(read(stored.text)) is not None
    assert (told.one("process mapping-jobs").attributes or {})["cluedin.delivery.outcome"] == "put_back"


async def test_a_large_message_carries_its_trace_beside_its_payload(stand: Stand, told: Recorded) -> None:
    large = [{**record, "Note": "x" * 5_000} for record in RECORDS]
    await call("POST", PATH, {**REQUEST, "dataSet": {"name": "crm", "records": large}}, headers=LATER)
    (message,) = stand.queues.messages("mapping-jobs")
    assert set(message) == {"payload", "traceparent"}
    (stored,) = stand.queues.queues["mapping-jobs"]
    await deliver("mapping-jobs", stored.text)
    assert len(traces(told)) == 1
    assert stand.queues.messages("mapping-results")[0]["state"] == "succeeded"


async def test_pipelines_may_give_a_trace_and_read_what_was_agreed(stand: Stand, told: Recorded) -> None:
    drop = {"organizationId": "acme", "dropId": "d-1", "dataSet": {"id": "crm", "name": "crm"}, "records": RECORDS}
    await deliver("data-drops", as_text(dump({**drop, "vocabularies": [CUSTOMER], "traceparent": PARENT})))
    assert traces(told) == {TRACE}
    (result,) = stand.queues.messages("mapping-results")
    assert "traceparent" not in result
    assert result["state"] == "succeeded"


async def test_the_next_step_of_a_job_stands_beside_this_one(stand: Stand, told: Recorded) -> None:
    """And not below it: a job may have thousands."""
    stand.flag_table.rows["acme", "RuleEngine"] = stand.flag_table.rows["acme", "AiMapping"]
    stand.gateway.answerer = lambda prompt: answers(prompt, upper)
    records = [{"id": f"r{n}", "properties": {"a.name": f"name {n}"}} for n in range(200)]
    job = {"prompt": "Shout {Vocabulary:a.name} into {output:Vocabulary:a.loud}", "mode": "Add", "records": records}
    assert (await call("POST", "/organizations/acme/values/jobs", job)).status == 202
    steps = stand.queues.queues["value-batches"]
    begun = len(steps)
    for number in range(100):
        if number < len(steps):
            await deliver("value-batches", steps[number].text)
    assert told.names.count("process value-batches") > begun
    assert len(traces(told)) == 1
    assert set(told.tree()) == {"start_value_job", "  process value-batches"}


async def test_switched_off_nothing_is_noted_on_messages(stand: Stand) -> None:
    await call("POST", PATH, REQUEST, headers=LATER)
    (message,) = stand.queues.messages("mapping-jobs")
    assert "traceparent" not in message


async def test_poison_stays_in_its_trace_and_a_failure_is_counted(stand: Stand, told: Recorded) -> None:
    await deliver("mapping-jobs", json.dumps({"no": "job", "traceparent": PARENT}))
    (buried,) = stand.queues.queues["mapping-jobs-poison"]
    await deliver("mapping-jobs-poison", buried.text)
    assert told.names == ["process mapping-jobs", "process mapping-jobs-poison"]
    assert traces(told) == {TRACE}
    (failed,) = told.figures("cluedin.failures")
    assert failed.value == 1
    assert failed.attributes["error.type"] == "unreadable_message"


async def test_how_long_a_message_lay_there_and_how_many_there_are(stand: Stand, told: Recorded) -> None:
    put = datetime.now(UTC) - timedelta(seconds=90)
    stand.queues.queues["mapping-jobs"] = stand.queues.queues.get("mapping-jobs", [])
    await call("POST", PATH, REQUEST, headers=LATER)
    await call("POST", PATH, REQUEST, headers=LATER)
    text = stand.queues.queues["mapping-jobs"][0].text
    await deliver("mapping-jobs", text, insertion_time=put)
    (waited,) = told.figures("cluedin.queue.wait")
    assert 89 < waited.value < 120
    (depth,) = told.figures("cluedin.queue.depth")
    assert (depth.value, depth.attributes) == (2, {"cluedin.queue": "mapping-jobs"})


async def test_the_age_of_what_waits_for_sql_is_told_also_while_it_waits_on(stand: Stand, told: Recorded) -> None:
    old = datetime.now(UTC) - timedelta(minutes=7)
    rows = [attempt(created_at=old), outcome(finished_at=old + timedelta(seconds=3))]
    history = FakeStore()
    history.away = True
    wiring.use(replace(stand.services, history=history))  # type: ignore[arg-type]
    (function,) = [one for one in indexed() if one.get_function_name() == "history_outbox"]
    await function.get_user_function()(QueueMessage(id="1", body=as_text(dump(encode(rows))).encode()))
    (age,) = told.figures("cluedin.history.outbox.age")
    assert 419 < age.highest < 480
    assert len(stand.queues.messages("prompt-history")) == 1


CANARY = "canary"
CELLS = [{f"{CANARY}-field {n}": f"{CANARY}-cell-{n}-{row}@{CANARY}.example" for n in range(4)} for row in range(30)]
KEYS = [
    {"key": f"{CANARY}.key{n}", "displayName": f"{CANARY} name", "description": f"{CANARY} words", "dataType": "Text"}
    for n in range(3)
]
VOCABULARY = {"name": f"{CANARY} vocabulary", "keyPrefix": CANARY, "businessDomain": f"/{CANARY}", "keys": KEYS}
VALUES = {"prompt": f"{CANARY} {{Vocabulary:{CANARY}.field}} into {{output:Vocabulary:{CANARY}.new}}", "mode": "Add"}
DATA_SET = {"id": f"{CANARY}-id", "name": f"{CANARY} set", "description": f"{CANARY} description"}


async def said(request: ChatRequest, text: str) -> Completion:
    """An answer of the schema that was asked for, with ``text`` wherever it says anything."""
    schema: Any = (request.response_format or {}).get("json_schema")
    filled = json.dumps(answer(schema["schema"] if schema else {})).replace('""', json.dumps(text))
    return completion(filled, model=f"{text} model", finish_reason=text or "stop")


def poisoned_chat() -> FakeChat:
    """A deployment that repeats what it was told wherever it can, in answers and in errors."""
    chat = FakeChat()
    loud = [lambda request: said(request, CANARY)] * 40
    quoting = [
        failure(503, CANARY, CANARY, CANARY),
        failure(400, "content_filter", CANARY, CANARY),
        failure(400, CANARY, CANARY, f"{CANARY} secret-one"),
        completion(CANARY, refusal=CANARY),
        completion(CANARY),
    ]
    chat.script = [*quoting, *loud]
    return chat


async def test_no_cell_no_key_no_prompt_and_no_answer_is_told(
    stand: Stand, told: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    """Over HTTP, through the queue, as a drop and as values, with canaries in everything that could be repeated."""
    caplog.set_level(logging.DEBUG)
    stand.secrets.values |= {
        "acme--openai-api-key": f"{CANARY}-key-number-one",
        "acme--openai-resource-key": f"{CANARY}-key-number-two",
    }
    chat = poisoned_chat()
    store = FakeStore()
    history = speak(stand, chat, store)
    stand.flag_table.rows["acme", "RuleEngine"] = stand.flag_table.rows["acme", "AiMapping"]
    mapping = {"dataSet": {**DATA_SET, "records": CELLS}, "vocabularies": [VOCABULARY]}
    for _ in range(3):
        await call("POST", PATH, mapping)
    await call("POST", PATH, mapping, headers=LATER)
    for stored in list(stand.queues.queues["mapping-jobs"]):
        await deliver("mapping-jobs", stored.text)
    landed = {name: DATA_SET[name] for name in ("id", "name")}
    drop = {"organizationId": "acme", "dataSet": landed, "records": CELLS, "vocabularies": [VOCABULARY]}
    await deliver("data-drops", as_text(dump(drop)))
    records = [{"id": f"{CANARY}-{n}", "properties": {f"{CANARY}.field": f"{CANARY}-cell-{n}"}} for n in range(5)]
    filled = await call("POST", "/organizations/acme/values", {**VALUES, "records": records})
    await deliver("mapping-jobs", json.dumps({CANARY: CANARY}))
    await history.close()

    assert filled.status == 200, filled.json
    assert [message["state"] for message in stand.queues.messages("mapping-results")] == ["succeeded"] * 2
    assert {"ask map-fields-v2", "ask fill-values-v1", "process data-drops", "process mapping-jobs"} <= set(told.names)
    sent = "".join(message.content for request in chat.sent for message in request.messages)
    assert f"{CANARY}-cell" in sent
    assert CANARY not in told.everything()
    assert "secret" not in told.everything()
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records if ours(record))
    assert "http.answered" in logged
    assert CANARY not in logged


def ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(("functions", "shared"))
