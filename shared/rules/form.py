"""The parts every prompt of the rules has: its text, the schema of its answer, the answer as an object."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

_PROMPTS: Final = Path(__file__).parent.parent / "prompts"

Schema = dict[str, object]
Reply = dict[str, object]
"""What a model answers, as it is decoded."""


@lru_cache
def prompt_text(name: str) -> str:
    return (_PROMPTS / f"{name}.txt").read_text(encoding="utf-8").strip()


def object_of(properties: Schema) -> Schema:
    """All of them required and no others, as strict structured outputs ask for."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def as_object(decoded: object) -> Reply:
    """Raises ValueError where it is none."""
    if not isinstance(decoded, dict):
        raise ValueError("the answer is not an object")
    return decoded
