"""The demo's drop: a file lands in container ``drops``, its BlobCreated event on queue ``data-drops``, as Event Grid
would put it there; the mapping is told on queue ``mapping-results``. All with the ordinary Azure clients.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.demo_output import say, table
from local.processes import Failed

DATA_SET = "contacts"
_PATIENCE = 600
"""Seconds until the result; a model on two cores is slow."""


def drop(stack: dict[str, Any], file: Path) -> dict[str, Any]:
    """Upload, announce, wait: the mapping. Raises Failed with the cause when there is none."""
    blob = f"{stack['organization']}/{DATA_SET}/{file.name}"
    say(f"\n{file.name} is dropped: blob drops/{blob}, event BlobCreated on queue data-drops")
    started = time.monotonic()
    etag = _upload(stack, blob, file.read_bytes())
    _announce(stack, blob, etag, file.stat().st_size)
    told = _result(stack, etag)
    say(f"queue mapping-results after {time.monotonic() - started:.1f} s: {told['state']} {told['blob'] or ''}")
    if told["state"] != "succeeded":
        raise Failed(f"the drop was not mapped: {told['error']}")
    return _mapping(stack, told["blob"])


def show(mapping: dict[str, Any]) -> None:
    rows = [
        (
            each["field"],
            each["status"],
            each["vocabularyKey"] or "",
            each["dataType"] or "",
            f"{each['confidence']:.2f}",
        )
        for each in mapping["properties"]
    ]
    table(("field", "status", "vocabulary key", "type", "conf."), rows)
    origin = mapping["origin"]
    say(f"\norigin           {origin['kind']} {', '.join(origin['fields'])}: {origin['reason']}")


def _upload(stack: dict[str, Any], name: str, content: bytes) -> str:
    from azure.storage.blob import BlobClient

    with BlobClient.from_connection_string(stack["storageConnectionString"], "drops", name) as blob:
        return str(blob.upload_blob(content, overwrite=True)["etag"])


def _announce(stack: dict[str, Any], name: str, etag: str, length: int) -> None:
    """Event Grid's CloudEvents 1.0 message; in Azure an event subscription writes it."""
    from azure.storage.queue import QueueClient

    account = stack["storageEndpoints"]["blob"].rstrip("/")
    name_of_account = account.rpartition("/")[2]
    event = {
        "specversion": "1.0",
        "type": "Microsoft.Storage.BlobCreated",
        "source": f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{name_of_account}",
        "id": str(uuid.uuid4()),
        "time": datetime.now(UTC).isoformat(),
        "subject": f"/blobServices/default/containers/drops/blobs/{name}",
        "data": {"api": "PutBlob", "eTag": etag.strip('"'), "contentLength": length, "url": f"{account}/drops/{name}"},
    }
    with QueueClient.from_connection_string(stack["storageConnectionString"], "data-drops") as queue:
        queue.send_message(base64.b64encode(json.dumps(event).encode()).decode())


def _result(stack: dict[str, Any], etag: str) -> dict[str, Any]:
    """The stack is the demo's own: the first message is the drop's."""
    from azure.storage.queue import QueueClient

    ends = time.monotonic() + _PATIENCE
    with QueueClient.from_connection_string(stack["storageConnectionString"], "mapping-results") as queue:
        while time.monotonic() < ends:
            for message in queue.receive_messages(max_messages=1, visibility_timeout=30):
                queue.delete_message(message)
                return dict(json.loads(base64.b64decode(message.content)))
            time.sleep(0.2)
    raise Failed(f"no result of the drop (ETag {etag}) within {_PATIENCE} s")


def _mapping(stack: dict[str, Any], place: dict[str, str]) -> dict[str, Any]:
    from azure.storage.blob import BlobClient

    connection = stack["storageConnectionString"]
    with BlobClient.from_connection_string(connection, place["container"], place["blob"]) as blob:
        return dict(json.loads(blob.download_blob().readall()))
