"""From records to questions: equal inputs are one question, and a record that cannot or need not be asked says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.records import PropertyValue, RecordIn, text_of
from shared.values.models import Cause, Mode
from shared.values.template import Template

LONGEST: Final = 8_000
"""Characters of one input that are sent."""

Inputs = tuple[str, ...]
"""One question: the values of the template's inputs, in its order."""


@dataclass(frozen=True)
class Asked:
    """A record that has a question. ``present``: what it holds now under the outputs' keys, folded; empty for none."""

    id: str
    inputs: Inputs
    present: Mapping[str, str]


@dataclass(frozen=True)
class NotAsked:
    id: str
    cause: Cause


def question_of(record: RecordIn, template: Template, mode: Mode) -> Asked | NotAsked:
    """What to ask about a record, or why not."""
    held = {key.casefold(): value for key, value in record.properties.items()}
    inputs = []
    for key in template.inputs:
        text = _text(held, key)
        if not text:
            return NotAsked(record.id, Cause(code="input_missing", detail=f"The record has no value for {key}."))
        inputs.append(text[:LONGEST])
    present = {key.casefold(): _text(held, key) for key in template.outputs}
    if mode == "Add" and all(present.values()):
        detail = "Every output has a value already, and Add never overwrites one."
        return NotAsked(record.id, Cause(code="nothing_to_add", detail=detail))
    return Asked(record.id, tuple(inputs), present)


def distinct(asked: Iterable[Asked | NotAsked]) -> tuple[Inputs, ...]:
    """Each question once, in the order of the first record that has it."""
    return tuple(dict.fromkeys(one.inputs for one in asked if isinstance(one, Asked)))


def _text(held: Mapping[str, PropertyValue], key: str) -> str:
    return text_of(held.get(key.casefold()))
