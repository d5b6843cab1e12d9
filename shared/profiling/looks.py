"""A look at some values before all are counted: most types of a field fall at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from random import Random
from typing import Final

from shared.profiling.counting import Column

Detector = Callable[[str], bool]
_HEAVY = 16
_TAIL = 112
_FIRST = 16
MOST_COUNTED: Final = 3_000
"""Distinct values all of which are looked at; of more, so many fairly drawn ones: then a share is an estimate, a
percent off at most."""


@dataclass(frozen=True)
class Test:
    """A type, what fits it, and the share of real values that must. ``distinct``: how many different ones at least.

    ``digits``: nothing without a digit can fit; ``letters``: nothing without a letter can.
    """

    data_type: str
    fits: Detector
    share: float
    distinct: int = 1
    digits: bool = False
    letters: bool = False


def spread(real: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """At most ``most`` of a column's values, always the same ones, in order.

    Drawn at random and not in steps: files repeat with a period (every fourth row of another kind) that steps would
    fall in with.
    """
    items = list(real.items())
    if len(items) <= most:
        return items
    return [items[at] for at in sorted(Random(most).sample(range(len(items)), most))]  # noqa: S311 - nothing secret


class Looks:
    """The commonest values of a column, and some of the others."""

    def __init__(self, column: Column) -> None:
        real = column.real
        repeated = column.filled > column.distinct
        self.real = real
        self.filled = column.filled
        self.heavy = nlargest(_HEAVY, real.items(), key=lambda item: item[1]) if repeated else []
        common = {value for value, _ in self.heavy}
        self.tail = [item for item in spread(real, _TAIL) if item[0] not in common]
        self.first = self.tail[:: -(-len(self.tail) // _FIRST) or 1]
        self.heavy_rows = sum(count for _, count in self.heavy)
        looked_at = "".join(value for value, _ in (*self.heavy, *self.tail))
        self.digits = any(map(str.isdecimal, looked_at))
        self.letters = any(map(str.isalpha, looked_at))

    def worth_counting(self, test: Test) -> bool:
        """Whether a few values, then some more, leave room for the share the test asks for."""
        if (test.digits and not self.digits) or (test.letters and not self.letters):
            return False
        heavy = _matched(self.heavy, test.fits)
        if self._estimate(heavy, self.first, test.fits) <= max(0.0, test.share - 0.4):
            return False
        return self._estimate(heavy, self.tail, test.fits) >= test.share - 0.15

    def share(self, fits: Detector) -> float:
        """Of the rows: exact up to ``MOST_COUNTED`` distinct values."""
        if len(self.real) <= MOST_COUNTED:
            return _matched(self._counted, fits) / self.filled
        return self._estimate(_matched(self.heavy, fits), self._counted, fits)

    @cached_property
    def _counted(self) -> list[tuple[str, int]]:
        if len(self.real) <= MOST_COUNTED:
            return list(self.real.items())
        common = {value for value, _ in self.heavy}
        return [item for item in spread(self.real, MOST_COUNTED) if item[0] not in common]

    def _estimate(self, heavy: int, some: Sequence[tuple[str, int]], fits: Detector) -> float:
        """The share of rows: exact for the commonest values, from ``some`` for the rest."""
        looked_at = sum(count for _, count in some)
        rest = (self.filled - self.heavy_rows) * _matched(some, fits) / looked_at if looked_at else 0.0
        return (heavy + rest) / self.filled


def _matched(values: Sequence[tuple[str, int]], fits: Detector) -> int:
    return sum(count for value, count in values if fits(value))
