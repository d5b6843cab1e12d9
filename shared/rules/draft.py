"""A rule in our own small language: fields, operators and actions by name. No ids, no types of CluedIn's.

A model writes one, a person can read one, ``compile`` makes CluedIn's rule of it and ``parse`` reads one back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

Scope = Literal["DataPart", "Entity", "Survivorship"]
Match = Literal["all", "any"]
ValueType = Literal["text", "number", "whole", "date", "moment", "truth"]
"""How values are compared: ``date`` by day (a Power Fx formula), ``moment`` as CluedIn's own datetime; ``whole`` as its
integer, which only rules read from CluedIn have."""

BUSINESS_DOMAIN: Final = "businessDomain"
NAME: Final = "name"
PROPERTIES: Final = (BUSINESS_DOMAIN, NAME)
"""Fields that are no vocabulary keys: properties of the record itself."""


@dataclass(frozen=True)
class Test:
    """One condition. ``field``: a vocabulary key, or one of PROPERTIES."""

    field: str
    operator: str
    values: tuple[str, ...] = ()
    type: ValueType | None = None
    """None: by the operator and the values."""

    __test__ = False  # no test class of pytest's


@dataclass(frozen=True)
class Formula:
    """A condition in Power Fx."""

    text: str


@dataclass(frozen=True)
class Group:
    match: Match
    parts: tuple[Condition, ...] = ()


Condition = Test | Formula | Group
EVERYTHING: Final = Group("all")
"""No condition at all."""


@dataclass(frozen=True)
class Action:
    """What is done, by name (see ``actions``), with its arguments by name."""

    name: str
    arguments: tuple[tuple[str, str], ...] = ()

    def get(self, argument: str) -> str:
        """An argument's value; empty where it is not given."""
        return dict(self.arguments).get(argument, "")


@dataclass(frozen=True)
class ChildRule:
    """Actions, and what must hold for them beyond the rule's own condition."""

    name: str
    actions: tuple[Action, ...]
    condition: Group = EVERYTHING


@dataclass(frozen=True)
class Draft:
    name: str
    scope: Scope
    condition: Group
    rules: tuple[ChildRule, ...]
    description: str | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for rule in self.rules for action in rule.actions)


def tests(condition: Condition) -> Iterator[Test]:
    """Every test of a condition tree, in order."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Group):
        for part in condition.parts:
            yield from tests(part)


def conditions(draft: Draft) -> Iterator[Condition]:
    """The rule's condition and those of its child rules."""
    yield draft.condition
    for rule in draft.rules:
        yield rule.condition


def with_actions(draft: Draft, change: Callable[[Action], Action]) -> Draft:
    """The draft with each of its actions changed."""
    rules = tuple(replace(rule, actions=tuple(map(change, rule.actions))) for rule in draft.rules)
    return replace(draft, rules=rules)


def changed(draft: Draft, change: Callable[[Test], Test]) -> Draft:
    """The draft with each of its tests changed."""

    def one(condition: Condition) -> Condition:
        if isinstance(condition, Group):
            return whole(condition)
        return change(condition) if isinstance(condition, Test) else condition

    def whole(group: Group) -> Group:
        return Group(group.match, tuple(map(one, group.parts)))

    rules = tuple(replace(rule, condition=whole(rule.condition)) for rule in draft.rules)
    return replace(draft, condition=whole(draft.condition), rules=rules)
