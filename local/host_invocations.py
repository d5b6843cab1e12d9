"""Runs functions: async ones on the loop, others in a pool of threads; keeps track of what runs, for the drain."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from local.host_functions import Function

log = logging.getLogger("local.host")


@dataclass(frozen=True)
class TraceContext:
    trace_parent: str
    trace_state: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    Traceparent = property(lambda self: self.trace_parent)
    Tracestate = property(lambda self: self.trace_state)
    Attributes = property(lambda self: self.attributes)


@dataclass(frozen=True)
class RetryContext:
    """Retry policies are not served: every invocation is the first try."""

    retry_count: int = 0
    max_retry_count: int = 0
    exception: None = None


@dataclass(frozen=True)
class Context:
    """What a function gets that asks for an argument named ``context`` (the members of azure.functions.Context)."""

    invocation_id: str
    function_name: str
    function_directory: str
    trace_context: TraceContext
    retry_context: RetryContext = RetryContext()
    thread_local_storage: threading.local = field(default_factory=threading.local)


def new_context(function: Function, trace_parent: str = "", trace_state: str = "") -> Context:
    parent = trace_parent or f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00"
    return Context(str(uuid.uuid4()), function.name, os.getcwd(), TraceContext(parent, trace_state))


class Invocations:
    def __init__(self, function_timeout: float = float("inf"), threads: int | None = None) -> None:
        self._timeout = function_timeout
        self._threads = ThreadPoolExecutor(threads or _thread_count(), thread_name_prefix="function")
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, function: Function, argument: object, context: Context | None = None) -> asyncio.Task[Any]:
        """Start one invocation. It runs to its end whether or not anybody awaits the task."""
        task = asyncio.get_running_loop().create_task(self._run(function, argument, context or new_context(function)))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self, patience: float, last_words: float = 5) -> None:
        """Wait for what runs, at most ``patience`` seconds; then cancel it and wait ``last_words`` seconds more."""
        if self._running:
            log.info("host.draining", extra={"running": len(self._running)})
            await asyncio.wait(self._running, timeout=patience)
        for task in self._running:
            task.cancel()
        if self._running:
            log.warning("host.cancelled", extra={"running": len(self._running)})
            await asyncio.wait(self._running, timeout=last_words)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, function: Function, argument: object, context: Context) -> object:
        arguments = {function.argument: argument} | ({"context": context} if function.wants_context else {})
        started = time.perf_counter()
        fields = {"function": function.name, "invocationId": context.invocation_id}
        try:
            result = await self._call(function, arguments)
        except Exception as error:
            log.exception("function.failed", extra=fields | {"error": type(error).__name__})
            raise
        log.info("function.succeeded", extra=fields | {"ms": round((time.perf_counter() - started) * 1_000, 1)})
        return result

    async def _call(self, function: Function, arguments: dict[str, object]) -> object:
        timeout = None if self._timeout == float("inf") else self._timeout
        async with asyncio.timeout(timeout):
            if function.is_async:
                return await function.call(**arguments)
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function.call(**arguments))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # logged above; taken here so that asyncio does not report it again


def _thread_count() -> int:
    """PYTHON_THREADPOOL_THREAD_COUNT, else Python's own default, as in the Python worker."""
    return int(os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT") or min(32, (os.cpu_count() or 1) + 4))
