"""Work that stops before its end waits for the calls in flight, and sends no further one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import DeploymentThrottled, UnusableAnswer
from shared.gateway.records import Answer, Caller, Feature, Prompt, Reply, Usage
from shared.mapping.orderly import OrderlyAsker, TimeIsUp

CALLER = Caller("acme", (Feature.AI_MAPPING,), "AiMapping", "c", 0.0, "m")


class Slow:
    """Answers when told; fails on prompts named so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ended: list[str] = []
        self.go = asyncio.Event()
        self.deadlines: list[float] = []

    async def require(self, caller: Caller) -> None:
        return None

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        self.asked.append(prompt.name)
        self.deadlines.append(caller.deadline)
        if prompt.name == "throttled":
            raise DeploymentThrottled("Wait.", retry_after=7)
        if prompt.name == "unusable":
            raise UnusableAnswer("No.")
        await self.go.wait()
        self.ended.append(prompt.name)
        return Reply(prompt.parse({}), ("a",), "model", Usage())


def prompt(name: str) -> Prompt[Any]:
    return Prompt(name, (), {}, lambda value: value, 10)


def orderly(slow: Slow, clock: Callable[[], float] = lambda: 0.0) -> OrderlyAsker:
    return OrderlyAsker(slow, until=100.0, patience=30.0, clock=clock)


async def test_who_must_wait_waits_for_the_others_first() -> None:
    slow = Slow()
    asker = orderly(slow)
    other = asyncio.create_task(asker.ask(CALLER, prompt("other")))
    await asyncio.sleep(0)
    stopped = asyncio.create_task(asker.ask(CALLER, prompt("throttled")))
    await asyncio.sleep(0)
    late = asyncio.create_task(asker.ask(CALLER, prompt("late")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopped.done()
    slow.go.set()
    assert (await other).value == {}
    for each in (stopped, late):
        with pytest.raises(DeploymentThrottled):
            await each
    assert (slow.asked, slow.ended) == (["other", "throttled"], ["other"])


async def test_when_the_time_is_up_nothing_more_is_sent() -> None:
    slow = Slow()
    with pytest.raises(TimeIsUp):
        await orderly(slow, lambda: 100.0).ask(CALLER, prompt("late"))
    assert slow.asked == []


async def test_an_answer_of_no_use_stops_nobody() -> None:
    slow = Slow()
    slow.go.set()
    asker = orderly(slow)
    with pytest.raises(UnusableAnswer):
        await asker.ask(CALLER, prompt("unusable"))
    assert (await asker.ask(CALLER, prompt("next"))).value == {}


async def test_each_call_has_a_patience_of_its_own() -> None:
    slow = Slow()
    slow.go.set()
    await orderly(slow, lambda: 50.0).ask(CALLER, prompt("one"))
    assert slow.deadlines == [80.0]
