"""Records made from a draft itself, where none are given: one that should match, and for each test one that should not.

So no rule is offered that was not run. Their values are made from the rule's own; where none can be made (a pattern
nothing simple fits) the check says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.actions import key_arguments
from shared.rules.draft import PROPERTIES, Condition, Draft, Formula, Group, Test, conditions, tests
from shared.rules.operators import BY_NAME as OPERATORS
from shared.rules.pattern_example import example
from shared.rules.powerfx import keys_of, places_of
from shared.rules.value_types import value_type

MOST: Final = 12
Values = dict[str, str | None]


def made_up_records(draft: Draft) -> list[dict[str, object]]:
    """At most MOST, ids ``made-up-1`` and so on, first those that should match."""
    base: Values = dict.fromkeys(_keys(draft), "Example")
    made: list[Values] = [base | held for held in _ways(draft)]
    for test in list(dict.fromkeys(tests(draft.condition)))[:MOST]:
        for value in (_failing(test), None):
            made += [{**made[0], test.field: value}]
    said = [key for each in conditions(draft) for key in _formula_keys(each)]
    said += [key for action in draft.actions for key in keys_of(action.get("formula"))]
    formulas = list(dict.fromkeys(said))
    made += [{**made[0], key: value} for key in formulas[:3] for value in (None, "12", "KG")]
    unique = list({tuple(sorted(each.items())): each for each in made}.values())
    return [_record(number, each) for number, each in enumerate(unique[:MOST], 1)]


def _record(number: int, values: Values) -> dict[str, object]:
    properties = {key: value for key, value in values.items() if key not in PROPERTIES}
    return {
        "id": f"made-up-{number}",
        "businessDomain": values.get("businessDomain"),
        "name": values.get("name"),
        "properties": properties,
        "tags": [],
    }


def _keys(draft: Draft) -> Iterator[str]:
    for condition in conditions(draft):
        yield from (test.field for test in tests(condition))
        yield from _formula_keys(condition)
    for action in draft.actions:
        kind = ACTIONS[action.name]
        yield from (action.get(each) for each in key_arguments(kind) if action.get(each))
        yield from places_of(action.get("template"))
        yield from keys_of(action.get("formula"))


def _formula_keys(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Formula):
        yield from keys_of(condition.text)
    elif isinstance(condition, Group):
        for part in condition.parts:
            yield from _formula_keys(part)


def _ways(draft: Draft) -> Iterator[Values]:
    """Values with which the rule's condition should hold, and each child rule's too."""
    held = _holding(draft.condition)
    yield held
    for part in draft.condition.parts:
        if isinstance(part, Group) and part.match == "any":
            yield from (held | _holding(each) for each in part.parts[:4])
    for rule in draft.rules:
        if rule.condition.parts:
            yield held | _holding(rule.condition)


def _holding(condition: Condition) -> Values:
    if isinstance(condition, Test):
        return {condition.field: _passing(condition)}
    held: Values = {}
    if isinstance(condition, Group):
        parts = condition.parts if condition.match == "all" else condition.parts[:1]
        for part in parts:
            held |= _holding(part)
    return held


def _passing(test: Test) -> str | None:
    first = test.values[0] if test.values else ""
    last = test.values[-1] if test.values else ""
    made: dict[str, str | None] = {
        "equals": first, "in": first, "contains": f"x{first}x", "beginsWith": f"{first}x", "endsWith": f"x{first}",
        "isEmpty": None, "isNull": None, "doesNotExist": None, "isTrue": "true", "isTrueToo": "true",
        "isFalse": "false", "isNotTrue": "false", "matchesPattern": example(first),
        "greaterOrEqual": first, "lessOrEqual": first, "between": first,
    }  # fmt: skip
    if test.operator in made:
        return made[test.operator]
    if test.operator in ("greater", "notBetween"):
        return _moved(test, last, 1)
    return _moved(test, first, -1) if test.operator == "less" else "Other"


def _failing(test: Test) -> str | None:
    first = test.values[0] if test.values else ""
    last = test.values[-1] if test.values else ""
    made: dict[str, str | None] = {
        "notEquals": first, "notIn": first, "notContains": f"x{first}x", "notBeginsWith": f"{first}x",
        "notMatchesPattern": example(first), "notEndsWith": f"x{first}",
        "isEmpty": "Other", "isNull": "Other", "doesNotExist": "Other", "isTrue": "false",
        "isTrueToo": "false", "isFalse": "true", "isNotTrue": "true", "greater": first, "less": first,
        "notBetween": first, "isNotEmpty": "", "exists": None, "isNotNull": None,
    }  # fmt: skip
    if test.operator in made:
        return made[test.operator]
    if test.operator in ("lessOrEqual", "between"):
        return _moved(test, last, 1)
    return _moved(test, first, -1) if test.operator == "greaterOrEqual" else "Other"


def _moved(test: Test, value: str, step: int) -> str:
    """A value a little more or less."""
    kind = value_type(test) if test.operator in OPERATORS else "text"
    try:
        if kind == "date":
            return (date.fromisoformat(value.strip()[:10]) + timedelta(days=step)).isoformat()
        if kind in ("number", "whole"):
            return f"{float(value) + step:g}" if abs(float(value)) < 100_000 else str(int(float(value)) + step)
    except (ValueError, OverflowError):
        return value
    return f"{value}x" if step > 0 else ""
