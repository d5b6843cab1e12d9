"""A deployment that answers from the schema it is given, without the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from shared.errors import ProductError
from shared.gateway.records import Answer, Caller, Prompt, Reply, Usage
from shared.mapping.words import words

Answerer = Callable[[Prompt[Any]], object]
"""A prompt → decoded JSON, or an exception to raise."""


def options(prompt: Prompt[Any]) -> dict[str, list[str] | None]:
    """Property → the values its enum offers, its own or one it refers to; None for free text."""
    schema: Any = prompt.schema
    shared: dict[str, Any] = schema.get("$defs", {})
    shapes = {
        name: shared.get(shape.get("$ref", "").split("/")[-1], shape) for name, shape in schema["properties"].items()
    }
    return {name: shape.get("enum") for name, shape in shapes.items()}


def likeliest_option(prompt: Prompt[Any]) -> object:
    """Of each enum the value that is spelt most like the property, but not the last; a word for free text."""
    return {
        name: f"word{n}" if offered is None else _like(name.partition("_")[2], offered[:-1] or offered)
        for n, (name, offered) in enumerate(options(prompt).items())
    }


def no_option(prompt: Prompt[Any]) -> object:
    """The last value of each enum, which means that no key fits."""
    return {
        name: f"word{n}" if offered is None else offered[-1]
        for n, (name, offered) in enumerate(options(prompt).items())
    }


def _like(slug: str, offered: list[str]) -> str:
    said = " ".join(words(slug))
    return max(offered, key=lambda label: fuzz.WRatio(said, " ".join(words(label))))


class FakeAsker:
    def __init__(self, answerer: Answerer = likeliest_option, refusal: ProductError | None = None) -> None:
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
