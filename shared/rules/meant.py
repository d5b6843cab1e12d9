"""Tests of one key joined so that they never or always hold, joined as they are meant.

``country is DE and country is FR`` holds for no record, ``is not DE or is not FR`` for all: the other is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.rules.draft import Condition, Group, Match, Test

_ONE_OF: Final = ("equals", "in", "isEmpty")
_NONE_OF: Final = ("notEquals", "notIn", "isNotEmpty")


def as_meant(group: Group) -> Group:
    parts = tuple(as_meant(part) if isinstance(part, Group) else part for part in group.parts)
    kinds = _ONE_OF if group.match == "all" else _NONE_OF
    other: Match = "any" if group.match == "all" else "all"
    made: list[Condition] = []
    for part in parts:
        rivals = _rivals(part, parts, kinds)
        joined = _joined(rivals, other) if rivals else part
        made += [joined] if joined not in made else []
    if len(made) == 1 and isinstance(made[0], Group):
        return made[0]
    return Group(group.match if len(made) > 1 else "all", tuple(made))


def _rivals(part: Condition, parts: Sequence[Condition], kinds: Sequence[str]) -> list[Test]:
    """All tests of the part's key, where no two of them speak of the same value; none where it is the only one."""
    if not isinstance(part, Test) or part.operator not in kinds:
        return []
    tests = [each for each in parts if isinstance(each, Test) and each.field == part.field and each.operator in kinds]
    values = [value.casefold() for each in tests for value in each.values or ("",)]
    return tests if len(tests) > 1 and len(set(values)) == len(values) else []


def _joined(tests: Sequence[Test], match: Match) -> Condition:
    said = [each for each in tests if each.values]
    values = tuple(value for each in said for value in each.values)
    whole = Test(tests[0].field, "in" if match == "any" else "notIn", values)
    empty = [each for each in tests if not each.values]
    return Group(match, (whole if len(values) > 1 else said[0], *empty)) if empty else whole
