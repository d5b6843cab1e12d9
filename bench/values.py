"""1,000 distinct records, an input of some 15 tokens each: the product's prompts of many records against one call each.

Both meet the same simulated deployment: 200,000 tokens and 1,200 requests a minute (what Azure gives with each other),
0.5 s to begin, 10 ms a token. One call per record is sent as an enricher would: the same task, a strict schema, 16 at a
time, with the SDK's own retries, and in two ways: without a token limit, and with the tightest one. Answers are a pure
function of each record's inputs, so both must be the same. Then one record in 20 that the content filter blocks, and
records of which only one in a hundred is distinct.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from typing import Any

from bench.stack import Stack, quiet_end, running_stack

RECORDS = int(os.environ.get("RECORDS") or 1_000)
TOKENS = int(os.environ.get("TOKENS_PER_MINUTE") or 200_000)
EQUAL = 100_000
TASK = (
    "You help to keep an organization's master data in order. Read the description of the business in "
    "{Vocabulary:organization.about} and decide to which industry it belongs, as a steward would: look at what it "
    "sells and to whom, not at how it calls itself; a shop that sells what others make is Retail, whoever makes it; a "
    "company that makes and sells is Manufacturing; anything with patients is Health; anything that is mainly a "
    "service by people with a degree is Services; where two fit, take the one most of its people work in. Write the "
    "industry to {output:Vocabulary:organization.industry} in its short form, without any explanation, and never "
    "invent an industry that is not in common use. Companies of the public sector count by what they do, not by who "
    "owns them. A holding counts as the largest of the companies that it holds. A closed company as what it was."
)
BAR_THROUGHPUT, BAR_TOKENS = 10.0, 0.2


def run() -> dict[str, object]:
    with running_stack() as stack:
        os.environ.update(stack.app_settings())
        return asyncio.run(_run(stack))


async def _run(stack: Stack) -> dict[str, object]:
    quiet_end()
    quota = {"tokensPerMinute": TOKENS, "requestsPerMinute": TOKENS * 6 // 1_000, "windowSeconds": 10}
    speed = {"latencySeconds": 0.5, "secondsPerOutputToken": 0.01, "faults": []}
    stack.tell(quota=quota, **speed)
    ours, answers = await _ours(stack, [_about(number) for number in range(RECORDS)])
    stack.tell(quota=quota, **speed)
    single, alone = await _single(stack, max_tokens=16)
    stack.tell(quota=quota, **speed)
    unlimited, _ = await _single(stack, max_tokens=None)
    tokens = ours["tokens"] / single["tokens"]
    faster, much_faster = single["seconds"] / ours["seconds"], unlimited["seconds"] / ours["seconds"]
    poisoned, equal = await _poisoned(stack), await _equal(stack)
    good = answers == alone and tokens <= BAR_TOKENS and much_faster >= BAR_THROUGHPUT
    return {
        "reached": good and poisoned["reached"] and equal["reached"],
        "records": RECORDS,
        "throughput_ratio": {"no_token_limit": round(much_faster, 1), "tightest_limit": round(faster, 1)},
        "token_ratio": round(tokens, 3),
        "same_answers": answers == alone,
        "ours": ours,
        "one_call_each": {"no_token_limit": unlimited, "tightest_limit": single},
        "poisoned": poisoned,
        "equal": equal,
    }


async def _ours(stack: Stack, abouts: list[str]) -> tuple[dict[str, Any], list[str | None]]:
    from functions.values import values_desk
    from shared.values.models import ValuesRequest
    from shared.values.run import run_values

    records = [{"id": str(n), "properties": {"organization.about": about}} for n, about in enumerate(abouts)]
    request = ValuesRequest.model_validate({"prompt": TASK, "mode": "Set", "records": records})
    started = time.monotonic()
    values = await run_values(values_desk(), stack.organization, request, "bench")
    usage = values.usage
    found = [result.outputs.get("organization.industry") for result in values.results]
    return {
        "seconds": round(time.monotonic() - started, 1),
        "calls": usage.prompts,
        "tokens": usage.prompt_tokens + usage.completion_tokens,
        "failed": values.summary.failed,
    }, found


async def _single(stack: Stack, max_tokens: int | None) -> tuple[dict[str, Any], list[str | None]]:
    from openai import AsyncOpenAI, RateLimitError

    made, gate = stack.deployment, asyncio.Semaphore(16)
    tokens = calls = 0
    schema = {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"]}},
        "required": ["a"],
        "additionalProperties": False,
    }
    shape: Any = {"type": "json_schema", "json_schema": {"name": "value", "strict": True, "schema": schema}}
    limit: dict[str, Any] = {} if max_tokens is None else {"max_tokens": max_tokens}
    async with AsyncOpenAI(
        base_url=made["baseUrl"].rstrip("/") + "/openai/v1/", api_key=made["apiKey"], max_retries=8
    ) as sdk:

        async def one(number: int) -> str | None:
            nonlocal tokens, calls
            messages: Any = [
                {"role": "system", "content": TASK},
                {"role": "user", "content": json.dumps([_about(number)])},
            ]
            async with gate:
                while True:
                    try:
                        reply = await sdk.chat.completions.create(
                            model=made["deploymentName"], messages=messages, response_format=shape, **limit
                        )
                        break
                    except RateLimitError:
                        continue
            assert reply.usage
            tokens += reply.usage.total_tokens
            calls += 1
            return json.loads(reply.choices[0].message.content or "{}").get("a")

        started = time.monotonic()
        found = await asyncio.gather(*(one(number) for number in range(RECORDS)))
        return {"seconds": round(time.monotonic() - started, 1), "calls": calls, "tokens": tokens}, list(found)


async def _poisoned(stack: Stack) -> dict[str, Any]:
    """Twenty records, one of them blocked, at each of the twenty places."""
    most, good = 0, True
    for place in range(20):
        mark = f"poison {place}"
        stack.tell(latencySeconds=0, secondsPerOutputToken=0, quota={}, faults=[_filter(mark)])
        abouts = [mark if number == place else f"{_about(number)} {place}" for number in range(20)]
        found, answers = await _ours(stack, abouts)
        most = max(most, found["calls"] - 1)
        good = good and sum(answer is not None for answer in answers) == 19 and found["failed"] == 1
    return {"reached": good and most <= 2 * math.log2(20), "most_extra_calls": most, "allowed": 2 * math.log2(20)}


async def _equal(stack: Stack) -> dict[str, Any]:
    """100,000 records, 1% distinct, 1,000 a request; answers byte-equal to those of the distinct ones alone."""
    stack.tell(latencySeconds=0, secondsPerOutputToken=0, quota={}, faults=[])
    distinct = [f"equal {number}" for number in range(10)]
    calls = wrong = 0
    for first in range(0, EQUAL, 1_000):
        some = [f"{about} of {first}" for about in distinct]
        _, expected = await _ours(stack, some)
        found, answers = await _ours(stack, some * 100)
        calls += found["calls"]
        wrong += answers != expected * 100
    return {"reached": wrong == 0 and calls <= EQUAL * 0.01 / 10, "calls": calls, "allowed": EQUAL * 0.01 / 10}


def _filter(mark: str) -> dict[str, object]:
    return {"kind": "content_filter", "match": {"contains": mark}}


def _about(number: int) -> str:
    kinds = ("bakes bread", "repairs bicycles", "writes software", "rents out cranes", "runs a clinic")
    return f"Company {number:04d} {kinds[number % 5]} for customers in region {number * 7919 % 1000}"


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
