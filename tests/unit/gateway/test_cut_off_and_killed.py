"""The worker is killed at every step while an answer that was cut off is asked for again: each call is paid once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from tests.fakes.mortal import Outside, at_once

DROP: dict[str, object] = {
    "organizationId": "acme",
    "dataSet": {"id": "crm", "name": "crm"},
    "records": [{"Field": f"value {row}"} for row in range(2)],
    "vocabularies": [{"name": "Customer", "keyPrefix": "customer", "keys": [{"key": "customer.key"}]}],
    "options": {"vocabulary": "customer"},
}


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "to_thread", at_once)


def budgets() -> tuple[int, ...]:
    """What the deployment is asked with: the usual budget, then twice as much."""
    world = outside(0)
    world.deliver()
    return tuple(world.deployment.asked)


def outside(needs: int) -> Outside:
    world = Outside("data-drops")
    world.deployment.needs = needs
    asyncio.run(world.put(DROP))
    return world


def finished_calls(world: Outside) -> int:
    """How many of the two calls were kept."""
    if world.blobs("mappings"):
        return 2
    kept = [json.loads(blob) for blob in world.blobs("checkpoints")]
    return 0 if not kept else 1 if kept[0]["budget"] else 2


def test_killed_at_every_step() -> None:
    (usual,) = budgets()
    step, lived, kept_seen = 0, False, set()
    while not lived:
        step += 1
        world = outside(needs=usual + 1)
        lived, _ = world.deliver(dies_at=step)
        kept, paid = finished_calls(world), len(world.deployment.sent)
        kept_seen.add(kept)
        while world.waiting():
            world.now += timedelta(seconds=31)
            world.deliver()
        assert world.rows() == ["succeeded"]
        assert len(world.deployment.sent) - paid == 2 - kept, f"killed at step {step}"
        assert world.deployment.asked[-1] == 2 * usual or kept == 2
        assert len(world.deployment.sent) <= len(world.attempts())
        (result,) = map(json.loads, world.blobs("mappings"))
        assert result["usage"]["prompts"] == 2
        assert set(result["promptIds"]) <= world.attempts() & set(world.outcomes())
    assert kept_seen == {0, 1, 2}
