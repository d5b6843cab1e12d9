"""Small drops, one in ten a CSV file and the others with their records: put on the queue, told of, counted.

A call is a request the deployment received, known by the drop's mark in its prompt. A finished call is one whose
outcome was written, which is after its checkpoint; the deployment may also have answered a worker that was dead before
it could keep the answer.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.stack import Stack

FILES = 10
"""Every so manieth drop is a file."""
_MARK = re.compile(r"mark-(\d+-\d+)x")


def send(stack: Stack, number: int, drops: int) -> None:
    """All of them at once, as an ordinary pipeline would. ``number`` tells one run from another."""
    from azure.storage.blob import ContainerClient
    from azure.storage.queue import QueueClient

    connection = stack.described["storageConnectionString"]
    queue = QueueClient.from_connection_string(connection, "data-drops")
    blobs = ContainerClient.from_connection_string(connection, "drops")
    with queue, blobs:
        for index in range(drops):
            message: dict[str, Any] = {
                "organizationId": stack.organization,
                "dropId": f"{number}-{index}",
                "dataSet": {"id": f"bench-{number}", "name": f"mark-{number}-{index}x"},
            }
            rows = [{"Name": f"Person {index} {row}", "E-mail": f"p{index}-{row}@example.com"} for row in range(5)]
            if index % FILES == 0:
                name = f"{stack.organization}/bench-{number}/{index}.csv"
                text = "Name,E-mail\n" + "".join(f"{row['Name']},{row['E-mail']}\n" for row in rows)
                blobs.upload_blob(name, text.encode(), overwrite=True)
                message["source"] = {"container": "drops", "blob": name}
            else:
                message["records"] = rows
            vocabulary = {"name": "Person", "keyPrefix": "person"}
            vocabulary["keys"] = [{"key": "person.name"}, {"key": "person.email"}]  # type: ignore[assignment]
            message["vocabularies"] = [vocabulary]
            queue.send_message(base64.b64encode(json.dumps(message).encode()).decode())


def receive(stack: Stack, number: int) -> list[dict[str, Any]]:
    """What queue mapping-results tells of this run now; taken from the queue."""
    from azure.storage.queue import QueueClient

    told: list[dict[str, Any]] = []
    with QueueClient.from_connection_string(stack.described["storageConnectionString"], "mapping-results") as queue:
        for message in queue.receive_messages(max_messages=32, visibility_timeout=30):
            body = json.loads(base64.b64decode(message.content))
            queue.delete_message(message)
            if body["dataSet"]["id"] == f"bench-{number}":
                told.append(body)
    return told


def figures(stack: Stack, number: int, told: list[dict[str, Any]], requests: list[dict[str, Any]]) -> dict[str, Any]:
    """What became of the drops of one run. ``told``: what queue mapping-results said of them."""
    ids = {each["mappingId"] for each in told}
    calls = Counter(mark for one in requests for mark in _MARK.findall(one.get("body") or "")[:1])
    answered = Counter(m for one in requests if one["status"] == 200 for m in _MARK.findall(one["body"])[:1])
    attempts, succeeded = _history(stack, number)
    results = _blobs(stack)
    return {
        "told": len(told),
        "results": len(ids & results),
        "rows_succeeded": _rows(stack, ids),
        "doubled": len(ids) - len({each["dataSet"]["name"] for each in told}),
        "states": dict(Counter(each["state"] for each in told)),
        "errors": dict(Counter(each["error"]["code"] for each in told if each["error"])),
        "calls": sum(calls.values()),
        "attempts": sum(attempts.values()),
        "calls_without_attempt": sum(max(0, count - attempts[mark]) for mark, count in calls.items()),
        "finished_calls_repeated": sum(count - 1 for count in succeeded.values() if count > 1),
        "answers_lost_with_their_worker": sum(answered.values()) - len(succeeded),
        "statuses": dict(Counter(str(one["status"]) for one in requests)),
    }


def _history(stack: Stack, number: int) -> tuple[Counter[str], Counter[str]]:
    """Attempts, and outcomes that say succeeded, by the drop's mark."""
    path = str(stack.described["databaseUrl"]).removeprefix("sqlite:///")
    attempts: Counter[str] = Counter()
    succeeded: Counter[str] = Counter()
    query = (
        "select b.messages, o.status from prompt_attempts a join prompt_bodies b on b.attempt_id = a.attempt_id "
        "left join prompt_outcomes o on o.attempt_id = a.attempt_id"
    )
    with _database(path) as database:
        for messages, status in database.execute(query):
            for mark in _MARK.findall(messages)[:1]:
                if mark.startswith(f"{number}-"):
                    attempts[mark] += 1
                    succeeded[mark] += status == "succeeded"
    return attempts, +succeeded


@contextmanager
def _database(path: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def _blobs(stack: Stack) -> set[str]:
    from azure.storage.blob import ContainerClient

    with ContainerClient.from_connection_string(stack.described["storageConnectionString"], "mappings") as container:
        return {name.rpartition("/")[2].removesuffix(".json") for name in container.list_blob_names()}


def _rows(stack: Stack, ids: set[str]) -> int:
    from azure.data.tables import TableClient

    with TableClient.from_connection_string(stack.described["storageConnectionString"], "Mappings") as table:
        rows = table.query_entities("State eq 'succeeded'", select=["RowKey"])
        return sum(row["RowKey"] in ids for row in rows)
