"""Queued work takes turns at the worker, because the same worker answers HTTP.

All invocations of a worker share one event loop. Every piece of work that could go on does so in each round of it, and
a request waits for them all, several times over before it is answered. So only a few are let go on at a time; whoever
waits for the deployment, or for the child that reads a file, makes room for the next.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from shared.gateway.ports import Asker
from shared.gateway.records import Answer, Caller, Prompt, Reply

AT_ONCE: Final = 4
"""Of one worker; what other numbers come to stands in docs/benchmarks.md."""


class Turns:
    """Make it anywhere; it belongs to the loop that uses it first."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = asyncio.Semaphore(at_once)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for a turn, and have it until the end."""
        turn = Turn(self._free)
        await turn.take()
        try:
            yield turn
        finally:
            turn.end()


class Turn:
    """One piece of work's turn, which it may step aside from as often as it likes."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._has_it = False
        self._aside = 0
        self._taking = asyncio.Lock()

    async def take(self) -> None:
        """Wait for it; not while something is waited for aside, and not twice."""
        async with self._taking:
            if self._has_it or self._aside:
                return
            await self._free.acquire()
            if self._aside:
                self._free.release()
            else:
                self._has_it = True

    def end(self) -> None:
        if self._has_it:
            self._has_it = False
            self._free.release()

    @contextlib.asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Make room while something else is waited for. Of several at once the last one takes the turn again."""
        self._aside += 1
        self.end()
        try:
            yield
        finally:
            self._aside -= 1
            await self.take()


class AsideAsker(Asker):
    """Makes room while the deployment is asked."""

    def __init__(self, asker: Asker, turn: Turn) -> None:
        self._asker = asker
        self._turn = turn

    async def require(self, caller: Caller) -> None:
        await self._asker.require(caller)

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        async with self._turn.aside():
            return await self._asker.ask(caller, prompt)
