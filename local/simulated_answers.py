"""Answers made from the JSON schema alone. Never used for an accuracy figure: nothing here reads what was asked.

The same schema always gets the same answer. Among the values of an enum (and the branches of an anyOf) the one with
the lowest hash of (path of property names, value) is taken, so that the order in which values or candidates are offered
changes nothing. Each element of an array gets its own path, so they differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_DEEPEST = 12


def answer(schema: Mapping[str, Any], array_items: int = 1) -> object:
    """A value that fits the schema (strict rules assumed)."""
    return _value(schema, schema, "", array_items, 0)


def _value(schema: Mapping[str, Any], root: Mapping[str, Any], path: str, items: int, depth: int) -> object:
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return min(schema["enum"], key=lambda value: _hash(path, value))
    if "anyOf" in schema:
        return _value(_branch(schema["anyOf"], root, path, depth), root, path, items, depth + 1)
    kind = _kind(schema.get("type", "object"), path, depth)
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _value(inner, root, f"{path}/{name}", items, depth + 1) for name, inner in properties.items()}
    if kind == "array":
        count = items if depth < _DEEPEST else 0
        return [_value(schema["items"], root, f"{path}/{n}", items, depth + 1) for n in range(count)]
    return _scalar(kind, path)


def _scalar(kind: str, path: str) -> object:
    number = _hash(path, kind)
    if kind == "string":
        return f"simulated {path.rpartition('/')[2] or 'text'}"
    if kind == "number":
        return (number % 101) / 100
    if kind == "integer":
        return number % 10
    return None if kind == "null" else bool(number % 2)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].lstrip("#").strip("/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")] if part else found
        schema = found
    return schema


def _branch(branches: list[Mapping[str, Any]], root: Mapping[str, Any], path: str, depth: int) -> Mapping[str, Any]:
    """Deep down the plainest branch ends a schema that refers to itself."""
    if depth >= _DEEPEST:
        plain = [one for one in branches if _resolved(one, root).get("type") not in ("object", "array")]
        branches = plain or branches
    return min(branches, key=lambda one: _hash(path, _resolved(one, root)))


def _kind(given: str | list[str], path: str, depth: int) -> str:
    if isinstance(given, str):
        return given
    kinds = [one for one in given if one not in ("object", "array")] if depth >= _DEEPEST else given
    return min(kinds or given, key=lambda one: _hash(path, one))


def _hash(path: str, value: object) -> int:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return int.from_bytes(hashlib.blake2b(f"{path}\0{text}".encode(), digest_size=8).digest(), "big")
