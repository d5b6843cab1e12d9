"""Run a rule on records with CluedIn's own SDK. Only in the sandbox's child: patterns and formulas are untrusted.

The only module that imports ``cluedin``, which brings ``requests`` along; neither reaches the worker.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
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

from shared.rules.entity import differences, entity_of, get_value, property_name, set_value
from shared.rules.parse import Node
from shared.rules.runnable import Checks, runnable
from shared.rules.steps import apply_step

ITEMS: Final = 100
"""Items of a preview; those counted are all."""
_FAULTS: Final = (ActionError, PowerFxError, re.error, ValueError, TypeError, KeyError, OverflowError)

_FUNCTIONS: Final = frozenset(map(str.lower, PowerFxRuntime.FUNCTIONS)) - {"loadentitybyentitycode"}
"""The one that is left out reads other records, which are not here."""
_STATEMENTS: Final = frozenset(map(str.lower, ExpressionActionRuntime.STATEMENTS))


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
        before = entity_of(record)
        after = copy.deepcopy(before)
        try:
            matched = bool(self._processor.matches(before))
            if matched:
                self._processor.apply(after)
                for step in self._steps:
                    apply_step(step, after, lambda condition: _build(condition).matches(before))
            found = differences(before, after)
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
    how = {"get_property_name": property_name, "get_value": get_value}
    return RuleProcessor(rule, evaluator_kwargs=how, set_value=set_value)


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
