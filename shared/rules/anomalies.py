"""Values that do not belong: stand-ins for no value, what cannot be of the key's type, misfits of a learnt format,
numbers far from the others, and text nobody meant to write.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.rules.column import ValueColumn
from shared.rules.formats import Format
from shared.rules.plausible import implausible, mixed_scripts

MOST: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_MOJIBAKE: Final = re.compile(r"[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|â€|ï»¿")
_NUMBERED: Final = frozenset({"Integer", "Number", "Money"})
_NAMES: Final = frozenset({"PersonName", "GeographyCity", "GeographyState", "GeographyCountry"})
_FEWEST_NUMBERS: Final = 20
_FAR: Final = 10.0
"""Distances of the middle half from it, beyond which a number is far away."""


@dataclass(frozen=True)
class Anomaly:
    value: str
    count: int
    reason: str
    confidence: float
    placeholder: bool = False


def anomalies(column: ValueColumn, form: Format | None) -> list[Anomaly]:
    """At most MOST, the surest and commonest first; each value once."""
    found: dict[str, Anomaly] = {}
    for anomaly in _all(column, form):
        known = found.get(anomaly.value)
        if known is None or anomaly.confidence > known.confidence:
            found[anomaly.value] = anomaly
    return sorted(found.values(), key=lambda each: (-each.confidence, -each.count, each.value))[:MOST]


def _all(column: ValueColumn, form: Format | None) -> Iterator[Anomaly]:
    for value in column.placeholders:
        yield Anomaly(value, column.counts[value], "It stands for no value.", 0.97, placeholder=True)
    real = column.real
    implausibly = {value: reason for value in real if (reason := implausible(value, column.data_type))}
    # Where most values are implausible the type is wrong, not the values.
    if sum(real[value] for value in implausibly) <= 0.5 * sum(real.values()):
        for value, reason in implausibly.items():
            yield Anomaly(value, real[value], reason, 0.92)
    yield from _written(real, column.data_type)
    yield from _far(real, column.data_type)
    yield from _misfits(real, form, implausibly)


def _misfits(real: Counter[str], form: Format | None, known: dict[str, str]) -> Iterator[Anomaly]:
    rows = sum(real.values())
    if form is None or form.covered < 0.95 * rows:
        return
    for value in form.misfits:
        if value not in known:
            share = form.covered / rows
            yield Anomaly(
                value, real[value], f"{share:.0%} of the values have another format.", round(0.5 + 0.4 * share, 2)
            )


def _written(real: Counter[str], data_type: str) -> Iterator[Anomaly]:
    for value, count in real.items():
        if _CONTROL.search(value):
            yield Anomaly(value, count, "It has control characters in it.", 0.95)
        elif _MOJIBAKE.search(value):
            yield Anomaly(value, count, "Its characters were read in the wrong encoding.", 0.9)
        elif mixed_scripts(value):
            yield Anomaly(value, count, "A word mixes letters of two alphabets.", 0.85)
        elif data_type in _NAMES and not any(char.isalpha() for char in value):
            yield Anomaly(value, count, "It has no letter.", 0.85)
        elif data_type == "PersonName" and any(unicodedata.category(char) == "Nd" for char in value):
            yield Anomaly(value, count, "A name with digits.", 0.75)


def _far(real: Counter[str], data_type: str) -> Iterator[Anomaly]:
    """Numbers far outside the middle half."""
    if data_type not in _NUMBERED:
        return
    numbers = {value: number for value in real if (number := _number(value)) is not None}
    if len(numbers) < _FEWEST_NUMBERS:
        return
    ordered = sorted(numbers.values())
    low, high = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    spread = high - low
    if spread <= 0:
        return
    for value, number in numbers.items():
        distance = max(low - number, number - high) / spread
        if distance > _FAR:
            yield Anomaly(value, real[value], f"Half of the others lie between {low:g} and {high:g}.",
                          round(min(0.95, 0.6 + distance / 200), 2))  # fmt: skip


def _number(value: str) -> float | None:
    try:
        return float(value.strip().replace(",", ""))
    except ValueError:
        return None
