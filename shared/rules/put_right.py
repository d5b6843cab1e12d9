"""What a draft says against what was asked and offered: slips that only show there, put right without asking again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared.records import text_of
from shared.rules import powerfx
from shared.rules.doubts import Asked
from shared.rules.draft import BUSINESS_DOMAIN, EVERYTHING, Action, Condition, Draft, Group, Test, tests
from shared.rules.prompt import NO_KEY, Reply
from shared.rules.understand import EQUALITY, names_what_it_mends

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_EVERY: Final = frozenset({"all", "all records", "alle", "tous", "todos", "tutti"})
_NULL: Final = "null"
_NOTHING: Final = frozenset({_NULL, NO_KEY})
"""What stands for no value, where a test for one should be."""
_NULL_QUOTED: Final = re.compile(r"""["'“„«‘]null["'”“»’]""", re.IGNORECASE)
_SHORT: Final = 2
"""Characters of a value that is found in other words by chance."""


def put_right(draft: Draft, reply: Reply, asked: Asked) -> Draft:
    types = {offer.key: offer.data_type for offer in asked.offered}
    draft = _truths(_absent(_combined(draft, tuple(types)), asked), types)
    return _ungrounded(draft, reply, asked.said)


def normalised_domains(draft: Draft, domains: Iterable[str]) -> Draft:
    """Business domains as the catalogue writes them: ``Customers`` → ``/Customer``."""
    known = {_folded(each): each for each in domains}

    def change(test: Test) -> Test:
        if test.field != BUSINESS_DOMAIN:
            return test
        return replace(test, values=tuple(known.get(_folded(value), value) for value in test.values))

    return _changed(draft, change)


def _folded(domain: str) -> str:
    return domain.rpartition("/")[2].casefold().removesuffix("s")


def _changed(draft: Draft, change: Callable[[Test], Test]) -> Draft:
    """The draft with each of its tests changed."""

    def one(condition: Condition) -> Condition:
        if isinstance(condition, Group):
            return whole(condition)
        return change(condition) if isinstance(condition, Test) else condition

    def whole(group: Group) -> Group:
        return Group(group.match, tuple(map(one, group.parts)))

    rules = tuple(replace(rule, condition=whole(rule.condition)) for rule in draft.rules)
    return replace(draft, condition=whole(draft.condition), rules=rules)


def _truths(draft: Draft, types: Mapping[str, str]) -> Draft:
    """``newsletter equals false`` is Is False where the key is a Boolean: no value is no yes."""

    def change(test: Test) -> Test:
        said = test.values[0].casefold() if len(test.values) == 1 else ""
        if types.get(test.field) != "Boolean" or test.operator not in EQUALITY:
            return test
        if said not in _TRUE | _FALSE:
            return test
        return Test(test.field, "isTrue" if (said in _TRUE) == (test.operator == "equals") else "isFalse")

    return _changed(draft, change)


def _absent(draft: Draft, asked: Asked) -> Draft:
    """``endDate not equals null`` is Is Not Empty, unless that text is meant: quoted, or a value of the records."""
    quoted = _NULL_QUOTED.search(asked.said) is not None

    def written(key: str) -> bool:
        return quoted or any(text_of(record.properties.get(key)).casefold() == _NULL for record in asked.records)

    def change(test: Test) -> Test:
        said = test.values[0].casefold() if len(test.values) == 1 else ""
        if test.operator not in EQUALITY or said not in _NOTHING or (said == _NULL and written(test.field)):
            return test
        return Test(test.field, "isEmpty" if test.operator == "equals" else "isNotEmpty")

    return _changed(draft, change)


def _combined(draft: Draft, keys: Sequence[str]) -> Draft:
    """``setValue {customer.first} {c.last}`` is to combine these keys; one of them is meant where only its prefix is
    not the catalogue's."""
    named = {key: key for key in keys} | _only(keys)

    def change(action: Action) -> Action:
        text = action.get("template" if action.name == "combine" else "value")
        meant = {place: named.get(place) or named.get(_short(place)) for place in powerfx.places_of(text)}
        if action.name not in ("combine", "setValue") or not meant or not all(meant.values()):
            return action
        for place, key in meant.items():
            text = text.replace(f"{{{place}}}", f"{{{key}}}")
        return Action("combine", (("key", action.get("key")), ("template", text)))

    rules = tuple(replace(rule, actions=tuple(map(change, rule.actions))) for rule in draft.rules)
    return replace(draft, rules=rules)


def _only(keys: Sequence[str]) -> dict[str, str]:
    """Names without prefix that one key alone has."""
    counts = Counter(map(_short, keys))
    return {_short(key): key for key in keys if counts[_short(key)] == 1}


def _short(key: str) -> str:
    return key.rpartition(".")[2]


def _ungrounded(draft: Draft, reply: Reply, words: str) -> Draft:
    """An answer that means all records and yet tests for values nobody spoke of has them from the samples."""
    if str(reply.get("which") or "").strip().casefold() not in _EVERY and not names_what_it_mends(reply, draft):
        return draft
    tested = list(tests(draft.condition))
    spoken = any(not test.values or any(_spoken(value, words) for value in test.values) for test in tested)
    return draft if spoken or not tested else replace(draft, condition=EVERYTHING)


def _spoken(value: str, words: str) -> bool:
    """Whether a value stands in the words; a short one as a word of its own, in scripts that have words."""
    value, words = value.casefold(), words.casefold()
    if len(value) > _SHORT or not value.isascii():
        return value in words
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", words) is not None
