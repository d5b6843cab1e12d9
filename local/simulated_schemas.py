"""The rules of strict structured outputs, and the service's words for breaking one.

Source: learn.microsoft.com, "How to use structured outputs with Azure OpenAI"; messages as quoted in public issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_PROPERTIES = 100
MAX_LEVELS = 5
LONG_ENUM = 250
LONG_ENUM_CHARACTERS = 7_500
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
# fmt: off
_FORBIDDEN = frozenset((
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains",
    "unevaluatedItems", "patternProperties", "unevaluatedProperties", "propertyNames", "minProperties",
    "maxProperties", "default", "oneOf", "allOf", "not", "if", "then", "else", "dependentRequired",
    "dependentSchemas", "prefixItems",
))
# fmt: on
_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


class SchemaBroken(Exception):
    """The message the service would answer."""


@dataclass
class _Counts:
    enum_limit: int
    properties: int = 0
    enum_values: int = 0
    visited: set[int] = field(default_factory=set)


def check_response_format(name: object, schema: object, enum_limit: int = 500) -> None:
    """Raises SchemaBroken."""
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise SchemaBroken("Invalid 'response_format.json_schema.name': string does not match pattern.")
    try:
        _check_root(schema, enum_limit)
    except SchemaBroken as broken:
        raise SchemaBroken(f"Invalid schema for response_format '{name}': {broken}") from None


def _check_root(schema: object, enum_limit: int) -> None:
    if not isinstance(schema, Mapping) or schema.get("type") != "object" or "anyOf" in schema:
        got = schema.get("type") if isinstance(schema, Mapping) else None
        raise SchemaBroken(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{got}\"'.")
    counts = _Counts(enum_limit)
    definitions = {**schema.get("$defs", {}), **schema.get("definitions", {})}
    for where, definition in definitions.items():
        _check(definition, ("$defs", where), 0, counts)
    _check(schema, (), 0, counts)
    if counts.properties > MAX_PROPERTIES:
        raise SchemaBroken(f"the schema has {counts.properties} properties; at most {MAX_PROPERTIES} are allowed.")
    if counts.enum_values > counts.enum_limit:
        raise SchemaBroken(f"the schema has {counts.enum_values} enum values; at most {counts.enum_limit} are allowed.")


def _check(schema: Any, where: tuple[str, ...], level: int, counts: _Counts) -> None:
    if not isinstance(schema, Mapping):
        raise _broken(where, "schema must be an object.")
    for word in schema:
        if word in _FORBIDDEN:
            raise _broken(where, f"'{word}' is not permitted.")
    if "$ref" in schema:
        return
    if not ({"type", "enum", "const", "anyOf"} & schema.keys()):
        raise _broken(where, "schema must have a 'type' key.")
    _check_enum(schema, where, counts)
    if "object" in _types(schema, where):
        level += 1
        _check_object(schema, where, level, counts)
    if "array" in _types(schema, where) and "items" not in schema:
        raise _broken(where, "array schema missing items.")
    for part, inner in _inner(schema):
        _check(inner, where + part, level, counts)


def _check_object(schema: Mapping[str, Any], where: tuple[str, ...], level: int, counts: _Counts) -> None:
    if level > MAX_LEVELS:
        raise _broken(where, f"more than {MAX_LEVELS} levels of nesting are not permitted.")
    if schema.get("additionalProperties") is not False:
        raise _broken(where, "'additionalProperties' is required to be supplied and to be false.")
    names, required = list(schema.get("properties", {})), schema.get("required", [])
    counts.properties += len(names)
    missing = [name for name in names if name not in required]
    if missing or len(required) != len(names):
        word = f"Missing '{missing[0]}'." if missing else "Extra required key supplied."
        rule = "'required' is required to be supplied and to be an array including every key in properties."
        raise _broken(where, f"{rule} {word}")


def _check_enum(schema: Mapping[str, Any], where: tuple[str, ...], counts: _Counts) -> None:
    values = schema.get("enum", [])
    if "enum" in schema and not values:
        raise _broken(where, "enum must not be empty.")
    counts.enum_values += len(values)
    length = sum(len(value) for value in values if isinstance(value, str))
    if len(values) > LONG_ENUM and length > LONG_ENUM_CHARACTERS:
        raise _broken(where, f"enum of {len(values)} values has {length} characters; {LONG_ENUM_CHARACTERS} allowed.")


def _types(schema: Mapping[str, Any], where: tuple[str, ...]) -> list[str]:
    given = schema.get("type", [])
    types = [given] if isinstance(given, str) else list(given)
    for one in types:
        if one not in _TYPES:
            raise _broken(where, f"'{one}' is not a valid type.")
    return types


def _inner(schema: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in schema.get("properties", {}).items():
        yield ("properties", name), inner
    if "items" in schema:
        yield ("items",), schema["items"]
    for number, inner in enumerate(schema.get("anyOf", [])):
        yield ("anyOf", str(number)), inner


def _broken(where: tuple[str, ...], message: str) -> SchemaBroken:
    return SchemaBroken(f"In context={where!r}, {message}")
