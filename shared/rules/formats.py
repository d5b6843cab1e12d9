"""Formats learnt from values: a pattern that nearly all of them fit, in the dialect CluedIn's rules match with.

A shape is the value with runs of capitals, small letters and digits counted; shapes that differ only in how long their
runs are become one pattern with ranges. Free text has too many shapes, and no format.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 3
"""Patterns in one format."""
COVERED: Final = 0.9
"""Of the rows, at least."""
FEWEST: Final = 8
"""Distinct values from which a format can be learnt."""
_TWO: Final = 2
"""Rows of a shape, at least: one alone may be the odd one."""
_LONGEST: Final = 60
_MOST_RUNS: Final = 12
_RUN: Final = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^\W\d_]+|.", re.DOTALL)

Shape = tuple[str, ...]


@dataclass(frozen=True)
class Format:
    pattern: str
    """For ``matchesPattern``, the whole value."""
    covered: int
    """Rows that fit."""
    misfits: tuple[str, ...]
    """Values that do not, commonest first."""


def learn(counts: Counter[str]) -> Format | None:
    """Value → rows. None where there are fewer than FEWEST values, where no few shapes cover nearly all rows, and where
    none of those shapes has a digit."""
    if len(counts) < FEWEST:
        return None
    by_kind: dict[Shape, Counter[Shape]] = defaultdict(Counter)
    values: dict[Shape, list[str]] = defaultdict(list)
    for value, count in counts.items():
        runs = tuple(_RUN.findall(value[: _LONGEST + 1]))
        kinds = tuple(map(_kind, runs)) if len(runs) <= _MOST_RUNS and len(value) <= _LONGEST else ("long",)
        by_kind[kinds][tuple(str(len(run)) for run in runs)] += count
        values[kinds].append(value)
    rows = sum(counts.values())
    common = sorted(by_kind, key=lambda kinds: -sum(by_kind[kinds].values()))[:MOST]
    taken: list[Shape] = []
    covered = 0
    for kinds in common:
        own = sum(by_kind[kinds].values())
        if kinds == ("long",) or own < max(_TWO, 0.02 * rows) or "word" in kinds:
            continue
        taken.append(kinds)
        covered += own
        if covered >= 0.995 * rows:
            break
    if covered < COVERED * rows or not any("digit" in kinds for kinds in taken):
        return None
    patterns = [_pattern(kinds, list(by_kind[kinds])) for kinds in taken]
    misfits = [value for kinds, own in values.items() if kinds not in taken for value in own]
    whole = patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"
    return Format(f"^{whole}$", covered, tuple(sorted(misfits, key=lambda value: -counts[value])))


def _kind(run: str) -> str:
    if run[0].isascii() and run[0].isdigit():
        return "digit"
    if run[0].isascii() and run[0].isalpha():
        return "upper" if run[0].isupper() else "lower"
    return "word" if run[0].isalpha() else run


def _pattern(kinds: Shape, lengths: Sequence[Shape]) -> str:
    """Runs of letters and digits with the lengths that were seen; everything else as it stands."""
    parts = []
    for place, kind in enumerate(kinds):
        if kind in _CLASSES:
            seen = sorted({int(shape[place]) for shape in lengths})
            parts.append(_CLASSES[kind] + _times(seen[0], seen[-1]))
        else:
            parts.append(re.escape(kind))
    return "".join(parts)


_CLASSES: Final = {"digit": r"\d", "upper": "[A-Z]", "lower": "[a-z]"}


def _times(fewest: int, most: int) -> str:
    if fewest == most:
        return "" if fewest == 1 else f"{{{fewest}}}"
    return f"{{{fewest},{most}}}"
