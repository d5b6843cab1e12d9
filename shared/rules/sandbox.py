"""Children that run rules. Kept warm; killed with what they run after two seconds, and replaced.

Waiting rules are taken from each organization in turn, so that one that sends many, or hostile ones, holds up itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import subprocess
import sys
import sysconfig
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from typing import Final

from shared.errors import RuleTimeout
from shared.rules.child import LENGTH, MOST_BYTES, framed

log = logging.getLogger(__name__)

SECONDS: Final = 2.0
"""A rule's run, all records."""
START_SECONDS: Final = 30.0
"""A child's start, on a machine that does much else."""
CHILDREN: Final = 6
"""At most: as many rules run at a time."""
EACH: Final = 4
"""At most, of one organization."""
IDLE_SECONDS: Final = 60.0
"""After which a child that has nothing to do ends, but for the last one."""

_TIMEOUT: Final = (
    "The rule takes more than 2 seconds or too much memory on these records. Simplify its patterns and formulas."
)


class Sandbox:
    """Usable from any thread and event loop. ``seconds`` is for tests."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._change = threading.Condition()
        self._waiting: OrderedDict[str, deque[tuple[bytes, Future[bytes]]]] = OrderedDict()
        self._running: dict[str, int] = {}
        self._threads = 0
        self._idle = 0
        self._closed = False

    async def run(self, organization: str, content: bytes) -> bytes:
        """The child's answer, JSON. Raises RuleTimeout. A caller that gives up while waiting frees its place."""
        made: Future[bytes] = Future()
        with self._change:
            self._waiting.setdefault(organization, deque()).append((content, made))
            if self._idle == 0 and self._threads < CHILDREN:
                self._threads += 1
                threading.Thread(target=self._serve, name="rules", daemon=True).start()
            self._change.notify()
        return await asyncio.wrap_future(made)

    def close(self) -> None:
        """End the children that have nothing to do; the others after what they are at."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _serve(self) -> None:
        child = _Child()
        try:
            while (taken := self._take()) is not None:
                organization, content, made = taken
                try:
                    if made.set_running_or_notify_cancel():
                        child = self._answer(child, content, made)
                finally:
                    with self._change:
                        self._running[organization] -= 1
                        self._change.notify()
        finally:
            child.end()

    def _answer(self, child: _Child, content: bytes, made: Future[bytes]) -> _Child:
        """The child for the next rule: the same one, or another where this one was killed."""
        try:
            made.set_result(child.ask(content, self._seconds))
        except Exception as error:
            made.set_exception(error)
            if child.alive:
                return child
            child.end()
            return _Child()  # started now, so that the next rule does not wait for it
        return child

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


class _Child:
    """One process, and the pipes to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shared.rules.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._ready = False
        self.alive = True

    def ask(self, content: bytes, seconds: float) -> bytes:
        """Raises RuleTimeout where it was killed or died: then the child is not alive."""
        try:
            if not self._ready:
                self._hear(time.monotonic() + START_SECONDS)
                self._ready = True
            # Written in whole before it is read: the child reads a whole message before it says anything.
            assert self._process.stdin is not None
            self._process.stdin.write(framed(content))
            self._process.stdin.flush()
            return self._hear(time.monotonic() + seconds)
        except (OSError, EOFError, TimeoutError) as error:
            self.alive = False
            self._process.kill()
            log.warning("rules.killed", extra={"cause": type(error).__name__})
            raise RuleTimeout(_TIMEOUT) from None

    def end(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        self._process.wait()

    def _hear(self, until: float) -> bytes:
        size = int.from_bytes(self._read(LENGTH, until), "big")
        if size > MOST_BYTES:
            raise EOFError
        return self._read(size, until)

    def _read(self, size: int, until: float) -> bytes:
        assert self._process.stdout is not None
        pipe, parts = self._process.stdout.fileno(), bytearray()
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        while len(parts) < size:
            if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
                raise TimeoutError
            part = os.read(pipe, min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _environment() -> dict[str, str]:
    """Nothing of ours: a formula that took the child over would find no key."""
    return {
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "PYTHONHASHSEED": "0",
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
        "LANG": "C.UTF-8",
    }
