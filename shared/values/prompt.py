"""One prompt for many records: task, outputs and schema first and always the same, the records last.

Each record goes under an id of its own, which the model must return with the answer. Ids are made from what is asked,
so that no cell can name another record's.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from shared.gateway.records import Message, Prompt
from shared.mapping.quoting import plain, quote
from shared.values.batches import MOST_ANSWERED
from shared.values.legal import FORMS
from shared.values.outputs import Output
from shared.values.questions import LONGEST, Inputs
from shared.values.template import Template

NAME: Final = "fill-values-v1"
_TEXT: Final = Path(__file__).parent.parent / "prompts" / f"{NAME}.txt"
_ENUM: Final = 400
"""Allowed values of a task up to this many stand in the schema too (a strict one may have 500 in all)."""
_LETTERS: Final = string.ascii_lowercase
_ROOM: Final[Mapping[str, int]] = {"Text": 80, "Json": 300, "Xml": 300, "Html": 300, "GeographyLocation": 60, "Uri": 60}
_OTHER_ROOM: Final = 24

Answers = tuple[tuple[str, Mapping[str, object]], ...]
"""Id and values by letter, as they came: nothing is checked yet."""


@dataclass(frozen=True)
class Form:
    """The part of the prompts of one task that never changes."""

    outputs: tuple[Output, ...]
    system: str
    schema: Mapping[str, object]
    room: int
    """Tokens one record's answer is expected to take at most."""

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(_LETTERS[: len(self.outputs)])

    @property
    def version(self) -> str:
        """Of everything that decides an answer beside the record: a digest."""
        return hashlib.sha256(f"{NAME}\n{self.system}\n{json.dumps(self.schema)}".encode()).hexdigest()


def form_of(template: Template, outputs: tuple[Output, ...]) -> Form:
    letters = tuple(_LETTERS[: len(outputs)])
    names = tuple(f"[{key}]" for key in template.inputs)
    parts = {
        "task": template.filled(names, tuple(f"[{letter}]" for letter in letters)).strip(),
        "outputs": "\n".join(map(_described, letters, outputs)),
        "inputs": ", ".join(names),
    }
    system = _text()
    for name, part in reversed(parts.items()):  # the task last: whatever it holds, nothing in it is replaced
        system = system.replace(f"{{{{{name}}}}}", part)
    listed = sum(len(output.allowed) + 1 for output in outputs) <= _ENUM
    types = {letter: _type(output, listed) for letter, output in zip(letters, outputs, strict=True)}
    return Form(outputs, system, _schema(types), 14 + sum(map(_room, outputs)))


def fill_prompt(form: Form, batch: Sequence[Inputs], room: int) -> tuple[Prompt[Answers], tuple[str, ...]]:
    """The prompt, and the id of each record of the batch. ``room``: tokens one record's answer may take."""
    ids = _ids(batch)
    lines = "\n".join(_line(name, inputs) for name, inputs in zip(ids, batch, strict=True))
    messages = (Message("system", form.system), Message("user", lines))
    return Prompt(NAME, messages, form.schema, _parse, 24 + min(room * len(batch), MOST_ANSWERED)), ids


def _line(name: str, inputs: Inputs) -> str:
    return f"{name} [{','.join(quote(text, LONGEST) for text in inputs)}]"


@lru_cache
def _text() -> str:
    return _TEXT.read_text(encoding="utf-8").strip()


def _described(letter: str, output: Output) -> str:
    parts = [f"{letter} = {plain(output.key, 200)}, type {output.data_type}"]
    if output.allowed:
        parts.append(f"one of {json.dumps(list(output.allowed), ensure_ascii=False)}")
    elif output.data_type in FORMS:
        parts.append(FORMS[output.data_type])
    if output.description:
        parts.append(plain(output.description, 300))
    return ": ".join((parts[0], "; ".join(parts[1:]))) if parts[1:] else parts[0]


def _type(output: Output, listed: bool) -> dict[str, object]:
    if output.allowed and listed:
        return {"type": ["string", "null"], "enum": [*output.allowed, None]}
    return {"type": ["string", "null"]}


def _schema(values: dict[str, dict[str, object]]) -> dict[str, object]:
    item = {
        "type": "object",
        "properties": {"id": {"type": "string"}, **values},
        "required": ["id", *values],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"answers": {"type": "array", "items": item}},
        "required": ["answers"],
        "additionalProperties": False,
    }


def _room(output: Output) -> int:
    if output.allowed:
        return 4 + max(len(value.encode()) for value in output.allowed) // 3
    return _ROOM.get(output.data_type, _OTHER_ROOM)


def _ids(batch: Sequence[Inputs]) -> tuple[str, ...]:
    """Letter, digit, letter: short for a model, and unknown to whoever wrote a cell."""
    digest = hashlib.sha256(json.dumps(batch).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    places = len(_LETTERS) * 10 * len(_LETTERS)
    step = 2 * (int.from_bytes(digest[8:12], "big") % 3000) + 1
    while step % 5 == 0 or step % 13 == 0:  # no factor in common with the places: no id comes twice
        step += 2
    return tuple(_id((number + step * place) % places) for place in range(len(batch)))


def _id(number: int) -> str:
    number, last = divmod(number, len(_LETTERS))
    first, middle = divmod(number, 10)
    return f"{_LETTERS[first]}{middle}{_LETTERS[last]}"


def _parse(decoded: object) -> Answers:
    """Raises ValueError when it is not the list that was asked for."""
    answers = decoded.get("answers") if isinstance(decoded, dict) else None
    if not isinstance(answers, list):
        raise ValueError("no list of answers")
    return tuple((answer["id"], answer) for answer in answers if is_answer(answer))


def is_answer(answer: object) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("id"), str)
