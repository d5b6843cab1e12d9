"""A deployment that answers value prompts from each record's inputs alone, and misbehaves as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shared.errors import AnswerCutOff
from shared.gateway.records import Answer, Caller, Prompt, Reply
from tests.fakes.asker import FakeAsker

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


class WordyAsker(FakeAsker):
    """A model that writes what the rule says until it may not write more, at four characters a token."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(self._written)
        self._rule = rule

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        reply = await super().ask(caller, prompt)
        tokens = len(json.dumps(answers(prompt, self._rule))) // 4
        return replace(reply, usage=replace(reply.usage, completion_tokens=tokens))

    def _written(self, prompt: Prompt[Any]) -> object:
        whole = answers(prompt, self._rule)
        text, most = json.dumps(whole), 4 * prompt.max_output_tokens
        return whole if len(text) <= most else AnswerCutOff("cut", text=text[:most])


def upper(inputs: list[str]) -> list[object]:
    return [inputs[0].upper()]
