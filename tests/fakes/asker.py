"""A deployment that answers from the schema it is given, without the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shared.errors import ProductError
from shared.gateway.records import Answer, Caller, Prompt, Reply, Usage

Answerer = Callable[[Prompt[Any]], object]
"""A prompt → decoded JSON, or an exception to raise."""


def first_option(prompt: Prompt[Any]) -> object:
    """The first value each enum offers; a word for free text."""
    properties: dict[str, dict[str, Any]] = prompt.schema["properties"]  # type: ignore[assignment]
    return {
        name: shape["enum"][0] if "enum" in shape else f"word{n}" for n, (name, shape) in enumerate(properties.items())
    }


def no_option(prompt: Prompt[Any]) -> object:
    """The last value of each enum, which means that no key fits."""
    properties: dict[str, dict[str, Any]] = prompt.schema["properties"]  # type: ignore[assignment]
    return {
        name: shape["enum"][-1] if "enum" in shape else f"word{n}" for n, (name, shape) in enumerate(properties.items())
    }


class FakeAsker:
    def __init__(self, answerer: Answerer = first_option, refusal: ProductError | None = None) -> None:
        self.answerer = answerer
        self.refusal = refusal
        self.prompts: list[Prompt[Any]] = []
        self.required: list[Caller] = []
        self.cancelled = 0
        self.in_flight = 0
        self.most_in_flight = 0

    async def require(self, caller: Caller) -> None:
        self.required.append(caller)
        if self.refusal is not None:
            raise self.refusal

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        self.prompts.append(prompt)
        attempt = f"{caller.mapping_id}-{len(self.prompts)}"
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            decoded = self.answerer(prompt)
            if asyncio.iscoroutine(decoded):
                decoded = await decoded
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1
        if isinstance(decoded, ProductError):
            decoded.attempt_ids = (attempt,)
            decoded.usage = Usage(prompts=1, prompt_tokens=10, cost=Decimal(0))
            raise decoded
        usage = Usage(prompts=1, prompt_tokens=100, completion_tokens=20, cost=Decimal("0.001"))
        return Reply(prompt.parse(decoded), (attempt,), "fake-model", usage)
