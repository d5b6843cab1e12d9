"""Share of a token quota used while throttled: the gateway, and beside it the SDK with its own retries.

60 callers ask without a pause for a minute; the deployment allows 60,000 tokens a minute, a small part of what they
could use, watched in windows of 10 s and then of 1 s, the two ends of what the service is known to do. The share is the
tokens of the requests it let in over the tokens it allowed. Counted too: callers that got an error for an answer.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bench import prompts
from bench.stack import Stack, quiet_end, running_stack

CALLERS, TOKENS_PER_MINUTE, WINDOWS, SECONDS = 60, 60_000, (10, 1), 60.0
BAR = 0.95


@dataclass
class Outcome:
    share: float = 0.0
    answered: int = 0
    throttled: int = 0
    failed: int = 0
    """Callers that got an error for an answer."""


def run() -> dict[str, object]:
    with running_stack() as stack:
        os.environ.update(stack.app_settings())
        pairs = asyncio.run(_all(stack))
    worst = min(ours.share for ours, _ in pairs)
    return {
        "ratio": worst,
        "bar": BAR,
        "reached": worst >= BAR,
        "windows": [
            {"seconds": window, "gateway": vars(ours), "sdk_retries": vars(naive)}
            for window, (ours, naive) in zip(WINDOWS, pairs, strict=True)
        ],
    }


async def _all(stack: Stack) -> list[tuple[Outcome, Outcome]]:
    quiet_end()
    return [await _both(stack, window) for window in WINDOWS]


async def _both(stack: Stack, window: int) -> tuple[Outcome, Outcome]:
    from openai import AsyncOpenAI, RateLimitError

    from shared.errors import DeploymentThrottled
    from shared.wiring import services

    gateway, made = services().gateway, stack.deployment
    stack.tell(quota={})
    await gateway.ask(prompts.caller(stack.organization, 60), prompts.prompt())

    async def ask() -> None:
        await gateway.ask(prompts.caller(stack.organization, 60), prompts.prompt())

    ours = await _outcome(stack, window, ask, DeploymentThrottled)
    async with AsyncOpenAI(base_url=made["baseUrl"].rstrip("/") + "/openai/v1/", api_key=made["apiKey"]) as sdk:

        async def ask_sdk() -> None:
            arguments: Any = prompts.sdk_arguments(made["deploymentName"])
            await sdk.chat.completions.create(**arguments)

        return ours, await _outcome(stack, window, ask_sdk, RateLimitError)


async def _outcome(stack: Stack, window: int, ask: Callable[[], Awaitable[None]], error: type[Exception]) -> Outcome:
    quota = {"tokensPerMinute": TOKENS_PER_MINUTE, "windowSeconds": window}
    stack.tell(latencySeconds=0.5, quota=quota)
    outcome, ends = Outcome(), time.monotonic() + SECONDS - 0.1

    async def one_caller() -> None:
        while True:
            try:
                await ask()
            except error:
                outcome.failed += 1

    callers = [asyncio.create_task(one_caller()) for _ in range(CALLERS)]
    await asyncio.sleep(ends - time.monotonic())
    log = await asyncio.to_thread(stack.log)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    answered = [entry for entry in log["requests"] if entry["status"] in (200, None)]
    outcome.answered = len(answered)
    outcome.throttled = sum(entry["status"] == 429 for entry in log["requests"])
    tokens = sum(entry["promptTokens"] + entry["maxTokens"] for entry in answered)
    outcome.share = round(tokens / (TOKENS_PER_MINUTE * SECONDS / 60), 3)
    return outcome
