"""How a case is written: plain words, the draft they mean, and what must come of it, worked out apart from the product.

``holds`` and the effects are plain Python on a record's values: neither compiled, nor run by CluedIn's SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.rules.data import KEYS, RECORDS, VERSION_KEYS, VERSIONS, Properties
from shared.rules.draft import Action, ChildRule, Condition, Draft, Group, Scope, Test

Value = str | int | float | bool | None
Holds = Callable[["Row"], bool]
Effect = Callable[["Row"], Value]


class Row:
    """A record's values by short key; ``row.country``. Absent is None."""

    def __init__(self, values: Properties) -> None:
        self._values = values

    def __getattr__(self, key: str) -> Value:
        return self._values.get(key)


def low(value: Value) -> str:
    """Lower case; absent is empty."""
    return "" if value is None else str(value).lower()


def no(value: Value) -> bool:
    """Absent, null or white space."""
    return value is None or not str(value).strip()


def num(value: Value) -> float:
    """Not a number is NaN, which is neither more nor less than anything."""
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def yes(value: Value) -> bool:
    return low(value) in ("true", "1")


def day(value: Value) -> str:
    """An ISO day, to compare as text; what is none is empty."""
    text = str(value or "")
    return text if len(text) == 10 and text[4] == text[7] == "-" else ""


@dataclass(frozen=True)
class Then:
    """An effect on the records a case matches, or on those of them for which ``only`` holds."""

    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    sets: Mapping[str, Effect] = field(default_factory=dict)
    only: Holds = lambda row: True


@dataclass(frozen=True)
class Case:
    name: str
    language: str
    words: str
    about: str
    """The vocabulary: customer, product, employee or party."""
    draft: Draft
    holds: Holds
    then: tuple[Then, ...]

    @property
    def records(self) -> list[dict[str, object]]:
        if self.about == "party":
            return [_record(each, name, "party", values) for each, name, values in VERSIONS]
        return [_record(each, None, self.about, values) for each, values in RECORDS[self.about].items()]

    @property
    def keys(self) -> list[str]:
        known = VERSION_KEYS if self.about == "party" else KEYS[self.about]
        return [f"{self.about}.{key}" for key in known]

    @property
    def vocabulary(self) -> dict[str, object]:
        known = VERSION_KEYS if self.about == "party" else KEYS[self.about]
        keys = [{"key": f"{self.about}.{key}", "dataType": kind} for key, kind in known.items()]
        return {"name": self.about.title(), "keyPrefix": self.about, "businessDomain": f"/{self.about.title()}",
                "keys": keys}  # fmt: skip

    def expected(self) -> dict[int, dict[str, object]]:
        """Place of each record that must match → its changes (key → after), tags added and removed."""
        found: dict[int, dict[str, object]] = {}
        for place, record in enumerate(self.records):
            row = _row(record)
            if self.holds(row):
                found[place] = self._effects(row)
        return found

    def _named(self, key: str) -> str:
        return key if key == "businessDomain" else f"{self.about}.{key}"

    def _effects(self, row: Row) -> dict[str, object]:
        changes: dict[str, Value] = {}
        tags: list[str] = []
        untags: list[str] = []
        for then in self.then:
            if then.only(row):
                tags += then.tags
                untags += then.untags
                changes |= {self._named(key): made(row) for key, made in then.sets.items()}
        differ = {key: after for key, after in changes.items() if _differs(getattr(row, key.split(".")[-1]), after)}
        return {"changes": differ, "tagsAdded": sorted(set(tags)), "tagsRemoved": sorted(set(untags))}


def _differs(before: Value, after: Value) -> bool:
    return before != after and str(before) != str(after)


def _row(record: Mapping[str, object]) -> Row:
    properties = record["properties"]
    assert isinstance(properties, dict)
    return Row({key.split(".")[1]: value for key, value in properties.items()})


def _record(identifier: str, name: str | None, about: str, values: Properties) -> dict[str, object]:
    properties = {f"{about}.{key}": value for key, value in values.items()}
    tags = ["Old"] if identifier in ("c7", "p6") else []
    return {"id": identifier, "name": name, "properties": properties, "tags": tags}


_ABOUT: Final = ["customer"]
CASES: Final[list[Case]] = []


def about(vocabulary: str) -> None:
    """What the cases that follow are about."""
    _ABOUT[0] = vocabulary


def t(key: str, operator: str, *values: object) -> Test:
    return Test(f"{_ABOUT[0]}.{key}", operator, tuple(str(value) for value in values))


def both(*parts: Condition) -> Group:
    return Group("all", parts)


def either(*parts: Condition) -> Group:
    return Group("any", parts)


def do(name: str, **given: str) -> Action:
    """Argument ``frm`` is from; keys get the vocabulary's prefix."""
    named = {"frm": "from"}
    made = {named.get(key, key): value for key, value in given.items()}
    for key in ("key", "to", "dateKey") + (("from",) if name in ("copyValue", "moveValue") else ()):
        if key in made:
            made[key] = f"{_ABOUT[0]}.{made[key]}"
    if name == "combine":
        made["template"] = made["template"].replace("{", "{" + f"{_ABOUT[0]}.")
    return Action(name, tuple(made.items()))


def tag(*tags: str) -> tuple[Action, ...]:
    return tuple(do("addTag", tag=each) for each in tags)


def case(
    name: str,
    language: str,
    words: str,
    condition: Condition | None,
    actions: Sequence[Action],
    holds: Holds,
    *then: Then,
    scope: Scope = "DataPart",
    branches: Sequence[tuple[Group, Sequence[Action]]] = (),
) -> None:
    root = condition if isinstance(condition, Group) else both(condition) if condition else both()
    rules = [ChildRule("Actions", tuple(actions))] if actions else []
    rules += [ChildRule(f"Branch {n}", tuple(each), group) for n, (group, each) in enumerate(branches, 1)]
    draft = Draft(name, scope, root, tuple(rules))
    CASES.append(Case(name, language, words, _ABOUT[0], draft, holds, then))
