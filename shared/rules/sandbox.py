"""Runs rules where they can do no harm: each in a process of its own, killed after two seconds.

Waiting rules are taken from each organization in turn, so that one that sends many, or hostile ones, holds up itself.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from typing import Final

from shared.errors import RuleTimeout
from shared.rules.nursery import Gone, Nursery

log = logging.getLogger(__name__)

SECONDS: Final = 2.0
"""A rule's run, all records."""
AT_ONCE: Final = 32
"""Rules that run at a time, at most; a child has some 5 MB of its own."""
EACH: Final = 24
"""Of one organization."""
IDLE_SECONDS: Final = 60.0
"""After which a thread that has nothing to do ends, but for the last one."""

_TIMEOUT: Final = (
    "The rule takes more than 2 seconds or too much memory on these records. Simplify its patterns and formulas."
)

Waiting = tuple[bytes, Future[bytes]]


class Sandbox:
    """Usable from any thread and event loop. ``seconds`` is for tests."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._nursery = Nursery()
        self._change = threading.Condition()
        self._waiting: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._running: dict[str, int] = {}
        self._threads = 0
        self._idle = 0
        self._closed = False

    async def run(self, organization: str, content: bytes) -> bytes:
        """The child's answer, JSON. Raises RuleTimeout. A caller that gives up while waiting frees its place."""
        made: Future[bytes] = Future()
        with self._change:
            self._waiting.setdefault(organization, deque()).append((content, made))
            # A thread that was told counts as idle until it wakes: what waits is what must be compared with.
            if sum(map(len, self._waiting.values())) > self._idle and self._threads < AT_ONCE:
                self._threads += 1
                threading.Thread(target=self._serve, name="rules", daemon=True).start()
            self._change.notify()
        return await asyncio.wrap_future(made)

    def close(self) -> None:
        """Ends the processes and, once nothing waits, the threads. A rule sent afterwards starts them again."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._nursery.close()

    def _serve(self) -> None:
        while (taken := self._take()) is not None:
            organization, content, made = taken
            try:
                if made.set_running_or_notify_cancel():
                    self._answer(content, made)
            finally:
                with self._change:
                    self._running[organization] -= 1
                    self._change.notify()

    def _answer(self, content: bytes, made: Future[bytes]) -> None:
        try:
            made.set_result(self._nursery.run(content, self._seconds))
        except Gone:
            log.warning("rules.killed")
            made.set_exception(RuleTimeout(_TIMEOUT))
        except Exception as error:
            made.set_exception(error)

    def _take(self) -> tuple[str, bytes, Future[bytes]] | None:
        """The next rule; None where there has been none for long, or never will be."""
        until = time.monotonic() + IDLE_SECONDS
        with self._change:
            while (found := self._next()) is None:
                left = until - time.monotonic()
                if self._closed or (left <= 0 and self._threads > 1):
                    self._threads -= 1
                    return None
                self._idle += 1
                self._change.wait(max(left, 0.0) or IDLE_SECONDS)
                self._idle -= 1
            return found

    def _next(self) -> tuple[str, bytes, Future[bytes]] | None:
        for organization in list(self._waiting):
            if self._running.get(organization, 0) >= EACH:
                continue
            queue = self._waiting.pop(organization)
            content, made = queue.popleft()
            if queue:
                self._waiting[organization] = queue  # behind the others
            self._running[organization] = self._running.get(organization, 0) + 1
            return organization, content, made
        return None
