"""JSON as it comes, and reading in it."""

from __future__ import annotations

import json
from typing import cast

JsonValue = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
JsonObject = dict[str, JsonValue]


def read_object(content: bytes) -> JsonObject | None:
    """None for what is no JSON object."""
    try:
        found = cast(JsonValue, json.loads(content))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def at(value: JsonValue, path: str) -> JsonValue:
    """The member at ``path``, its parts joined by dots; None where there is none."""
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def items_of(value: JsonValue, path: str = "items") -> list[JsonObject]:
    """The objects of the list at ``path``; none where it is no list."""
    found = at(value, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text_at(value: JsonValue, path: str) -> str | None:
    found = at(value, path)
    return found if isinstance(found, str) else None
