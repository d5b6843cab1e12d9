"""Throughput of 500 prompts in flight in one worker, 2 s each, over the ideal: 250 a second.

The gateway runs in this process, on the stack's stand-ins; 500 callers ask without a pause. Counted are the answers of
12 s, after 14 s to get going: all 500 start in one moment, open 500 connections, and then spread out. The bare SDK does
the same first, which shows what its own HTTP client allows on this machine.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench import prompts
from bench.stack import Stack, quiet_end, running_stack

CALLERS, SECONDS = 500, 2.0
GETTING_GOING, COUNTED = 14.0, 12.0
BAR = 0.95


def run() -> dict[str, object]:
    with running_stack() as stack:
        os.environ.update(stack.app_settings())
        return asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> dict[str, object]:
    from shared.wiring import services

    quiet_end()
    gateway = services().gateway

    async def ask() -> None:
        await gateway.ask(prompts.caller(stack.organization, 120), prompts.prompt())

    stack.tell(latencySeconds=SECONDS)
    bare = await _bare(stack)
    stack.tell(latencySeconds=SECONDS)
    ratio = await _share_of_ideal(ask)
    return {
        "ratio": round(ratio, 3),
        "bar": BAR,
        "reached": ratio >= BAR,
        "bare_sdk": round(bare, 3),
        "most_in_flight": (await asyncio.to_thread(stack.log))["mostInFlight"],
        "callers": CALLERS,
    }


async def _bare(stack: Stack) -> float:
    from openai import AsyncOpenAI

    made = stack.deployment
    base_url = made["baseUrl"].rstrip("/") + "/openai/v1/"
    async with AsyncOpenAI(base_url=base_url, api_key=made["apiKey"], max_retries=0) as sdk:

        async def ask() -> None:
            arguments: Any = prompts.sdk_arguments(made["deploymentName"])
            await sdk.chat.completions.create(**arguments)

        return await _share_of_ideal(ask)


async def _share_of_ideal(ask: Callable[[], Awaitable[None]]) -> float:
    finished: list[float] = []

    async def one_caller() -> None:
        while True:
            await ask()
            finished.append(time.perf_counter())

    callers = [asyncio.create_task(one_caller()) for _ in range(CALLERS)]
    start = time.perf_counter() + GETTING_GOING
    done, _ = await asyncio.wait(callers, timeout=GETTING_GOING + COUNTED, return_when=asyncio.FIRST_EXCEPTION)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    for caller in done:
        caller.result()  # a caller only ends by an error: say which
    counted = sum(start <= moment < start + COUNTED for moment in finished)
    return counted / (CALLERS / SECONDS * COUNTED)
