"""What lay in the queues when a release was replaced is done by the next one.

``tests/released/VERSION`` holds a message of each queue as that version wrote it, with the rows and blobs it speaks of.
A released one is never changed.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from local.provision import QUEUES
from shared.gateway.history_codec import decode
from shared.gateway.ports import FlagRow
from shared.queue_messages import as_text, dump
from shared.storage import Blob, Row
from tests.fakes.app import Stand, call, indexed
from tests.fakes.history import FakeStore
from tests.fakes.values import answers, upper

RELEASED = Path(__file__).parents[1] / "released"
VERSIONS = sorted(folder.name for folder in RELEASED.iterdir() if folder.is_dir())
READ_BY_OTHERS = {"mapping-results"}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest, stand: Stand) -> str:
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(True, "Production")
    stand.secrets.values["acme--callback-key"] = "k3y"
    return str(request.param)


def message(version: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RELEASED / version / f"{name}.json").read_text())
    return found


def row(kept: dict[str, Any]) -> Row:
    """A table's row; times came out of it as text."""
    values = {name: datetime.fromisoformat(value) if name.endswith("At") else value for name, value in kept.items()}
    return Row(values, 'W/"0"')


async def deliver(function_name: str, content: dict[str, Any]) -> None:
    (function,) = [one for one in indexed() if one.get_function_name() == function_name]
    body = as_text(dump(content)).encode()
    await function.get_user_function()(QueueMessage(id="1", body=body, dequeue_count=1))


async def failures() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call("GET", "/organizations/acme/failures")).json["items"]
    return found


def test_there_is_a_message_of_each_queue_of_each_version() -> None:
    for version in VERSIONS:
        held = {path.stem for path in (RELEASED / version).glob("*.json")}
        assert set(QUEUES) - READ_BY_OTHERS <= held


async def test_a_mapping_job_is_made(stand: Stand, version: str) -> None:
    kept = message(version, "mapping-jobs")
    mapping_id = kept["message"]["mappingId"]
    stand.tables.rows["Mappings", "acme", mapping_id] = row(kept["row"])
    await deliver("mapping_jobs", kept["message"])
    state = (await call("GET", f"/organizations/acme/mappings/{mapping_id}")).json
    assert state["state"] == "succeeded"
    assert [each["field"] for each in state["result"]["properties"]] == ["Mail"]


async def test_a_drop_that_was_put_back_is_mapped(stand: Stand, version: str) -> None:
    await deliver("data_drops", message(version, "data-drops"))
    (told,) = stand.queues.messages("mapping-results")
    assert (told["state"], told["dataSet"]) == ("succeeded", {"id": "crm", "name": "CRM customers"})
    assert await failures() == []


async def test_a_poisoned_drop_is_a_failure_with_its_cause(stand: Stand, version: str) -> None:
    await deliver("data_drops_poison", message(version, "data-drops-poison"))
    (failure,) = await failures()
    assert (failure["code"], failure["replayable"], failure["attempts"]) == ("blob_not_found", True, 1)


async def test_a_value_job_that_was_accepted_is_done(stand: Stand, version: str) -> None:
    stand.gateway.answerer = lambda prompt: answers(prompt, upper)
    kept = message(version, "value-batches")
    job_id = kept["message"]["jobId"]
    stand.tables.rows["ValueJobs", "acme", job_id] = row(kept["row"])
    for name, content in kept["blobs"].items():
        stand.blobs.blobs["results", f"acme/{job_id}/{name}"] = Blob(json.dumps(content).encode(), '"0"')
    await stand.queues.put("value-batches", kept["message"])
    while waiting := stand.queues.messages("value-batches"):
        stand.queues.queues["value-batches"].pop(0)
        await deliver("value_batches", dict(waiting[0]))
    state = (await call("GET", f"/organizations/acme/values/jobs/{job_id}")).json
    assert (state["state"], state["progress"]["done"]) == ("succeeded", 3)


async def test_history_rows_reach_sql(stand: Stand, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store, rows = FakeStore(), message(version, "prompt-history")
    monkeypatch.setattr(stand.history, "insert", store.insert, raising=False)
    await deliver("history_outbox", rows)
    assert store.batches == [tuple(decode(rows))]
    assert [vars(row)["attempt_id"] for row in store.batches[0]] == ["p1-1", "p1-1"]


async def test_a_callback_is_posted(stand: Stand, version: str) -> None:
    await deliver("callbacks", message(version, "callbacks"))
    (posted,) = stand.receiver.posts
    assert json.loads(posted.body) == {"mappingId": "m-1", "state": "succeeded"}


async def test_a_catalogue_is_indexed(stand: Stand, version: str) -> None:
    vocabulary = {"name": "A", "keyPrefix": "a", "businessDomain": "/A", "keys": [{"key": "a.name"}]}
    await call("PUT", "/organizations/acme/vocabularies", [vocabulary])
    await deliver("vocabulary_index", message(version, "vocabulary-index"))
    assert [each["indexed"] for each in (await call("GET", "/organizations/acme/vocabularies")).json["items"]] == [True]
