"""Run a rule on records with CluedIn's own SDK. Only in the sandbox's child: patterns and formulas are untrusted.

The only module that imports ``cluedin``, which brings ``requests`` along; neither reaches the worker.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from typing import Any, Final

from cluedin.rules.actions import (
    EXPRESSION_ACTION,
    ActionError,
    CompiledExpressionAction,
    ExpressionActionRuntime,
    default_get_action,
    get_action_properties,
)
from cluedin.rules.powerfx import Call, CompiledPowerFx, PowerFxError, PowerFxRuntime
from cluedin.rules.processor import RuleProcessor

from shared.rules.parse import field_name
from shared.rules.runnable import Checks, Node, runnable
from shared.rules.steps import apply_step

ITEMS: Final = 100
"""Items of a preview; those counted are all."""
LONGEST: Final = 4_000
"""Characters of a value that is shown."""
_PROPERTIES: Final = ("EntityType", "Name")
_SHOWN: Final = {"EntityType": "businessDomain", "Name": "name"}

_FAULTS: Final = (ActionError, PowerFxError, re.error, ValueError, TypeError, KeyError, OverflowError)

_FUNCTIONS: Final = frozenset(map(str.lower, PowerFxRuntime.FUNCTIONS)) - {"loadentitybyentitycode"}
"""The one that is left out reads other records, which are not here."""
_STATEMENTS: Final = frozenset(map(str.lower, ExpressionActionRuntime.STATEMENTS))

Entity = dict[str, Any]
"""A record as the SDK takes it: CluedIn's own shape, so that no vocabulary key can be mistaken for a property."""


def execute(rule: Node, records: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A preview (camelCase, as it travels), ``failures``: reason → records it failed on, ``matched``: their places.

    ``steps``: manual steps that are acted out on the records the rule matches, after its own actions."""
    able = runnable(rule, Checks(_formula_fault, _pattern_fault, _action_fault))
    run = _Run(able.rule, steps)
    for number, record in enumerate(records):
        run.one(number, record)
    return run.answer(len(records), able.unsupported)


class _Run:
    def __init__(self, rule: dict[str, Any] | None, steps: Sequence[Mapping[str, Any]]) -> None:
        self._processor = _build(rule) if rule is not None else None
        self._steps = steps
        self._matched: list[int] = []
        self._changed = 0
        self._touched = 0
        self._items: list[dict[str, Any]] = []
        self._failures: Counter[str] = Counter()

    def one(self, number: int, record: Mapping[str, Any]) -> None:
        if self._processor is None:
            return
        before = _entity(record)
        after = copy.deepcopy(before)
        try:
            matched = bool(self._processor.matches(before))
            if matched:
                self._processor.apply(after)
                for step in self._steps:
                    apply_step(step, after, lambda condition: _build(condition).matches(before))
            found = _differences(before, after)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:
            self._failures[_reason(error)] += 1
            return
        self._keep(number, record, matched, found)

    def _keep(self, number: int, record: Mapping[str, Any], matched: bool, found: dict[str, Any]) -> None:
        changed = any(found.values())
        self._matched += [number] * matched
        self._changed += changed
        if matched or changed:
            self._touched += 1
            if len(self._items) < ITEMS:
                self._items.append({"id": record["id"], "matched": matched, **found})

    def answer(self, records: int, unsupported: list[str]) -> dict[str, Any]:
        preview = {
            "records": records,
            "matched": len(self._matched),
            "changed": self._changed,
            "items": self._items,
            "unsupported": unsupported,
            "truncated": self._touched > len(self._items),
        }
        return {"preview": preview, "failures": dict(self._failures.most_common(5)), "matched": self._matched}


def _build(rule: Mapping[str, Any]) -> Any:
    how = {"get_property_name": _property_name, "get_value": _value}
    return RuleProcessor(rule, evaluator_kwargs=how, set_value=_set)


def _entity(record: Mapping[str, Any]) -> Entity:
    return {
        "Id": record["id"],
        "EntityType": record.get("businessDomain"),
        "Name": record.get("name"),
        "Properties": dict(record["properties"]),
        "tags": list(record.get("tags") or ()),
    }


def _property_name(field: str | None) -> str | None:
    """``Properties[x]`` → x. The SDK's own takes brackets out of the key too."""
    if field in _PROPERTIES:
        return f"\x00{field}"
    return field_name(field) or field


def _value(name: str | None, entity: Entity) -> Any:
    if name is not None and name.startswith("\x00"):
        return entity[name[1:]]
    return entity["Properties"].get(name)


def _set(key: str, value: Any, entity: Entity) -> None:
    if key in _PROPERTIES and key not in entity["Properties"]:
        entity[key] = value
    else:
        entity["Properties"][key] = value


def _differences(before: Entity, after: Entity) -> dict[str, Any]:
    return {
        "changes": [
            *(_change(_SHOWN[name], before[name], after[name]) for name in _PROPERTIES if before[name] != after[name]),
            *(
                _change(key, before["Properties"].get(key), value)
                for key, value in after["Properties"].items()
                if _differs(before["Properties"].get(key), value)
            ),
        ],
        "tagsAdded": [tag for tag in after["tags"] if tag not in before["tags"]],
        "tagsRemoved": [tag for tag in before["tags"] if tag not in after["tags"]],
    }


def _differs(before: Any, after: Any) -> bool:
    """A number that was written as its own text has not changed."""
    return _shown(before) != _shown(after) and str(_shown(before)) != str(_shown(after))


def _change(key: str, before: Any, after: Any) -> dict[str, Any]:
    return {"key": key, "before": _shown(before), "after": _shown(after)}


def _shown(value: Any) -> Any:
    """As JSON: Power Fx has dates and lists too."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)[:LONGEST]


def _formula_fault(formula: str) -> str | None:
    return _fault(lambda: _check_functions([CompiledPowerFx(formula).ast], _FUNCTIONS))


def _check_functions(parsed: Iterable[object], known: frozenset[str]) -> None:
    """Raises PowerFxError for a function that cannot be called: the SDK says so only when a record comes to it, and
    inside IfError never."""
    nodes = list(parsed)
    while nodes:
        node = nodes.pop()
        if isinstance(node, Call) and node.name.lower() not in known:
            raise PowerFxError(f"Unsupported Power Fx function: {node.name}")
        if isinstance(node, tuple):
            nodes += node
        elif is_dataclass(node):
            nodes += vars(node).values()


def _pattern_fault(pattern: str) -> str | None:
    return _fault(lambda: re.compile(pattern, re.IGNORECASE))


def _action_fault(action: Node) -> str | None:
    """The type's name where the SDK does not know it, the reason where it is not put together rightly."""
    called = str(action.get("type") or "no type")
    fault = _fault(lambda: default_get_action(action))
    if fault is None and action.get("type") == EXPRESSION_ACTION:
        expression = str(get_action_properties(action)["Expression"])
        statements = CompiledExpressionAction(expression).statements
        fault = _fault(lambda: _check_functions(statements, _FUNCTIONS | _STATEMENTS))
    if fault is None:
        return None
    return called if fault.startswith("Unsupported rule action") else f"{called}: {fault}"


def _fault(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except (*_FAULTS, RecursionError) as error:
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    """One line, without the whole of a value; ``…`` where it was cut."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    line = " ".join((str(error) or type(error).__name__).split())
    return line if len(line) <= 200 else f"{line[:199]}…"
