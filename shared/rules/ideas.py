"""Rules worth having for a key, found by counting: each a draft with the evidence for it, before it is run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared.rules.anomalies import Anomaly
from shared.rules.column import ValueColumn
from shared.rules.draft import Action, ChildRule, Draft, Group, Test
from shared.rules.formats import Format
from shared.rules.spellings import Spelling

Kind = Literal["validation", "standardisation", "anomaly"]
MOST_GROUPS: Final = 20
MOST_VALUES: Final = 200
_SPACES: Final = re.compile(r"^\s+|\s+$|\s{2,}")
_LOWER: Final = frozenset({"Email"})
_CASED: Final = frozenset({"Currency", "Identifier"})
_CONVENTION: Final = 0.8
"""Share of the rows written one way, from which the others are put right."""
_EMAIL: Final = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
_PHONE: Final = r"^\+?[\d\s().x/-]{7,25}$"
_TYPED: Final = {"Email": _EMAIL, "PhoneNumber": _PHONE}
_DAY_FIRST: Final = re.compile(r"(\d{2})([-/.])(\d{2})\2(\d{4})")


@dataclass(frozen=True)
class Idea:
    kind: Kind
    title: str
    reason: str
    confidence: float
    values: tuple[str, ...]
    """Values it is about, commonest first."""
    affected: int
    draft: Draft


def ideas(column: ValueColumn, groups: Sequence[Spelling], odd: Sequence[Anomaly], form: Format | None) -> list[Idea]:
    """Best first: by confidence, and up to half as much again by the share of the rows it touches. ``form``: of the
    column's values."""
    found = [*_spaces(column), *_case(column), *_spelt(column, groups), *_placeholders(column, odd), *_dates(column),
             *_valid(column, form), *_tagged(column, odd), *_missing(column)]  # fmt: skip
    return sorted(found, key=lambda idea: (-idea.confidence * (1 + min(idea.affected / max(1, column.rows), 0.5)),
                                           idea.title))  # fmt: skip


def _made(column: ValueColumn, kind: Kind, title: str, reason: str, confidence: float, values: Sequence[str],
          tests: Sequence[Test], actions: Sequence[Action]) -> Iterator[Idea]:  # fmt: skip
    if not values:
        return
    draft = Draft(title, "DataPart" if kind == "standardisation" else "Entity", Group("all", tuple(tests)),
                  (ChildRule(title[:100], tuple(actions)),), reason)  # fmt: skip
    affected = sum(column.counts[value] for value in values)
    yield Idea(kind, title, reason, confidence, tuple(values), affected, draft)


def _spaces(column: ValueColumn) -> Iterator[Idea]:
    values = _common(column, [value for value in column.real if _SPACES.search(value)])
    reason = f"{_rows(column, values)} have spaces at an end, or several in a row."
    yield from _made(column, "standardisation", f"Trim {column.short}", reason, 0.97, values, [],
                     [Action("trim", (("key", column.key),))])  # fmt: skip


def _case(column: ValueColumn) -> Iterator[Idea]:
    """E-mails in small letters; codes in the case most of them have."""
    lettered = [value for value in column.real if any(char.isalpha() for char in value)]
    rows = sum(column.counts[value] for value in lettered)
    for name, said, written in (
        ("lowerCase", "small letters", str.lower),
        ("upperCase", "capital letters", str.upper),
    ):
        others = _common(column, [value for value in lettered if written(value) != value])
        share = 1 - sum(column.counts[value] for value in others) / rows if rows else 0.0
        usual = column.data_type in _LOWER and name == "lowerCase"
        coded = column.data_type in _CASED or _short_codes(lettered)
        if others and (usual or (coded and share >= _CONVENTION)):
            reason = f"{share:.0%} of the rows are in {said}; {_rows(column, others)} are not."
            yield from _made(column, "standardisation", f"{column.short} in {said}", reason, 0.9, others, [],
                             [Action(name, (("key", column.key),))])  # fmt: skip


def _short_codes(values: Sequence[str]) -> bool:
    return bool(values) and all(len(value.strip()) <= 3 for value in values)


def _spelt(column: ValueColumn, groups: Sequence[Spelling]) -> Iterator[Idea]:
    """One rule for each of the first MOST_GROUPS groups."""
    for group in groups[:MOST_GROUPS]:
        values = group.others[:MOST_VALUES]
        title = f"{column.short}: {_short(group.canonical)} for {_listed(values)}"
        yield from _made(column, "standardisation", title, group.reason, group.confidence, values,
                         [Test(column.key, "in", tuple(values))],
                         [Action("setValue", (("key", column.key), ("value", group.canonical)))])  # fmt: skip


def _placeholders(column: ValueColumn, odd: Sequence[Anomaly]) -> Iterator[Idea]:
    values = [each.value for each in odd if each.placeholder][:MOST_VALUES]
    reason = f"{_rows(column, values)} hold a stand-in for no value."
    yield from _made(column, "standardisation", f"Remove {_listed(values)} from {column.short}", reason, 0.95, values,
                     [Test(column.key, "in", tuple(values))],
                     [Action("deleteValue", (("key", column.key),))])  # fmt: skip


def _dates(column: ValueColumn) -> Iterator[Idea]:
    """Day-first dates into ISO order, where the values themselves show that the day comes first."""
    if column.data_type != "DateTime":
        return
    marked: dict[str, list[str]] = {}
    day_first: set[str] = set()
    for value in column.real:
        if found := _DAY_FIRST.fullmatch(value.strip()):
            marked.setdefault(found[2], []).append(value)
            if int(found[1]) > 12:
                day_first.add(found[2])
            elif int(found[3]) > 12:
                day_first.discard(found[2])
                marked.pop(found[2])
                break
    for sign in day_first & marked.keys():
        values = _common(column, marked[sign])
        given = f"dd{sign}MM{sign}yyyy"
        reason = f"{_rows(column, values)} are written {given}."
        action = Action("normalizeDate", (("key", column.key), ("format", "yyyy-MM-dd"), ("from", given)))
        yield from _made(column, "standardisation", f"{column.short} as yyyy-MM-dd", reason, 0.85, values, [], [action])


def _valid(column: ValueColumn, form: Format | None) -> Iterator[Idea]:
    """Values of a wrong format get a tag."""
    pattern, confidence, misfits = _expected(column, form)
    if pattern is None:
        return
    values = _common(column, misfits)
    reason = f"{_rows(column, values)} do not fit {pattern}, which the others do."
    tests = [Test(column.key, "isNotEmpty"), Test(column.key, "notMatchesPattern", (pattern,))]
    yield from _made(column, "validation", f"Tag invalid {column.short}", reason, confidence, values, tests,
                     [Action("addTag", (("tag", f"Invalid {column.short}"),))])  # fmt: skip


def _expected(column: ValueColumn, form: Format | None) -> tuple[str | None, float, list[str]]:
    real = column.real
    if column.data_type in _TYPED:
        pattern = _TYPED[column.data_type]
        misfits = [value for value in real if not re.match(pattern, value)]
        fits = sum(real.values()) - sum(real[value] for value in misfits)
        return (pattern, 0.9, misfits) if fits >= 0.5 * sum(real.values()) else (None, 0.0, [])
    if form is None or not form.misfits:
        return None, 0.0, []
    return form.pattern, round(form.covered / sum(real.values()) - 0.05, 2), list(form.misfits)


def _tagged(column: ValueColumn, odd: Sequence[Anomaly]) -> Iterator[Idea]:
    """What does not belong and no pattern tells: tagged by value."""
    values = [each.value for each in odd if not each.placeholder][:MOST_VALUES]
    confidence = min((each.confidence for each in odd if not each.placeholder), default=0.0)
    reason = f"{_rows(column, values)} do not belong: " + " ".join(
        dict.fromkeys(each.reason for each in odd[:MOST_VALUES] if not each.placeholder)
    )
    yield from _made(column, "anomaly", f"Tag odd values of {column.short}", reason[:500], confidence, values,
                     [Test(column.key, "in", tuple(values))],
                     [Action("addTag", (("tag", f"Check {column.short}"),))])  # fmt: skip


def _missing(column: ValueColumn) -> Iterator[Idea]:
    """Some rows lack what most have."""
    share = column.empty / column.rows if column.rows else 0.0
    if not 0 < share <= 0.5:
        return
    title, reason = f"Tag records without {column.short}", f"{column.empty} of {column.rows} rows have no value."
    draft = Draft(title, "Entity", Group("all", (Test(column.key, "isEmpty"),)),
                  (ChildRule(title, (Action("addTag", (("tag", f"No {column.short}"),)),)),), reason)  # fmt: skip
    yield Idea("validation", title, reason, round(0.9 - share, 2), (), column.empty, draft)


def _common(column: ValueColumn, values: Sequence[str]) -> list[str]:
    counts: Counter[str] = column.counts
    return sorted(values, key=lambda value: (-counts[value], value))


def _rows(column: ValueColumn, values: Sequence[str]) -> str:
    return f"{sum(column.counts[value] for value in values)} of {column.rows} rows"


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(map(_short, values[:3]))
    return shown if len(values) <= 3 else f"{shown} and {len(values) - 3} more"


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
