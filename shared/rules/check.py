"""What is wrong with a draft, in words that a model or a person can mend it by. Only what the SDK runs, only keys of
the catalogue, only what the scope allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from shared.rules import powerfx
from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.actions import key_arguments
from shared.rules.draft import PROPERTIES, Action, Condition, Draft, Formula, Group, Test
from shared.rules.figures import like_a_day
from shared.rules.operators import BY_NAME as OPERATORS
from shared.rules.operators import OURS
from shared.rules.value_types import is_date, is_number, value_type

MOST_PARTS: Final = 200
"""Conditions and actions of one rule."""
DEEPEST: Final = 8
LONGEST: Final = 4_000
_COUNTS: Final = {"none": (0, 0), "one": (1, 1), "two": (2, 2), "many": (1, 1_000)}


def check_draft(draft: Draft, keys: Collection[str] | None) -> list[str]:
    """Faults, none where the draft can be compiled. ``keys``: those of the catalogue; None: any will do."""
    return list(_faults(draft, keys))


def _faults(draft: Draft, keys: Collection[str] | None) -> Iterator[str]:
    parts = _count(draft.condition) + sum(_count(rule.condition) + len(rule.actions) for rule in draft.rules)
    if parts > MOST_PARTS:
        yield f"a rule has at most {MOST_PARTS} conditions and actions"
        return
    if not draft.actions:
        yield "the rule does nothing: it needs an action"
    for condition in (draft.condition, *(rule.condition for rule in draft.rules)):
        yield from _condition(condition, keys, 0)
    for action in draft.actions:
        yield from _action(action, draft, keys)


def _count(condition: Condition) -> int:
    return sum(map(_count, condition.parts)) + 1 if isinstance(condition, Group) else 1


def _condition(condition: Condition, keys: Collection[str] | None, depth: int) -> Iterator[str]:
    if isinstance(condition, Group):
        if depth > DEEPEST:
            yield f"groups are nested more than {DEEPEST} deep"
            return
        if depth and condition.match == "any" and not condition.parts:
            yield "a group of alternatives has none"
        for part in condition.parts:
            yield from _condition(part, keys, depth + 1)
    elif isinstance(condition, Formula):
        yield from _formula(condition.text, keys)
    else:
        yield from _test(condition, keys)


def _test(test: Test, keys: Collection[str] | None) -> Iterator[str]:
    if test.field not in PROPERTIES and keys is not None and test.field not in keys:
        yield f"there is no key {test.field!r}"
    operator = OPERATORS.get(test.operator)
    if operator is None:
        if test.operator not in OURS:
            yield f"there is no operator {test.operator!r}"
        elif test.values:
            yield f"{test.operator} takes no values"
        return
    fewest, most = _COUNTS[operator.takes]
    if not fewest <= len(test.values) <= most:
        yield f"{test.operator} on {test.field} takes {operator.takes} value(s), not {len(test.values)}"
        return
    if any(len(value) > LONGEST or "\x00" in value for value in test.values):
        yield f"a value of {test.field} is too long, or holds a null character"
    if operator.kind == "ordered":
        yield from _ordered(test)
    elif operator.kind == "text" and any(not value for value in test.values) and "equal" not in test.operator.lower():
        yield f"{test.operator} on {test.field} needs a text that is not empty"


def _ordered(test: Test) -> Iterator[str]:
    kind = value_type(test)
    fits = {"number": is_number, "whole": is_number, "date": is_date}.get(kind, lambda value: bool(value))
    for value in test.values:
        if kind == "text" and like_a_day(value):
            yield f"{test.operator} on {test.field}: {value!r} is no day as yyyy-MM-dd"
        if not fits(value):
            yield f"{test.operator} on {test.field}: {value!r} is no {kind}"
    if test.operator in ("between", "notBetween") and kind in ("number", "whole") and all(map(fits, test.values)):
        low, high = map(float, test.values)
        if low > high:
            yield f"{test.operator} on {test.field}: {test.values[0]} is more than {test.values[1]}"


def _formula(text: str, keys: Collection[str] | None) -> Iterator[str]:
    if not text.strip() or len(text) > LONGEST:
        yield "a formula is empty or too long"
    if keys is not None:
        yield from (f"a formula names {key!r}, which is no key" for key in powerfx.keys_of(text) if key not in keys)


def _action(action: Action, draft: Draft, keys: Collection[str] | None) -> Iterator[str]:
    kind = ACTIONS.get(action.name)
    if kind is None:
        yield f"there is no action {action.name!r}"
        return
    if draft.scope not in kind.scopes:
        yield f"a rule of scope {draft.scope} cannot have the action {action.name}"
    yield from (f"{action.name} needs {name}" for name in kind.needs if not _given(action, name))
    known = {*kind.needs, *kind.may}
    yield from (f"{action.name} has no argument {name!r}" for name, _ in action.arguments if name not in known)
    if any(len(value) > LONGEST or "\x00" in value for _, value in action.arguments):
        yield f"an argument of {action.name} is too long, or holds a null character"
    for name in key_arguments(kind):
        if keys is not None and action.get(name) and action.get(name) not in keys:
            yield f"{action.name}: there is no key {action.get(name)!r}"
    yield from _particular(action, keys)


def _given(action: Action, argument: str) -> bool:
    """What is replaced may be white space."""
    return bool(action.get(argument) if argument == "old" else action.get(argument).strip())


def _particular(action: Action, keys: Collection[str] | None) -> Iterator[str]:
    if action.name in ("formula", "statements"):
        yield from _formula(action.get("formula"), keys)
    elif action.name == "combine":
        named = powerfx.places_of(action.get("template"))
        if not named:
            yield "combine needs a template with keys in braces"
        yield from (f"combine: there is no key {key!r}" for key in named if keys is not None and key not in keys)
    elif action.name == "roundNumber" and action.get("digits") not in ("", *"0123456789"):
        yield "roundNumber: digits is one digit"
    elif action.name == "normalizeDate":
        if action.get("format") and not powerfx.is_date_format(action.get("format")):
            yield f"normalizeDate: {action.get('format')!r} is not made of yyyy, MM and dd"
        formats = [each.strip() for each in action.get("from").split("|") if each.strip()]
        yield from (f"normalizeDate: {each!r} is not yyyy, MM and dd" for each in formats
                    if not powerfx.is_date_pattern(each))  # fmt: skip
    elif action.name in ("copyValue", "moveValue") and action.get("from") == action.get("to"):
        yield f"{action.name}: from and to are the same key"
