"""Small drops while the host is killed (kill -9) 3 s after each start: what arrives, and what is paid twice.

Twice: with a deployment that answers, and with one that answers 30% of the calls with 429 and 10% with 500. One drop in
ten is a CSV file, the others carry their records. A call is a request the deployment received, known by the drop's mark
in its prompt. A finished call is one whose outcome was written, which is after its checkpoint; the deployment may also
have answered a worker that was dead before it could keep the answer.

DROPS (1,000), KILL_SECONDS (3; 0 never kills), PATIENCE_SECONDS (1,500) and RUNS (``answering,throttled_and_failing``)
by environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from bench.killed_host import LEASE_SECONDS, KilledHost
from bench.small_drops import figures, receive, send
from bench.stack import Stack, running_stack

DROPS = int(os.environ.get("DROPS") or 1_000)
KILL_SECONDS = float(os.environ.get("KILL_SECONDS") or 3)
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS") or 1_500)
_FAULTS: dict[str, list[dict[str, object]]] = {
    "answering": [],
    "throttled_and_failing": [
        {"kind": "throttled", "probability": 0.3, "retryAfter": 1},
        {"kind": "server_error", "probability": 0.1},
    ],
}
RUNS = (os.environ.get("RUNS") or ",".join(_FAULTS)).split(",")


def run() -> dict[str, object]:
    with running_stack(host=False) as stack:
        runs = {name: _one(stack, number, _FAULTS[name]) for number, name in enumerate(RUNS, 1)}
    good = all(
        found["results"] == found["rows_succeeded"] == DROPS
        and not (found["doubled"] or found["calls_without_attempt"] or found["finished_calls_repeated"])
        for found in runs.values()
    )
    return {"drops": DROPS, "killed_every_seconds": KILL_SECONDS, "reached": good, "runs": runs}


def _one(stack: Stack, number: int, faults: list[dict[str, object]]) -> dict[str, Any]:
    stack.tell(latencySeconds=0.2, jitterSeconds=0.2, keepBodies=True, faults=faults)
    send(stack, number, DROPS)
    started = time.monotonic()
    with KilledHost(stack, KILL_SECONDS) as host:
        told = _wait(stack, host, number)
        seconds = time.monotonic() - started
        _settle(stack)
    requests = stack.log()["requests"]
    return {"seconds": round(seconds), "kills": host.kills, **figures(stack, number, told, requests)}


def _wait(stack: Stack, host: KilledHost, number: int) -> list[dict[str, Any]]:
    """Kill the host again and again until every drop has been told of."""
    told: list[dict[str, Any]] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    last = time.monotonic()
    while len({each["mappingId"] for each in told}) < DROPS and time.monotonic() < ends:
        host.beat()
        told += receive(stack, number)
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


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
