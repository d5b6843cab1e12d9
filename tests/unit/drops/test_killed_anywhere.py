"""The worker is killed at every step of its event loop in turn, and the message delivered again: always one result."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.mortal import Outside, at_once

COLUMNS = 65
"""Three prompts of at most 30 fields."""
RECORDS = [{f"Field {n}": f"value {n} {row}" for n in range(COLUMNS)} for row in range(2)]
KEYS = [{"key": f"customer.key{n}"} for n in range(3)]
VOCABULARY = {"name": "Customer", "keyPrefix": "customer", "keys": KEYS}
DROP: dict[str, Any] = {
    "organizationId": "acme",
    "dataSet": {"id": "crm", "name": "crm"},
    "records": RECORDS,
    "vocabularies": [VOCABULARY],
    "options": {"vocabulary": "customer"},
}
LARGE: dict[str, Any] = DROP | {"records": [{name: value * 20 for name, value in row.items()} for row in RECORDS * 2]}
"""So large that it travels as a claim check."""
FILE: dict[str, Any] = {name: value for name, value in DROP.items() if name != "records"} | {
    "source": {"container": "drops", "blob": "acme/crm/a.jsonl"}
}
JOB: dict[str, Any] = {
    "version": 1,
    "organizationId": "acme",
    "mappingId": "0a0b0c0d-0000-4000-8000-000000000000",
    "correlationId": "abc",
    "createdAt": "2026-11-25T11:59:00Z",
    "request": {
        "dataSet": {"name": "crm", "records": RECORDS},
        "vocabularies": [VOCABULARY],
        "options": {"vocabulary": "customer"},
    },
}
CLOCKS = {"right": timedelta(), "an hour back": timedelta(hours=-1), "an hour ahead": timedelta(hours=1)}


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "to_thread", at_once)


def outside(kind: str) -> Outside:
    """With one message on the queue, and what that kind of work finds there."""
    made = Outside("mapping-jobs" if kind == "job" else "data-drops")
    asyncio.run(_furnish(made, kind))
    return made


async def _furnish(made: Outside, kind: str) -> None:
    if kind == "file":
        content = "\n".join(map(json.dumps, RECORDS)).encode()
        await made.stand.blobs.put("drops", "acme/crm/a.jsonl", content, "application/jsonl")
    if kind == "job":
        await made.stand.services.mappings.add_queued("acme", JOB["mappingId"], made.now, "abc", COLUMNS)
    await made.put({"records": DROP, "large": LARGE, "file": FILE, "job": JOB}[kind])
    assert bool(made.stand.queues.payloads) == (kind == "large")


def finish(world: Outside) -> None:
    """Deliver until nothing is left. The message of a dead worker is shown again after the platform's lease."""
    for _ in range(6):
        if not world.waiting():
            return
        world.now += timedelta(seconds=31)
        world.deliver()
    raise AssertionError("the message comes back for ever")


def check(world: Outside) -> None:
    """One result, told; every call has its attempt, every paid call of the result its outcome."""
    assert world.rows() == ["succeeded"]
    (result,) = map(json.loads, world.blobs("mappings"))
    assert len(result["properties"]) == COLUMNS
    told = world.told()
    assert told
    assert all(message == told[0] for message in told)
    assert told[0]["mappingId"] == result["mappingId"]
    assert world.blobs("checkpoints") == []
    assert len(world.deployment.sent) <= len(world.attempts())
    assert set(result["promptIds"]) <= world.attempts() & set(world.outcomes())
    assert world.rows("Failures") == []
    assert world.stand.queues.messages(f"{world.queue}-poison") == []
    assert world.stand.queues.payloads == {}


@pytest.mark.parametrize(
    ("kind", "clock"), [("large", "right"), *((kind, clock) for kind in ("records", "file", "job") for clock in CLOCKS)]
)
def test_killed_at_every_step(kind: str, clock: str) -> None:
    step, lived = 0, False
    while not lived:
        step += 1
        world = outside(kind)
        lived, _ = world.deliver(dies_at=step)
        kept = 3 if world.blobs("mappings") else len(world.blobs("checkpoints"))
        paid = len(world.deployment.sent)
        world.skew = CLOCKS[clock]
        finish(world)
        check(world)
        assert len(world.deployment.sent) - paid == 3 - kept, f"killed at step {step}"
    assert step > 50


@pytest.mark.parametrize("kind", ["records", "job"])
def test_killed_again_and_again(kind: str) -> None:
    """The next worker dies a few steps later, and so on: the work still comes to its end, and pays once for a call."""
    for first in range(1, 40, 3):
        world = outside(kind)
        step = first
        while world.waiting() and step < 400:
            world.now += timedelta(seconds=31)
            world.deliver(dies_at=step)
            step += 5
        finish(world)
        check(world)


def test_a_second_worker_comes_back_when_the_first_must_have_ended() -> None:
    """The first has died, which nobody can know before its claim has ended."""
    world = outside("records")
    lived, _ = world.deliver(dies_at=25)
    assert (lived, world.rows()) == (False, ["running"])
    world.deliver()
    (put_back,) = world.stand.queues.queues["data-drops"]
    assert put_back.delay > 0
    finish(world)
    check(world)
