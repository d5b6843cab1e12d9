"""Whether what the app depends on can be reached: names and yes or no, nothing more.

Asked anonymously, so it is bounded: 2 s for each dependency, all at once, one answer for 5 s, and a check that hangs is
waited for again instead of being started twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 2.0
CACHE_SECONDS: Final = 5.0

Check = Callable[[], Awaitable[object]]
"""Reaches one dependency; any exception means that it cannot be reached."""


class Health:
    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        check_seconds: float = CHECK_SECONDS,
        cache_seconds: float = CACHE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._check_seconds = check_seconds
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._lock = asyncio.Lock()
        self._running: dict[str, asyncio.Task[object]] = {}
        self._known: dict[str, bool] = {}
        self._until = float("-inf")

    async def read(self) -> Mapping[str, bool]:
        """Each dependency's name and whether it answered."""
        async with self._lock:
            if self._clock() >= self._until:
                results = await asyncio.gather(*(self._answers(name) for name in self._checks))
                self._known = dict(zip(self._checks, results, strict=True))
                self._until = self._clock() + self._cache_seconds
            return self._known

    async def _answers(self, name: str) -> bool:
        task = self._running.get(name)
        if task is None or task.done():
            task = self._running[name] = asyncio.create_task(_run(self._checks[name]))
        done, _ = await asyncio.wait({task}, timeout=self._check_seconds)
        if not done:
            log.warning("health.slow", extra={"dependency": name})
            return False
        error = task.exception()
        if error:
            log.warning("health.failed", extra={"dependency": name, "error": type(error).__name__})
        return error is None


async def _run(check: Check) -> object:
    return await check()
