"""Health checks are bounded, cached and never started twice."""

from __future__ import annotations

import asyncio

from shared.health import Health


async def test_each_dependency_is_told_apart() -> None:
    async def works() -> None:
        return None

    async def fails() -> None:
        raise OSError("away")

    assert await Health({"sql": works, "vault": fails}).read() == {"sql": True, "vault": False}


async def test_an_answer_is_kept_for_a_while() -> None:
    now, asked = 0.0, 0

    async def check() -> None:
        nonlocal asked
        asked += 1

    health = Health({"sql": check}, clock=lambda: now)
    await asyncio.gather(*(health.read() for _ in range(10)))
    assert asked == 1
    now += 5
    await health.read()
    assert asked == 2


async def test_a_check_that_hangs_counts_as_away_and_is_not_started_again() -> None:
    now, asked = 0.0, 0
    released = asyncio.Event()

    async def hangs() -> None:
        nonlocal asked
        asked += 1
        await released.wait()

    health = Health({"sql": hangs}, check_seconds=0.01, clock=lambda: now)
    for _ in range(3):
        assert await health.read() == {"sql": False}
        now += 5
    assert asked == 1
    released.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await health.read() == {"sql": True}
    assert asked == 2
