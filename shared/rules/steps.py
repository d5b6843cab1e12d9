"""Manual steps acted out on a record, so that they can be previewed though no rule can say them. In the child only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.rules.entity import Entity

PREVIEWED: Final = ("removeTag", "removeAllTags", "changeBusinessDomain", "evaluateRegex", "camelCase", "maskValue")


def apply_step(step: Mapping[str, Any], entity: Entity, holds: Callable[[Mapping[str, Any]], bool]) -> None:
    """``step``: action, arguments, and the child rule's ``condition`` as a rule of its own, or None."""
    condition = step.get("condition")
    if condition is None or holds(condition):
        _ACTED[step["action"]](entity, step["arguments"])


def _remove_tag(entity: Entity, given: Mapping[str, str]) -> None:
    entity["tags"] = [tag for tag in entity["tags"] if tag != given["tag"]]


def _remove_tags(entity: Entity, _given: Mapping[str, str]) -> None:
    entity["tags"] = []


def _domain(entity: Entity, given: Mapping[str, str]) -> None:
    entity["EntityType"] = given["value"] if given["value"].startswith("/") else f"/{given['value']}"


def _regex(entity: Entity, given: Mapping[str, str]) -> None:
    _write(entity, given["key"], lambda text: re.sub(given["pattern"], given.get("new", ""), text))


def _camel(entity: Entity, given: Mapping[str, str]) -> None:
    def camel(text: str) -> str:
        words = re.findall(r"[^\W_]+", text)
        return "".join(word.lower() if n == 0 else word[:1].upper() + word[1:].lower() for n, word in enumerate(words))

    _write(entity, given["key"], camel)


def _mask(entity: Entity, given: Mapping[str, str]) -> None:
    _write(entity, given["key"], lambda text: "*" * len(text))


def _write(entity: Entity, key: str, change: Callable[[str], str]) -> None:
    value = entity["Properties"].get(key)
    if value is not None:
        entity["Properties"][key] = change(str(value))


_ACTED: Final[dict[str, Callable[[Entity, Mapping[str, str]], None]]] = {
    "removeTag": _remove_tag,
    "removeAllTags": _remove_tags,
    "changeBusinessDomain": _domain,
    "evaluateRegex": _regex,
    "camelCase": _camel,
    "maskValue": _mask,
}
