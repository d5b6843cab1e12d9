"""Queued work takes turns: a few pieces at a time, and whoever waits for the deployment makes room."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.mapping.turns import AsideAsker, Turns


class Room:
    """How many are at work, and how many were at most."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    async def work(self, steps: int = 5) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        for _ in range(steps):
            await asyncio.sleep(0)
        self.inside -= 1


class Deployment:
    """Answers when told."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = asyncio.Event()

    async def require(self, caller: object) -> None:
        return None

    async def ask(self, caller: object, prompt: object) -> Any:
        self.asked += 1
        await self.go.wait()
        return "answer"


async def piece(turns: Turns, room: Room, deployment: Any, prompts: int = 1) -> None:
    async with turns.turn() as turn:
        await room.work()
        asker: Any = AsideAsker(deployment, turn)
        await asyncio.gather(*(asker.ask(None, None) for _ in range(prompts)))
        await room.work()


async def settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


async def test_only_a_few_are_at_work_at_a_time() -> None:
    turns, room, deployment = Turns(2), Room(), Deployment()
    deployment.go.set()
    await asyncio.gather(*(piece(turns, room, deployment) for _ in range(20)))
    assert room.most == 2


async def test_who_waits_for_the_deployment_makes_room() -> None:
    """All of them have asked, though only two may be at work."""
    turns, room, deployment = Turns(2), Room(), Deployment()
    pieces = [asyncio.create_task(piece(turns, room, deployment)) for _ in range(20)]
    await settle()
    assert deployment.asked == 20
    deployment.go.set()
    await asyncio.gather(*pieces)
    assert room.most == 2


async def test_a_turn_is_neither_lost_nor_doubled_by_prompts_at_once() -> None:
    turns, room, deployment = Turns(2), Room(), Deployment()
    deployment.go.set()
    await asyncio.gather(*(piece(turns, room, deployment, prompts=8) for _ in range(20)))
    room.most = 0
    await asyncio.gather(*(piece(turns, room, deployment) for _ in range(20)))
    assert room.most == 2


async def test_a_prompt_asked_while_another_takes_the_turn_again() -> None:
    """The turn is not taken for who waits again by then, and not twice."""
    turns, room, deployment = Turns(1), Room(), Deployment()

    async def asks_again() -> None:
        async with turns.turn() as turn:
            deployment.go.set()
            asker: Any = AsideAsker(deployment, turn)
            first = asyncio.create_task(asker.ask(None, None))
            await asyncio.sleep(0)
            second = asyncio.create_task(asker.ask(None, None))
            await asyncio.gather(first, second)

    for _ in range(5):
        await asyncio.gather(asks_again(), piece(turns, room, deployment))
    await asyncio.wait_for(piece(turns, room, deployment), 5)
    assert room.most == 1


async def test_work_that_is_cancelled_gives_its_turn_back() -> None:
    """At work, aside, and while it waits to take it again."""
    turns, room, deployment = Turns(1), Room(), Deployment()
    for steps in range(0, 30):
        deployment.go.clear()
        tasks = [asyncio.create_task(piece(turns, room, deployment)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        deployment.go.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        room.inside = room.most = 0
        await asyncio.wait_for(piece(turns, room, deployment), 5)
        await asyncio.gather(*(piece(turns, room, deployment) for _ in range(5)))
        assert room.most == 1
