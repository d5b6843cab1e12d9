"""A stand-in for the Azure Functions host, for developing and testing on one machine.

``python -m local.host --port P`` imports ``function_app``, reads ``app.get_functions()`` and host.json, and serves
HTTP, queue and timer triggers by the rules of the real host (see host_http, host_queues, host_timers). Where Azure
Functions Core Tools are installed, ``func start`` runs the same app unchanged and is the better witness.

What it does not do: other triggers and bindings, output bindings, identity-based connections, scale-out, retry
policies, a worker process of its own (a crash of the app is a crash of the host), Application Insights, streaming.

An app that cannot be imported: the real host runs on without a function and answers 404 everywhere. This one says why
and ends with exit code 3, so that nobody has to search.

Environment: FUNCTION_KEY (for functions of auth level FUNCTION; without it they answer 401), FUNCTION_MASTER_KEY,
LOCAL_HOST_LEASE_SECONDS (30), LOCAL_HOST_DRAIN_SECONDS (10), PYTHON_THREADPOOL_THREAD_COUNT, and the app's settings.
SIGTERM or Ctrl-C: no new work is taken, running functions get the drain time and are then cancelled.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from azure.functions.queue import QueueMessage
from azure.functions.timer import TimerRequest

from local.host_exchange import Keys
from local.host_functions import Function, load_app
from local.host_http import HttpTriggers
from local.host_invocations import Invocations
from local.host_log import start_logging
from local.host_queues import QueueTrigger, open_trigger
from local.host_settings import HostSettings, read_host_json, resolve
from local.host_timers import TimerTrigger

log = logging.getLogger("local.host")


class Host:
    def __init__(self, functions: list[Function], settings: HostSettings, environ: Mapping[str, str]) -> None:
        self._invocations = Invocations(settings.function_timeout)
        self._environ = environ
        keys = Keys(environ.get("FUNCTION_KEY", ""), environ.get("FUNCTION_MASTER_KEY", ""))
        self._http = HttpTriggers(
            functions,
            self._invocations,
            keys,
            route_prefix=settings.route_prefix,
            manual_argument=manual_argument,
        )
        self._queues = [self._queue(one, settings) for one in functions if one.kind == "queueTrigger"]
        self._timers = [TimerTrigger(one, self._invocations) for one in functions if one.kind == "timerTrigger"]
        self._runner: web.ServerRunner | None = None
        self._listening: list[asyncio.Task[None]] = []

    async def start(self, port: int) -> int:
        """Serve on 127.0.0.1; port 0 takes a free one. Returns the port."""
        self._runner = self._http.runner()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024).start()
        self._listening = [
            *(asyncio.create_task(queue.run()) for queue in self._queues),
            *(asyncio.create_task(timer.run()) for timer in self._timers),
        ]
        return int(self._runner.addresses[0][1])

    async def stop(self, patience: float) -> None:
        for task in self._listening:
            task.cancel()
        if self._runner is not None:
            for site in list(self._runner.sites):
                await site.stop()
        await self._invocations.drain(patience)
        for queue in self._queues:
            await queue.settle()
            await queue.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _queue(self, function: Function, settings: HostSettings) -> QueueTrigger:
        name = resolve(function.trigger["queueName"], self._environ).lower()
        setting = function.trigger.get("connection") or "AzureWebJobsStorage"
        connection = self._environ.get(setting) or self._environ.get("AzureWebJobs" + setting) or ""
        if not connection:
            raise ValueError(f"the app setting {setting} holds no connection string (needed by {function.name})")
        lease = float(self._environ.get("LOCAL_HOST_LEASE_SECONDS") or 30)
        return open_trigger(function, self._invocations, connection, name, settings.queues, lease)


def manual_argument(function: Function, text: str) -> object:
    """What ``POST /admin/functions/NAME`` gives to a function that nothing triggered."""
    return TimerRequest(past_due=False) if function.kind == "timerTrigger" else QueueMessage(id="manual", body=text)


async def serve(functions: list[Function], settings: HostSettings, port: int, environ: Mapping[str, str]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    host = Host(functions, settings, environ)
    ready_on = await host.start(port)
    served = {"httpTrigger", "queueTrigger", "timerTrigger"}
    for function in functions:
        if function.kind not in served:
            log.warning("host.trigger_not_served", extra={"function": function.name, "trigger": function.kind})
    if not environ.get("FUNCTION_KEY"):
        log.warning("host.no_function_key")
    log.info("host.ready", extra={"port": ready_on, "functions": len(functions)})
    await stopping.wait()
    log.info("host.stopping")
    await host.stop(float(environ.get("LOCAL_HOST_DRAIN_SECONDS") or 10))
    log.info("host.stopped")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="Stand-in for the Azure Functions host.")
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--app", type=Path, default=Path.cwd(), help="directory with function_app.py and host.json")
    options = parser.parse_args(arguments)
    start_logging()
    try:
        functions = load_app(options.app)
        settings = read_host_json(options.app / "host.json")
    except Exception:
        log.exception("host.app_cannot_be_imported", extra={"app": str(options.app)})
        return 3
    asyncio.run(serve(functions, settings, options.port, os.environ))
    return 0


if __name__ == "__main__":
    sys.exit(main())
