"""Queued work that stops before its end stops in order: calls in flight are waited for, since they are being paid for.

It stops when its time is up, and when one call meets what must be waited for (a throttled deployment, an outage) or
what ends the work (a flag that was switched off). No further call is sent then, and what was answered lies at its
checkpoint for the next run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from shared.errors import AnswerError
from shared.gateway.ports import Asker
from shared.gateway.records import Answer, Caller, Prompt, Reply


class TimeIsUp(Exception):
    """The work goes on in another run: the platform ends functions that take too long."""


class OrderlyAsker(Asker):
    """For one run of one piece of work."""

    def __init__(
        self, asker: Asker, until: float, patience: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``until``: when the last call may be sent, on the clock. ``patience``: seconds one call may take."""
        self._asker = asker
        self._until = until
        self._patience = patience
        self._clock = clock
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._stop: Exception | None = None

    def stop(self, error: Exception) -> None:
        """Send no further call: once those in flight have ended, every further one raises this."""
        self._stop = self._stop or error

    async def require(self, caller: Caller) -> None:
        await self._asker.require(caller)

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        """As the asker does; raises TimeIsUp as well."""
        if self._clock() >= self._until:
            self._stop = self._stop or TimeIsUp()
        if self._stop is None:
            try:
                return await self._ask(replace(caller, deadline=self._clock() + self._patience), prompt)
            except AnswerError:
                raise
            except Exception as error:
                self._stop = self._stop or error
        while self._in_flight:
            await self._idle.wait()
        raise self._stop

    async def _ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        self._in_flight += 1
        self._idle.clear()
        try:
            return await self._asker.ask(caller, prompt)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()
