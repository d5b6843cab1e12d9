"""HTTP beside a backlog: what requests take while one worker also drains thousands of small drops, over what they take
alone.

Requests of engine ``auto`` and ``ai`` (20 rows, 5 fields) and one that no function answers, which shows how long the
event loop keeps anybody waiting; four of each a second. The deployment takes 0.2 to 0.4 s, so that the backlog is worth
as much processor as the worker has: real ones take longer, and then less is at work each second. Every drop must end
with exactly one result.

DROPS (5,000), LATENCY_SECONDS (0.2) and PATIENCE_SECONDS (1,500) by environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.host import RunningHost, running_host
from bench.small_drops import figures, receive, send
from bench.stack import Stack, running_stack

DROPS = int(os.environ.get("DROPS") or 5_000)
LATENCY_SECONDS = float(os.environ.get("LATENCY_SECONDS") or 0.2)
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS") or 1_500)
RATE = 4
"""Requests a second of each kind."""
ALONE_SECONDS = 20
LARGEST_RATIO = 3.0
"""Of the p50 of engine ``auto`` beside the backlog, over the one alone."""
_KEY = "bench"
_ROWS = [
    {"CustNo": f"C-{n:04}", "FName": f"Anna {n}", "E-mail": f"a{n}@example.com", "Town": "Aarhus", "Cntry": "DK"}
    for n in range(20)
]
_KEYS = [{"key": f"customer.{name}"} for name in ("number", "firstName", "email", "city", "country")]


def run() -> dict[str, object]:
    with running_stack(host=False) as stack:
        stack.tell(latencySeconds=LATENCY_SECONDS, jitterSeconds=0.2, keepBodies=True)
        with running_host(stack, FUNCTION_KEY=_KEY) as host:
            return asyncio.run(_measure(stack, host))


async def _measure(stack: Stack, host: RunningHost) -> dict[str, object]:
    await _window(stack, host, 5)
    before = host.processor_seconds()
    alone = await _window(stack, host, ALONE_SECONDS)
    idle = (host.processor_seconds() - before) / ALONE_SECONDS
    await asyncio.to_thread(send, stack, 1, DROPS)
    started, waiting = time.monotonic(), await asyncio.to_thread(_waiting, stack)
    before = host.processor_seconds()
    beside, told = await _drain(stack, host)
    seconds = time.monotonic() - started
    used = host.processor_seconds() - before - idle * seconds
    await asyncio.sleep(3)
    requests = await asyncio.to_thread(stack.log)
    found = figures(stack, 1, told, requests["requests"])
    ratio = beside["auto"]["p50"] / alone["auto"]["p50"]
    whole = found["results"] == found["rows_succeeded"] == DROPS and not found["doubled"]
    return {
        "drops": DROPS,
        "drops_a_second": round(waiting / seconds, 1),
        "processor_ms_a_drop": round(1_000 * used / max(1, waiting), 1),
        "alone": alone,
        "beside": beside,
        "ratio": round(ratio, 2),
        "bar": LARGEST_RATIO,
        "reached": whole and ratio <= LARGEST_RATIO,
        **found,
    }


async def _drain(stack: Stack, host: RunningHost) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Requests until every drop has been told of, at least."""
    told: list[dict[str, Any]] = []
    stop = asyncio.Event()
    load = asyncio.create_task(_window(stack, host, PATIENCE_SECONDS, stop))
    ends, last = time.monotonic() + PATIENCE_SECONDS, time.monotonic()
    while len({each["mappingId"] for each in told}) < DROPS and time.monotonic() < ends:
        told += await asyncio.to_thread(receive, stack, 1)
        if time.monotonic() - last > 20:
            last = time.monotonic()
            print(f"  {len(told)} drops", file=sys.stderr)
        await asyncio.sleep(0.1)
    stop.set()
    return await load, told


async def _window(stack: Stack, host: RunningHost, seconds: float, stop: asyncio.Event | None = None) -> dict[str, Any]:
    """p50 and p95 in ms of each kind of request, over so many seconds or until told to stop."""
    import aiohttp

    headers = {"x-functions-key": _KEY}
    url = f"{host.url}/api/organizations/{stack.organization}/mappings"
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers, timeout=aiohttp.ClientTimeout(230)) as http:

        async def post(engine: str) -> None:
            async with http.post(url, json=_request(engine)) as answer:
                body = await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{engine} answered {answer.status}: {body[:300]!r}")

        async def nothing() -> None:
            async with http.get(f"{host.url}/api/no-such-route") as answer:
                await answer.read()

        kinds = {"auto": lambda: post("auto"), "ai": lambda: post("ai"), "no_function": nothing}
        took = await asyncio.gather(*(_steadily(send, seconds, stop) for send in kinds.values()))
    return {kind: _percentiles(found) for kind, found in zip(kinds, took, strict=True)}


async def _steadily(send: Callable[[], Awaitable[None]], seconds: float, stop: asyncio.Event | None) -> list[float]:
    """Start one request every ``1 / RATE`` seconds, whatever the answers do; each is timed from when it was due."""
    started, sent = time.perf_counter(), []

    async def one(due: float) -> float:
        await send()
        return (time.perf_counter() - due) * 1_000

    while (due := started + len(sent) / RATE) < started + seconds and not (stop and stop.is_set()):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent.append(asyncio.create_task(one(due)))
    return list(await asyncio.gather(*sent))


def _percentiles(took: list[float]) -> dict[str, float]:
    found = sorted(took)
    return {
        "requests": len(found),
        "p50": round(found[len(found) // 2], 1),
        "p95": round(found[int(len(found) * 0.95)], 1),
        "p99": round(found[int(len(found) * 0.99)], 1),
    }


def _request(engine: str) -> dict[str, object]:
    vocabulary = {"name": "Customer", "keyPrefix": "customer", "keys": _KEYS}
    return {
        "dataSet": {"name": "crm-customer", "records": _ROWS},
        "vocabularies": [vocabulary],
        "options": {"engine": engine},
    }


def _waiting(stack: Stack) -> int:
    """How many drops are left on the queue."""
    from azure.storage.queue import QueueClient

    with QueueClient.from_connection_string(stack.described["storageConnectionString"], "data-drops") as queue:
        return int(queue.get_queue_properties().approximate_message_count or 0)


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
