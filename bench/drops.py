"""Small drops while the host is killed (kill -9) 3 s after each start: what arrives, and what is paid twice.

Twice: with a deployment that answers, and with one that answers 30% of the calls with 429 and 10% with 500. One drop in
ten is a CSV file, the others carry their records. A call is a request the deployment received, known by the drop's mark
in its prompt. A finished call is one whose outcome was written, which is after its checkpoint; the deployment may also
have answered a worker that was dead before it could keep the answer.

DROPS (1,000), KILL_SECONDS (3; 0 never kills) and PATIENCE_SECONDS (1,500) by environment.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.stack import Stack, running_stack

DROPS = int(os.environ.get("DROPS") or 1_000)
KILL_SECONDS = float(os.environ.get("KILL_SECONDS") or 3)
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS") or 1_500)
FILES = 10
"""Every so manieth drop is a file."""
LEASE_SECONDS = 10
"""After which the stand-in shows a killed host's messages again; the real host's lease is 10 minutes."""
_ROOT = Path(__file__).parent.parent
_MARK = re.compile(r"mark-(\d+-\d+)x")
_FAULTS = [
    {"kind": "throttled", "probability": 0.3, "retryAfter": 1},
    {"kind": "server_error", "probability": 0.1},
]


def run() -> dict[str, object]:
    with running_stack(host=False) as stack:
        runs = {"answering": _one(stack, 1, []), "throttled_and_failing": _one(stack, 2, _FAULTS)}
    good = all(
        found["results"] == found["rows_succeeded"] == DROPS
        and not (found["doubled"] or found["calls_without_attempt"] or found["finished_calls_repeated"])
        for found in runs.values()
    )
    return {"drops": DROPS, "killed_every_seconds": KILL_SECONDS, "reached": good, "runs": runs}


def _one(stack: Stack, number: int, faults: list[dict[str, object]]) -> dict[str, Any]:
    stack.tell(latencySeconds=0.2, jitterSeconds=0.2, keepBodies=True, faults=faults)
    _send(stack, number)
    started = time.monotonic()
    with _Host(stack) as host:
        told = _wait(stack, host, number)
        seconds = time.monotonic() - started
        _settle(stack)
    requests = stack.log()["requests"]
    return {"seconds": round(seconds), "kills": host.kills, **_figures(stack, number, told, requests)}


def _send(stack: Stack, number: int) -> None:
    """All of them at once, as an ordinary pipeline would."""
    from azure.storage.blob import ContainerClient
    from azure.storage.queue import QueueClient

    connection = stack.described["storageConnectionString"]
    queue = QueueClient.from_connection_string(connection, "data-drops")
    blobs = ContainerClient.from_connection_string(connection, "drops")
    with queue, blobs:
        for index in range(DROPS):
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


class _Host:
    """The host stand-in, killed and started again."""

    def __init__(self, stack: Stack) -> None:
        self._env = {
            **os.environ,
            **stack.app_settings(),
            "LOCAL_HOST_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        self._log = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._ready: float | None = None
        self.kills = 0

    def __enter__(self) -> _Host:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(40)
        self._log.close()

    def beat(self) -> None:
        """Kill it, if it is time. The time counts from when it says that it takes messages."""
        if self._ready is None and b'"host.ready"' in Path(self._log.name).read_bytes():
            self._ready = time.monotonic()
        if KILL_SECONDS and self._ready and time.monotonic() - self._ready > KILL_SECONDS:
            self._process.kill()
            self._process.wait()
            self.kills += 1
            self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "local.host", "--port", "0"]
        self._ready = None
        self._log.seek(0)
        self._log.truncate()
        self._process = subprocess.Popen(command, cwd=_ROOT, env=self._env, stderr=self._log, stdout=self._log)


def _wait(stack: Stack, host: _Host, number: int) -> list[dict[str, Any]]:
    """Kill the host again and again until every drop has been told of."""
    from azure.storage.queue import QueueClient

    told: list[dict[str, Any]] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    last = time.monotonic()
    with QueueClient.from_connection_string(stack.described["storageConnectionString"], "mapping-results") as queue:
        while len({each["mappingId"] for each in told}) < DROPS and time.monotonic() < ends:
            host.beat()
            for message in queue.receive_messages(max_messages=32, visibility_timeout=30):
                body = json.loads(base64.b64decode(message.content))
                queue.delete_message(message)
                if body["dataSet"]["id"] == f"bench-{number}":
                    told.append(body)
            if time.monotonic() - last > 20:
                last = time.monotonic()
                print(f"  {len({each['mappingId'] for each in told})} drops, {host.kills} kills", file=sys.stderr)
            time.sleep(0.05)
    return told


def _settle(stack: Stack) -> None:
    """Nobody is killed any more: history rows that waited in the outbox arrive, late deliveries end."""
    from azure.storage.queue import QueueServiceClient

    ends = time.monotonic() + 120
    with QueueServiceClient.from_connection_string(stack.described["storageConnectionString"]) as service:
        while time.monotonic() < ends:
            time.sleep(2 * LEASE_SECONDS / 5)
            queues = [service.get_queue_client(name) for name in ("prompt-history", "data-drops")]
            if not any(queue.get_queue_properties().approximate_message_count for queue in queues):
                return


def _figures(stack: Stack, number: int, told: list[dict[str, Any]], requests: list[dict[str, Any]]) -> dict[str, Any]:
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


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
