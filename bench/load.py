"""Requests at a fixed rate, whatever the answers do, and the percentiles of how long they took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float


async def at_rate(send: Callable[[], Awaitable[None]], per_second: float, count: int) -> Latency:
    """Start one request every ``1 / per_second`` seconds; a request is timed from when it was due."""
    started = time.perf_counter()

    async def one(number: int) -> float:
        due = started + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await send()
        return (time.perf_counter() - due) * 1_000

    took = sorted(await asyncio.gather(*(one(number) for number in range(count))))
    return Latency(took[len(took) // 2], took[int(len(took) * 0.95)])
