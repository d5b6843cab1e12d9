"""Timer triggers. One at a time per function; a run that takes longer than its interval delays the next one.

Not done: remembering over a restart what was missed (the real host's schedule monitor, kept in a blob), so ``past_due``
is true only when this process itself came late.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from datetime import UTC, datetime

from azure.functions.timer import TimerRequest

from local.host_functions import Function
from local.host_invocations import Invocations
from local.host_schedules import Interval, Schedule, parse_schedule
from local.host_settings import resolve

log = logging.getLogger("local.host")
LATE = 1.0
_LONGEST_SLEEP = 3_600.0


class TimerTrigger:
    def __init__(self, function: Function, invocations: Invocations) -> None:
        """Raises ValueError for a schedule that cannot be read, KeyError for a missing app setting in it."""
        self._function = function
        self._invocations = invocations
        self._schedule: Schedule | Interval = parse_schedule(resolve(function.trigger["schedule"], os.environ))

    async def run(self) -> None:
        if self._function.trigger.get("runOnStartup"):
            await self._fire(past_due=False)
        while (due := self._schedule.after(datetime.now(UTC))) is not None:
            await _sleep_until(due)
            await self._fire(past_due=(datetime.now(UTC) - due).total_seconds() > LATE)
        log.warning("timer.never_due", extra={"function": self._function.name})

    async def _fire(self, *, past_due: bool) -> None:
        task = self._invocations.start(self._function, TimerRequest(past_due=past_due))
        with contextlib.suppress(Exception):  # already logged
            await asyncio.shield(task)


async def _sleep_until(due: datetime) -> None:
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:
        await asyncio.sleep(min(left, _LONGEST_SLEEP))
