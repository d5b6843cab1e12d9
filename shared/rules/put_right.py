"""What a draft says against what was asked and offered: slips that only show there, put right without asking again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared.records import text_of
from shared.rules import powerfx
from shared.rules.answered import as_answered
from shared.rules.doubts import Asked
from shared.rules.draft import BUSINESS_DOMAIN, Action, Draft, Test, changed, with_actions
from shared.rules.form import Reply
from shared.rules.grounded import grounded
from shared.rules.prompt import NO_KEY
from shared.rules.understand import EQUALITY

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
_NULL: Final = "null"
_NOTHING: Final = frozenset({_NULL, NO_KEY})
"""What stands for no value, where a test for one should be."""
_NULL_QUOTED: Final = re.compile(r"""["'“„«‘]null["'”“»’]""", re.IGNORECASE)


def put_right(draft: Draft, reply: Reply, asked: Asked) -> Draft:
    types = {offer.key: offer.data_type for offer in asked.offered}
    draft = _combined(as_answered(draft, asked.answers, tuple(types)), tuple(types))
    return grounded(_years(_truths(_absent(draft, asked), types), types), reply, asked.said)


def normalised_domains(draft: Draft, domains: Iterable[str]) -> Draft:
    """Business domains as the catalogue writes them: ``Customers`` → ``/Customer``."""
    exact, known = set(domains), {_folded(each): each for each in reversed(tuple(domains))}

    def change(test: Test) -> Test:
        if test.field != BUSINESS_DOMAIN:
            return test
        return replace(
            test, values=tuple(value if value in exact else known.get(_folded(value), value) for value in test.values)
        )

    return changed(draft, change)


def _folded(domain: str) -> str:
    return domain.rpartition("/")[2].casefold().removesuffix("s")


def _truths(draft: Draft, types: Mapping[str, str]) -> Draft:
    """``newsletter equals false`` is Is False where the key is a Boolean: no value is no yes."""

    def change(test: Test) -> Test:
        said = test.values[0].casefold() if len(test.values) == 1 else ""
        if types.get(test.field) != "Boolean" or test.operator not in EQUALITY:
            return test
        if said not in _TRUE | _FALSE:
            return test
        return Test(test.field, "isTrue" if (said in _TRUE) == (test.operator == "equals") else "isFalse")

    return changed(draft, change)


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

    return with_actions(draft, change)


def _only(keys: Sequence[str]) -> dict[str, str]:
    """Names without prefix that one key alone has."""
    counts = Counter(map(_short, keys))
    return {_short(key): key for key in keys if counts[_short(key)] == 1}


def _short(key: str) -> str:
    return key.rpartition(".")[2]
