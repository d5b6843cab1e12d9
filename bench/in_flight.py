"""Throughput of 500 prompts in flight in one worker, 2 s each, over the ideal: 250 a second.

The gateway runs in this process, on the stack's stand-ins; 500 callers each ask three times in a row. The bare SDK does
the same first, which shows what the machine can do at most.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench import prompts
from bench.stack import Stack, running_stack

CALLERS, ROUNDS, SECONDS = 500, 3, 2.0
BAR = 0.95


def run() -> dict[str, object]:
    with running_stack() as stack:
        os.environ.update(stack.app_settings())
        return asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> dict[str, object]:
    from shared.wiring import services

    gateway = services().gateway
    await gateway.ask(prompts.caller(stack.organization, 60), prompts.prompt())

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
        "most_in_flight": stack.log()["mostInFlight"],
        "prompts": CALLERS * ROUNDS,
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
    async def one_caller() -> None:
        for _ in range(ROUNDS):
            await ask()

    started = time.perf_counter()
    await asyncio.gather(*(one_caller() for _ in range(CALLERS)))
    return ROUNDS * SECONDS / (time.perf_counter() - started)
