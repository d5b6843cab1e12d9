"""A model's answer → a draft. Slips of form are put right here: what is meant is plain, and asking again costs.

Nothing is added that the answer does not say; what is still wrong afterwards ``check_draft`` tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from shared.mapping.words import words
from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.actions import OVERWRITING, TAGGING, key_arguments
from shared.rules.draft import Action, ChildRule, Condition, Draft, Group, Match, Scope, Test
from shared.rules.form import Reply
from shared.rules.meant import as_meant
from shared.rules.operators import BY_NAME as OPERATORS
from shared.rules.prompt import arguments_of, key_argument
from shared.rules.slips import date_format, ordered, split

_MOST: Final = 200
"""Members of a list that are looked at."""
_NEGATIVE: Final = ("notEquals", "notContains", "notBeginsWith", "notEndsWith", "notMatchesPattern")
_ALL: Final = (
    "all", "every", "any", "each", "alle", "tous", "tout", "todos", "tutti", "wszystk", "все", "所有", "すべて",
)  # fmt: skip
"""How "all records" begins."""
EQUALITY: Final = ("equals", "notEquals")
"""Operators that may be given an empty text: it stands for no value."""


def understand(reply: Reply, *, name: str | None, scope: Scope | None) -> Draft:
    """Whatever the answer holds; never raises."""
    actions = _actions(reply.get("actions"))
    branches = [_branch(each, number) for number, each in enumerate(_objects(reply.get("branches")), 1)]
    rules = _told_apart([*([ChildRule(_label(actions), actions)] if actions else []), *branches])
    everything = [action for rule in rules for action in rule.actions]
    return Draft(
        name=(name or _line(reply.get("name")) or "Rule")[:200],
        scope=scope or _scope(everything),
        condition=_joined(reply),
        rules=rules,
        description=_line(reply.get("explanation"))[:500] or None,
    )


def _told_apart(rules: list[ChildRule]) -> tuple[ChildRule, ...]:
    """Those that do something, each with a name of its own."""
    seen: Counter[str] = Counter()
    named: list[ChildRule] = []
    for rule in rules:
        if rule.actions:
            seen[rule.name] += 1
            number = seen[rule.name]
            named.append(rule if number == 1 else replace(rule, name=f"{rule.name} ({number})"))
    return tuple(named)


def _branch(node: Mapping[str, object], number: int) -> ChildRule:
    actions = _actions(node.get("actions"))
    return ChildRule(_label(actions) or f"Branch {number}", actions, _joined(node))


def _joined(node: Mapping[str, object]) -> Group:
    """Its own tests and its groups, each of them one part."""
    parts: list[Condition] = _tests([node.get("test")]) + _tests(node.get("tests"))
    for group in _objects(node.get("groups")):
        inner = _tests(group.get("tests"))
        parts += [Group(_match(group), tuple(inner))] if len(inner) > 1 else inner
    if len(parts) == 1 and isinstance(parts[0], Group):
        return as_meant(parts[0])
    match = _match(node) if len(parts) > 1 else "all"
    return as_meant(Group(match, tuple(dict.fromkeys(parts))))


def _match(node: Mapping[str, object]) -> Match:
    return "any" if node.get("match") == "any" else "all"


def tested(draft: Draft) -> bool:
    """Whether it has any condition."""
    return bool(draft.condition.parts) or any(rule.condition.parts for rule in draft.rules)


def without_tests(reply: Reply, draft: Draft) -> str | None:
    """The records an answer names and does not test for, where it does."""
    named = _line(reply.get("which"))
    if tested(draft) or len(named) < 4 or named.casefold().startswith(_ALL) or names_what_it_mends(reply, draft):
        return None
    return named


def names_what_it_mends(reply: Reply, draft: Draft) -> bool:
    """Whether an answer's ``which`` is but a key whose values are mended: "last name" says which values, not which
    records. Not where values are overwritten: "colour" may stand for "where there is no colour"."""
    named = set(words(_line(reply.get("which"))))
    return any(set(words(key.rpartition(".")[2])) <= named <= set(words(key)) for key in _mended(draft))


def _mended(draft: Draft) -> set[str]:
    known = [(action, kind) for action in draft.actions if (kind := ACTIONS.get(action.name))]
    if any(kind.name in OVERWRITING for _, kind in known):
        return set()
    return {key for action, kind in known for each in key_arguments(kind) if (key := action.get(each))}


def _tests(value: object) -> list[Condition]:
    return list(dict.fromkeys(_test(each) for each in _objects(value)))


def _test(node: Mapping[str, object]) -> Condition:
    field, operator = _line(node.get("key")), _line(node.get("operator"))
    given = node.get("values")
    listed = given[:_MOST] if isinstance(given, list) else [] if given is None else [given]
    values = [text for each in listed if (text := _text(each)) or operator in EQUALITY]
    if operator in EQUALITY and values == [""]:
        return Test(field, "isEmpty" if operator == "equals" else "isNotEmpty")
    if operator in ("in", "notIn") and "" in listed:
        empty = Test(field, "isEmpty" if operator == "in" else "isNotEmpty")
        rest = Test(field, operator, tuple(split(values)))
        return Group("any" if operator == "in" else "all", (rest, empty)) if values else empty
    known = OPERATORS.get(operator)
    if known is None or known.takes == "none":
        return Test(field, operator)
    if known.kind == "ordered":
        return Test(field, operator, tuple(ordered(values, known.takes == "two")))
    if known.takes == "many":
        return Test(field, operator, tuple(split(values)))
    if len(values) > 1:
        return _several(field, operator, values)
    return Test(field, operator, tuple(values))


def _several(field: str, operator: str, values: Iterable[str]) -> Condition:
    """One operator with several values means any of them, or none of them."""
    if operator in EQUALITY:
        return Test(field, "in" if operator == "equals" else "notIn", tuple(values))
    parts = tuple(Test(field, operator, (value,)) for value in values)
    return Group("all" if operator in _NEGATIVE else "any", parts)


def _actions(value: object) -> tuple[Action, ...]:
    return tuple(dict.fromkeys(_action(each) for each in _objects(value)))


def _action(node: Mapping[str, object]) -> Action:
    name = _line(node.get("do"))
    kind = ACTIONS.get(name)
    takes = (*kind.needs, *kind.may) if kind else ()
    given = {key_argument(name): _line(node.get("key"))}
    given |= _given(name, _text(node.get("value")), _text(node.get("with")))
    if name == "normalizeDate":
        given["format"] = date_format(given["format"])
        told = (each.strip() for each in given["from"].split("|"))
        given["from"] = "|".join(date_format(each) for each in told if each != "from")
    if name == "roundNumber":
        given["digits"] = "".join(re.findall(r"\d", given["digits"])[:1])
    return Action(name, tuple((each, given[each]) for each in takes if given.get(each)))


def _given(name: str, value: str, other: str) -> dict[str, str]:
    """The one argument that an action needs may stand in the field of the other."""
    first, second = arguments_of(name)
    if first and second:
        return {first: value, second: other}
    argument = first or second
    own, stray = (value, other) if first else (other, value)
    needed = name in ACTIONS and argument in ACTIONS[name].needs
    return {argument: own or (stray if needed else "")} if argument else {}


def _scope(actions: list[Action]) -> Scope:
    """What changes values belongs to incoming records; what only tags to golden ones; who wins to survivorship."""
    if any(ACTIONS[action.name].scopes == ("Survivorship",) for action in actions if action.name in ACTIONS):
        return "Survivorship"
    return "Entity" if actions and all(action.name in TAGGING for action in actions) else "DataPart"


def _label(actions: tuple[Action, ...]) -> str:
    return ", ".join(dict.fromkeys(ACTIONS[each.name].called for each in actions if each.name in ACTIONS))[:100]


def _objects(value: object) -> list[Mapping[str, object]]:
    return [each for each in value[:_MOST] if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    """A value as it is written, without half a surrogate pair."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-8", "ignore").decode()


def _line(value: object) -> str:
    return " ".join(_text(value).split())
