"""Drops through their queue: mapped once, told, refused or failed with their cause, whatever was dropped."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from shared import errors
from shared.queue_messages import as_text, dump
from shared.storage import Blob
from tests.fakes.app import Stand, call, indexed
from tests.functions.test_mappings import CUSTOMER, RECORDS

QUEUE = "data-drops"
CSV = b"E-mail,Town\n" + b"".join(b"anna%d@example.com,Aarhus\n" % n for n in range(20))
BLOB = "acme/crm/customers.csv"
DATA_SET = {"id": "crm", "name": "CRM customers"}
BY_RECORDS: dict[str, Any] = {
    "organizationId": "acme",
    "dataSet": DATA_SET,
    "records": RECORDS,
    "vocabularies": [CUSTOMER],
}
BY_BLOB: dict[str, Any] = {
    "organizationId": "acme",
    "dataSet": DATA_SET,
    "source": {"container": "drops", "blob": BLOB},
    "vocabularies": [CUSTOMER],
}
EVENT = {
    "specversion": "1.0",
    "type": "Microsoft.Storage.BlobCreated",
    "id": "event-1",
    "source": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/devstoreaccount1",
    "subject": f"/blobServices/default/containers/drops/blobs/{BLOB}",
    "data": {"api": "PutBlob", "eTag": "0x1", "contentLength": 20, "blobType": "BlockBlob"},
}


async def deliver(message: dict[str, Any], *, dequeued: int = 1) -> None:
    """What the host does with a message."""
    (function,) = [one for one in indexed() if one.get_function_name() == "data_drops"]
    text = as_text(dump(message)).encode()
    await function.get_user_function()(QueueMessage(id="1", body=text, dequeue_count=dequeued))


def put(stand: Stand, content: bytes = CSV, name: str = BLOB, etag: str = '"0x1"') -> None:
    stand.blobs.blobs["drops", name] = Blob(content, etag)


def told(stand: Stand) -> list[dict[str, Any]]:
    return [dict(message) for message in stand.queues.messages("mapping-results")]


def rows(stand: Stand, table: str = "Mappings") -> list[str]:
    """The states of a table's rows."""
    return [row.text("State") or "" for key, row in stand.tables.rows.items() if key[0] == table]


def results(stand: Stand) -> list[dict[str, Any]]:
    return [json.loads(blob.content) for (where, _), blob in stand.blobs.blobs.items() if where == "mappings"]


async def failures(stand: Stand) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await call("GET", "/organizations/acme/failures")).json["items"]
    return items


async def test_prompts_of_a_drop_leave_those_who_wait_their_share_of_the_quota(stand: Stand) -> None:
    await deliver(BY_RECORDS)
    assert [caller.background for caller, _ in stand.gateway.asked] == [True]


@pytest.mark.parametrize("message", [BY_RECORDS, BY_BLOB], ids=["records", "blob"])
async def test_a_drop_has_a_blob_a_row_and_a_notification(stand: Stand, message: dict[str, Any]) -> None:
    put(stand)
    await deliver(message)
    (result,), (notification,) = results(stand), told(stand)
    name = f"acme/{result['mappingId']}.json"
    assert notification == {
        "mappingId": result["mappingId"],
        "organizationId": "acme",
        "dataSet": DATA_SET,
        "state": "succeeded",
        "blob": {"container": "mappings", "blob": name},
        "error": None,
        "correlationId": result["mappingId"],
    }
    assert result["dataSet"] == DATA_SET
    assert (rows(stand), await failures(stand)) == (["succeeded"], [])
    state = (await call("GET", f"/organizations/acme/mappings/{result['mappingId']}")).json
    assert (state["state"], state["result"]) == ("succeeded", result)
    assert [name for where, name in stand.blobs.blobs if where == "checkpoints"] == []


async def test_a_file_is_mapped_as_its_rows_are_over_http(stand: Stand) -> None:
    """Counted on all of them: the e-mail tells the rows apart."""
    put(stand)
    await deliver(BY_BLOB)
    (result,) = results(stand)
    assert [each["field"] for each in result["properties"]] == ["E-mail", "Town"]
    assert result["origin"]["evidence"]["rows"] == 20
    assert result["vocabulary"]["keyPrefix"] == "customer"


async def test_an_event_names_organization_data_set_and_correlation(stand: Stand) -> None:
    await call("PUT", "/organizations/acme/vocabularies", [CUSTOMER])
    put(stand)
    await deliver(EVENT | {"source": ""})
    (notification,) = told(stand)
    assert (notification["organizationId"], notification["dataSet"]) == ("acme", {"id": "crm", "name": "crm"})
    assert (notification["state"], notification["correlationId"]) == ("succeeded", "event-1")


@pytest.mark.parametrize("message", [BY_RECORDS, BY_BLOB], ids=["records", "blob"])
async def test_the_same_drop_twice_is_one_mapping_told_twice_with_one_id(stand: Stand, message: dict[str, Any]) -> None:
    put(stand)
    await deliver(message)
    asked = len(stand.gateway.asked)
    await deliver({**message, "organizationId": "acme"})
    first, second = told(stand)
    assert first == second
    assert (len(results(stand)), len(rows(stand)), len(stand.gateway.asked)) == (1, 1, asked)


async def test_a_message_and_an_event_of_one_blob_are_one_drop(stand: Stand) -> None:
    put(stand)
    await deliver({name: value for name, value in BY_BLOB.items() if name != "vocabularies"})
    await deliver(EVENT | {"source": ""})
    assert len({message["mappingId"] for message in told(stand)}) == 1


async def test_a_blob_written_anew_is_a_new_drop(stand: Stand) -> None:
    put(stand)
    await deliver(BY_BLOB)
    put(stand, etag='"0x2"')
    await deliver(BY_BLOB)
    assert len({message["mappingId"] for message in told(stand)}) == 2


@pytest.mark.parametrize(
    "change", [{"dropId": "a"}, {"records": [{"E-mail": "x@y.z"}]}, {"dataSet": {"id": "x", "name": "x"}}]
)
async def test_other_records_another_id_or_data_set_are_another_drop(stand: Stand, change: dict[str, Any]) -> None:
    await deliver(BY_RECORDS)
    await deliver(BY_RECORDS | change)
    assert len({message["mappingId"] for message in told(stand)}) == 2


async def test_a_drop_id_makes_it_the_same_drop_whatever_it_holds(stand: Stand) -> None:
    await deliver(BY_RECORDS | {"dropId": "a"})
    await deliver(BY_RECORDS | {"dropId": "a", "records": [{"x": "y"}]})
    assert len(results(stand)) == 1


@pytest.mark.parametrize("message", [BY_RECORDS, BY_BLOB], ids=["records", "blob"])
async def test_with_the_flag_off_a_drop_is_refused_nothing_is_sent_and_a_replay_maps_it(
    stand: Stand, message: dict[str, Any]
) -> None:
    put(stand)
    row = stand.flag_table.rows.pop(("acme", "AiMapping"))
    await deliver(message)
    assert (stand.gateway.asked, results(stand), rows(stand)) == ([], [], ["refused"])
    assert [(each["state"], each["error"]["code"]) for each in told(stand)] == [("refused", "feature_disabled")]
    ((failure),) = await failures(stand)
    assert (failure["kind"], failure["code"], failure["replayable"]) == ("drop", "feature_disabled", True)
    stand.flag_table.rows["acme", "AiMapping"] = row
    stand.now += 4
    path = f"/organizations/acme/failures/{failure['id']}/replay"
    assert (await call("POST", path, headers={"x-admin-key": "open"})).status == 202
    (put_back,) = stand.queues.messages(QUEUE)
    await deliver(put_back)
    assert (rows(stand), told(stand)[-1]["state"]) == (["succeeded"], "succeeded")
    assert told(stand)[0]["mappingId"] == told(stand)[-1]["mappingId"]


async def test_a_blob_that_is_not_there_fails_with_its_name(stand: Stand) -> None:
    await deliver(BY_BLOB)
    ((failure),) = await failures(stand)
    assert failure["code"] == "blob_not_found"
    assert BLOB in failure["detail"]
    assert [(each["state"], each["blob"]) for each in told(stand)] == [("failed", None)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "empty_file"),
        ("deep.json", b"[" * 10_000, "nested_too_deep"),
        ("cut.json", b'[{"a": 1}, {"a"', "truncated"),
    ],
)
async def test_a_file_that_cannot_be_read_fails_with_its_cause(
    stand: Stand, name: str, content: bytes, code: str
) -> None:
    blob = f"acme/crm/{name}"
    put(stand, content, blob)
    await deliver(BY_BLOB | {"source": {"container": "drops", "blob": blob}})
    ((failure),) = await failures(stand)
    assert (failure["code"], failure["detail"][-1]) == (code, ".")
    assert (stand.gateway.asked, rows(stand)) == ([], ["failed"])


async def test_a_blob_written_anew_while_it_is_read_is_mapped_in_its_new_version(stand: Stand) -> None:
    put(stand)
    part = stand.blobs.part

    async def change_first(*asked: Any) -> bytes | None:
        if stand.blobs.blobs["drops", BLOB].etag == '"0x1"':
            put(stand, CSV.replace(b"Town", b"City"), etag='"0x2"')
        return await part(*asked)

    stand.blobs.part = change_first  # type: ignore[method-assign]
    await deliver(BY_BLOB)
    (result,) = results(stand)
    assert [each["field"] for each in result["properties"]] == ["E-mail", "City"]
    assert (rows(stand), len(told(stand)), await failures(stand)) == (["succeeded"], 1, [])


async def test_a_blob_that_never_stops_changing_fails(stand: Stand) -> None:
    versions = iter(range(100))

    async def change(*asked: Any) -> None:
        put(stand, etag=f'"{next(versions)}"')

    put(stand)
    stand.blobs.part = change  # type: ignore[method-assign]
    await deliver(BY_BLOB)
    assert [each["code"] for each in await failures(stand)] == ["blob_changing"]
    assert rows(stand) == ["failed"]


async def test_a_blob_that_vanishes_while_it_is_read_fails(stand: Stand) -> None:
    async def vanish(*asked: Any) -> None:
        stand.blobs.blobs.clear()

    put(stand)
    stand.blobs.part = vanish  # type: ignore[method-assign]
    await deliver(BY_BLOB)
    assert [each["code"] for each in await failures(stand)] == ["blob_not_found"]


async def test_a_blob_of_another_container_is_refused_before_anything_is_read(stand: Stand) -> None:
    await deliver(BY_BLOB | {"source": {"container": "mappings", "blob": "acme/x.json"}})
    (poisoned,) = stand.queues.messages(f"{QUEUE}-poison")
    assert poisoned["failure"]["code"] == "source_not_allowed"  # type: ignore[index]
    assert rows(stand) == []


async def test_a_validation_event_asks_for_nothing(stand: Stand) -> None:
    await deliver(
        {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {}, "subject": "", "topic": ""}
    )
    assert (stand.queues.queues, stand.tables.rows) == ({}, {})


async def test_while_the_deployment_is_throttled_the_drop_waits_and_is_not_poisoned(stand: Stand) -> None:
    stand.gateway.fails = errors.DeploymentThrottled("Wait.", retry_after=30)
    await deliver(BY_RECORDS)
    (stored,) = stand.queues.queues[QUEUE]
    assert (stored.delay >= 30, rows(stand), told(stand)) == (True, ["queued"], [])
    stand.gateway.fails = None
    await deliver(stored.message)
    assert rows(stand) == ["succeeded"]


async def test_two_workers_with_one_message_give_one_result(stand: Stand) -> None:
    """The second comes back when the first must have ended."""
    stand.gateway.hold = asyncio.Event()
    first = asyncio.create_task(deliver(BY_RECORDS))
    while not stand.gateway.asked:
        await asyncio.sleep(0.01)
    await deliver(BY_RECORDS)
    (put_back,) = stand.queues.queues[QUEUE]
    assert put_back.delay > 0
    assert put_back.message["retry"]["attempts"] == 0  # type: ignore[index]
    stand.gateway.hold.set()
    await first
    await deliver(put_back.message)
    assert (len(results(stand)), rows(stand)) == (1, ["succeeded"])
    assert len({message["mappingId"] for message in told(stand)}) == 1


async def test_two_workers_with_one_large_message_give_one_result_and_no_failure(stand: Stand) -> None:
    """The message that the second one puts back has the payload that the first one empties."""
    await stand.queues.put(QUEUE, BY_RECORDS | {"records": [{"E-mail": f"{n}@example.com"} for n in range(3_000)]})
    (stored,) = stand.queues.queues.pop(QUEUE)
    assert set(stored.message) == {"payload"}
    stand.gateway.hold = asyncio.Event()
    first = asyncio.create_task(deliver(stored.message))
    while not stand.gateway.asked:
        await asyncio.sleep(0.01)
    await deliver(stored.message)
    (put_back,) = stand.queues.queues[QUEUE]
    stand.gateway.hold.set()
    await first
    for again in (stored, put_back):
        await deliver(again.message)
    assert (len(results(stand)), rows(stand), len(told(stand))) == (1, ["succeeded"], 1)
    assert stand.queues.messages(QUEUE + "-poison") == []


async def test_a_callback_is_queued_with_the_mappings_id(stand: Stand) -> None:
    await deliver(BY_RECORDS | {"callbackUrl": "https://hooks.example.com/done"})
    (message,) = stand.queues.messages("callbacks")
    (notification,) = told(stand)
    assert (message["id"], message["body"]) == (notification["mappingId"], notification)


async def test_a_drop_without_a_model_needs_neither_flag_nor_settings(stand: Stand) -> None:
    stand.flag_table.rows.clear()
    put(stand)
    await deliver(BY_BLOB | {"options": {"engine": "auto"}})
    assert (rows(stand), stand.gateway.asked) == (["succeeded"], [])
