"""What a draft says against what was asked and offered: slips that only show there, put right without asking again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared.rules import powerfx
from shared.rules.answered import as_answered, changed
from shared.rules.compile import is_date, is_number
from shared.rules.draft import EVERYTHING, Action, Draft, Test, tests
from shared.rules.figures import numbers, years
from shared.rules.models import AnswerIn
from shared.rules.offer import Offer
from shared.rules.prompt import Reply

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_FIRST: Final = "01-01"
_LAST: Final = "12-31"
_DAYS: Final = {
    "less": (_FIRST,), "greaterOrEqual": (_FIRST,), "greater": (_LAST,), "lessOrEqual": (_LAST,),
    "between": (_FIRST, _LAST), "notBetween": (_FIRST, _LAST),
}  # fmt: skip
"""The days of a year that comparisons with it mean."""
_YEAR: Final = re.compile(r"[12]\d{3}")
_EVERY: Final = frozenset({"all", "all records", "alle", "tous", "todos", "tutti"})


def put_right(
    draft: Draft, reply: Reply, words: str, offered: Sequence[Offer], answers: Sequence[AnswerIn] = ()
) -> Draft:
    """``words``: the prompt and the answers to questions."""
    types = {offer.key: offer.data_type for offer in offered}
    draft = as_answered(draft, answers, tuple(types))
    return _ungrounded(_years(_truths(_combined(draft, tuple(types)), types), types), reply, words)


def _truths(draft: Draft, types: Mapping[str, str]) -> Draft:
    """``newsletter equals false`` is Is False where the key is a Boolean: no value is no yes."""

    def change(test: Test) -> Test:
        said = test.values[0].casefold() if len(test.values) == 1 else ""
        if types.get(test.field) != "Boolean" or test.operator not in ("equals", "notEquals"):
            return test
        if said not in _TRUE | _FALSE:
            return test
        return Test(test.field, "isTrue" if (said in _TRUE) == (test.operator == "equals") else "isFalse")

    return changed(draft, change)


def _years(draft: Draft, types: Mapping[str, str]) -> Draft:
    """``before 2020`` is before its first day where the key is a date, ``after 2020`` after its last."""

    def change(test: Test) -> Test:
        days = _DAYS.get(test.operator)
        if not days or types.get(test.field) != "DateTime" or not all(map(_YEAR.fullmatch, test.values)):
            return test
        return replace(test, values=tuple(f"{year}-{day}" for year, day in zip(test.values, days, strict=False)))

    return changed(draft, change)


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
    """An answer that says "all" and yet tests for values nobody spoke of has them from the samples."""
    if str(reply.get("which") or "").strip().casefold() not in _EVERY:
        return draft
    said = words.casefold()
    tested = list(tests(draft.condition))
    figures, days = set(numbers(words)), years(words)

    def spoken(value: str) -> bool:
        """As it is written, as another way to write the same number, or as a day of a year that was named."""
        if value.casefold() in said or (is_number(value) and abs(float(value)) in figures):
            return True
        return is_date(value) and int(value.strip()[:4]) in days

    known = any(not test.values or any(map(spoken, test.values)) for test in tested)
    return draft if known or not tested else replace(draft, condition=EVERYTHING)
