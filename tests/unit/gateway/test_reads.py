"""Shared reads: what was read for one reader is there for the next, also while a newer read is under way."""

from __future__ import annotations

import asyncio

from shared.gateway.reads import Reads


class Source:
    """A slow source: each read waits until the test lets it end."""

    def __init__(self) -> None:
        self.reads: list[asyncio.Future[str]] = []

    async def __call__(self, key: str) -> str:
        self.reads.append(asyncio.get_running_loop().create_future())
        return await self.reads[-1]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


async def started(reads: Reads[str, str], clock: Clock) -> asyncio.Task[object]:
    task: asyncio.Task[object] = asyncio.create_task(reads.get("k", clock()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_a_read_that_a_newer_one_has_overtaken_is_kept_until_that_ends() -> None:
    source, clock = Source(), Clock()
    reads = Reads(source, clock)
    first, second = await started(reads, clock), await started(reads, clock)
    source.reads[0].set_result("new")
    await first
    kept = reads.kept("k")
    assert kept is not None
    assert kept.value == "new"
    source.reads[1].set_result("newer")
    await second
    assert (await reads.get("k", 0)).value == "newer"


async def test_an_older_read_that_ends_late_does_not_replace_a_newer_one() -> None:
    source, clock = Source(), Clock()
    reads = Reads(source, clock)
    first, second = await started(reads, clock), await started(reads, clock)
    source.reads[1].set_result("newer")
    await second
    source.reads[0].set_result("old")
    await first
    assert (await reads.get("k", 0)).value == "newer"


async def test_a_read_that_began_before_its_key_was_forgotten_is_not_kept() -> None:
    source, clock = Source(), Clock()
    reads = Reads(source, clock)
    first, second = await started(reads, clock), await started(reads, clock)
    reads.forget("k")
    for read in source.reads:
        read.set_result("before")
    await asyncio.gather(first, second)
    assert reads.kept("k") is None
