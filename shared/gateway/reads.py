"""Reads of slow sources, shared: hundreds of prompts that need the same row at once cause one read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import ProductError

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Read(Generic[Value]):
    value: Value
    started: float
    """When the read began: the value is at least as new as this."""


class Reads(Generic[Key, Value]):
    """Values by key, each as new as its reader asks for. A failed read is not kept; readers that waited share it."""

    def __init__(
        self,
        read: Callable[[Key], Awaitable[Value]],
        clock: Callable[[], float] = time.monotonic,
        capacity: int = 4096,
    ) -> None:
        self._read = read
        self._clock = clock
        self._capacity = capacity
        self._kept: dict[Key, Read[Value]] = {}
        self._running: dict[Key, tuple[float, asyncio.Task[Read[Value]]]] = {}
        """The newest read under way."""
        self._wanted: dict[Key, set[asyncio.Task[Read[Value]]]] = {}
        """Every read under way whose result may be kept: also of one that a newer read has overtaken."""

    async def get(self, key: Key, newer_than: float) -> Read[Value]:
        """A value whose read began at ``newer_than`` (on the clock) or later. Raises what the read raises."""
        kept = self.kept(key, newer_than)
        if kept is not None:
            return kept
        started, task = self._running.get(key, (0.0, None))
        if task is None or started < newer_than:
            task = self._start(key)
        try:
            return await asyncio.shield(task)
        except ProductError as error:
            raise copy(error) from None  # each reader its own: the gateway notes attempts on it

    def kept(self, key: Key, newer_than: float = float("-inf")) -> Read[Value] | None:
        """The last value read, if it is new enough."""
        kept = self._kept.get(key)
        return kept if kept is not None and kept.started >= newer_than else None

    def forget(self, key: Key) -> None:
        """Make the next reader read, whatever is kept or under way."""
        self._kept.pop(key, None)
        self._running.pop(key, None)
        self._wanted.pop(key, None)

    def _start(self, key: Key) -> asyncio.Task[Read[Value]]:
        started = self._clock()
        task = asyncio.create_task(self._run(key, started))
        self._running[key] = (started, task)
        self._wanted.setdefault(key, set()).add(task)
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    async def _run(self, key: Key, started: float) -> Read[Value]:
        return Read(await self._read(key), started)

    def _ended(self, key: Key, task: asyncio.Task[Read[Value]]) -> None:
        if self._running.get(key, (0.0, None))[1] is task:
            del self._running[key]
        wanted = self._wanted.get(key, set())
        forgotten = task not in wanted
        wanted.discard(task)
        if not wanted:
            self._wanted.pop(key, None)
        failed = task.cancelled() or task.exception() is not None
        if not failed and not forgotten:
            self._keep(key, task.result())

    def _keep(self, key: Key, read: Read[Value]) -> None:
        """Unless a read that began later is kept already. Reads follow each other closely when settings change: who
        waited for one must find it kept, or something newer."""
        kept = self._kept.pop(key, None)
        self._kept[key] = read if kept is None or kept.started <= read.started else kept
        if len(self._kept) > self._capacity:
            del self._kept[next(iter(self._kept))]
