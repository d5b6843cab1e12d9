"""The worker of a value job is killed at every step of its event loop in turn: one result each, nothing paid twice."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from shared.gateway.ports import ChatRequest, FlagRow
from shared.values.jobs import plan
from tests.fakes.app import call
from tests.fakes.mortal import Outside, at_once
from tests.fakes.values import upper

RECORDS = [{"id": f"r{n}", "properties": {"a.name": f"name {n % 5}"}} for n in range(7)]
BODY: dict[str, Any] = {
    "prompt": "Shout {Vocabulary:a.name} into {output:Vocabulary:a.loud}",
    "mode": "Add",
    "records": RECORDS,
}
CALLS = 3
"""Five questions in chunks of two, each of one call."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    for place in ("shared.values.jobs.plan", "shared.values.jobs.finish"):
        monkeypatch.setattr(f"{place}.CHUNK", 2)
        monkeypatch.setattr(f"{place}.PART", 3)
    monkeypatch.setattr(plan, "LANES", 2)


def outside(**more: object) -> Outside:
    """With a job that was accepted."""
    made = Outside("value-batches")
    made.stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(True, "Production")
    made.deployment.answerer = _shouted
    asyncio.run(_accept(made, BODY | more))
    return made


async def _accept(made: Outside, body: dict[str, Any]) -> None:
    from shared import wiring

    wiring.use(made.stand.services)
    answer = await call("POST", "/organizations/acme/values/jobs", body)
    assert answer.status == 202
    wiring.use(None)


def _shouted(request: ChatRequest) -> object:
    items = []
    for line in request.messages[-1].content.splitlines():
        name, inputs = line.split(" ", 1)
        items.append({"id": name, "a": upper(json.loads(inputs))[0]})
    return {"answers": items}


def finish(world: Outside) -> None:
    for _ in range(30):
        if not world.waiting():
            return
        world.now += timedelta(seconds=31)
        world.deliver()
    raise AssertionError("the messages come back for ever")


def check(world: Outside) -> None:
    """Every record once, in order; every count right; every call with its attempt; nothing of the work left."""
    assert world.rows("ValueJobs") == ["succeeded"]
    (row,) = [row for key, row in world.stand.tables.rows.items() if key[0] == "ValueJobs"]
    assert [row.number(name) for name in ("Records", "Done", "Failed", "Reused")] == [7, 7, 0, 2]
    (results,) = [b.content for (_, name), b in world.stand.blobs.blobs.items() if name.endswith("results.jsonl")]
    found = [json.loads(line) for line in results.splitlines()]
    assert [(line["id"], line["outputs"]["a.loud"]) for line in found] == [
        (f"r{n}", f"NAME {n % 5}") for n in range(len(RECORDS))
    ]
    assert [name for where, name in world.stand.blobs.blobs if "/steps/" in name] == []
    assert world.blobs("checkpoints") == []
    assert len(world.deployment.sent) <= len(world.attempts())
    assert world.rows("Failures") == []


@pytest.mark.parametrize("limits", [{}, {"limits": {"maxTokens": 1_000_000}}])
def test_killed_at_every_step_of_every_message(limits: dict[str, object]) -> None:
    """A call is sent again only where the kill fell between its answer and its checkpoint."""
    messages = 0
    while True:
        step, lived = 0, False
        while not lived:
            step += 1
            world = outside(**limits)
            for _ in range(messages):
                world.deliver()
            if not world.waiting():
                assert messages >= 5
                return
            lived, _ = world.deliver(dies_at=step)
            paid = len(world.deployment.sent)
            finished = paid if world.rows("ValueJobs") == ["succeeded"] else len(world.blobs("checkpoints"))
            finish(world)
            check(world)
            assert len(world.deployment.sent) <= CALLS + max(0, paid - finished), f"message {messages}, step {step}"
        messages += 1


def test_killed_again_and_again() -> None:
    for first in range(3, 60, 4):
        world = outside()
        step = first
        while world.waiting() and step < 300:
            world.now += timedelta(seconds=31)
            world.deliver(dies_at=step)
            step += 7
        finish(world)
        check(world)
