"""Answers to prompts that list records: each a pure function of that record's inputs and of nothing else.

So a record is answered alike alone and among others, and whatever ties an answer to the wrong record shows. Nothing
here knows what is asked for: an enum's value or a word is picked by a hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from local.simulated_chat import Chat

_LINE = re.compile(r"(?:(?P<id>[\w-]{1,20}) )?(?P<inputs>\[.*\])")


def records_answer(chat: Chat) -> dict[str, object] | None:
    """The answer, None where the prompt lists no records.

    Many records: lines ``id [inputs]`` and a schema of ``answers``, an array of objects with an ``id``. One record: a
    line ``[inputs]`` and a schema of its outputs."""
    schema = _schema(chat)
    lines = [_LINE.fullmatch(line) for line in _last(chat).splitlines()]
    found = [(line["id"], line["inputs"]) for line in lines if line]
    if not found or len(found) != len(lines):
        return None
    items = schema.get("properties", {}).get("answers", {}).get("items", {}).get("properties", {})
    if "id" in items and all(name for name, _ in found):
        outputs = {name: shape for name, shape in items.items() if name != "id"}
        return {"answers": [{"id": name, **_values(inputs, outputs)} for name, inputs in found]}
    if len(found) == 1 and found[0][0] is None:
        return _values(found[0][1], schema.get("properties", {}))
    return None


def _values(inputs: str, outputs: Mapping[str, Any]) -> dict[str, object]:
    return {name: _value(inputs, name, shape) for name, shape in outputs.items()}


def _value(inputs: str, name: str, shape: Mapping[str, Any]) -> object:
    number = hashlib.blake2b(f"{name}\0{inputs}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    if "enum" in shape:
        return sorted(map(str, filter(None, shape["enum"])))[int(number, 16) % len([*filter(None, shape["enum"])])]
    return f"word {number[:6]}"


def _schema(chat: Chat) -> Mapping[str, Any]:
    given = chat.body.get("response_format")
    described = given.get("json_schema") if isinstance(given, dict) else None
    schema = described.get("schema") if isinstance(described, dict) else None
    return schema if isinstance(schema, dict) else {}


def _last(chat: Chat) -> str:
    content = chat.body["messages"][-1]["content"]
    return content if isinstance(content, str) else ""
