"""A deployment that answers value prompts from each record's inputs alone, and misbehaves as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from shared.gateway.records import Prompt

Rule = Callable[[list[str]], list[object]]
"""A record's inputs → its outputs."""


def records_of(prompt: Prompt[Any]) -> dict[str, list[str]]:
    """Id → inputs, as a model would read them."""
    lines = prompt.messages[-1].content.splitlines()
    return {line.split(" ", 1)[0]: json.loads(line.split(" ", 1)[1]) for line in lines}


def answers(prompt: Prompt[Any], rule: Rule) -> dict[str, object]:
    """The whole reply: every record answered once."""
    items: list[dict[str, object]] = []
    for name, inputs in records_of(prompt).items():
        values = dict(zip("abcdefghijklmnopqrst", rule(inputs), strict=False))
        items.append({"id": name, **values})
    return {"answers": items}


def upper(inputs: list[str]) -> list[object]:
    return [inputs[0].upper()]
