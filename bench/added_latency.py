"""What an HTTP function with one prompt through the gateway takes longer than the bare SDK call.

added = (function with one prompt) - (function that does nothing, same host) - (bare SDK call), p50 and p95 of each, at
50 requests a second; the three are measured in turn, five times, and the medians of the five differences are printed.
The simulated deployment takes 100 ms. The gateway is the real one on the real stand-ins: flag table and queues in
Azurite, secrets from the vault, attempt and outcome rows in SQLite, all before or after each call.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from typing import Any

from bench import prompts
from bench.host import running_host
from bench.load import Latency, at_rate
from bench.stack import Stack, running_stack

RUNS, RATE, COUNT = 5, 50, 250
BAR_P50, BAR_P95 = 10.0, 25.0
_APP = Path(__file__).parent / "hosted"


def run() -> dict[str, object]:
    with running_stack() as stack, running_host(stack, _APP, BENCH_ORGANIZATION=stack.organization) as host:
        stack.tell(latencySeconds=0.1)
        runs = asyncio.run(_measure(stack, host.url))
    p50 = median(prompt.p50 - nothing.p50 - bare.p50 for prompt, nothing, bare in runs)
    p95 = median(prompt.p95 - nothing.p95 - bare.p95 for prompt, nothing, bare in runs)
    shown = [[[round(one.p50, 1), round(one.p95, 1)] for one in three] for three in runs]
    return {
        "added_p50_ms": round(p50, 1),
        "added_p95_ms": round(p95, 1),
        "bar_ms": [BAR_P50, BAR_P95],
        "reached": p50 <= BAR_P50 and p95 <= BAR_P95,
        "ratio": round(median(prompt.p50 / bare.p50 for prompt, _, bare in runs), 3),
        "runs_prompt_nothing_bare_p50_p95": shown,
    }


async def _measure(stack: Stack, url: str) -> list[tuple[Latency, Latency, Latency]]:
    import aiohttp
    from openai import AsyncOpenAI

    made = stack.deployment
    base_url = made["baseUrl"].rstrip("/") + "/openai/v1/"
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
        AsyncOpenAI(base_url=base_url, api_key=made["apiKey"], max_retries=0) as sdk,
    ):

        async def post(route: str) -> None:
            async with http.post(f"{url}/api/{route}") as answer:
                answer.raise_for_status()
                await answer.read()

        async def bare() -> None:
            arguments: Any = prompts.sdk_arguments(made["deploymentName"])
            await sdk.chat.completions.create(**arguments)

        async def all_three(count: int) -> tuple[Latency, Latency, Latency]:
            return (
                await at_rate(lambda: post("prompt"), RATE, count),
                await at_rate(lambda: post("nothing"), RATE, count),
                await at_rate(bare, RATE, count),
            )

        await all_three(RATE)
        return [await all_three(COUNT) for _ in range(RUNS)]
