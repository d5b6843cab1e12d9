"""The smallest combinations of columns that tell all rows apart, without trying all combinations.

A key must differ somewhere in every two rows. So a few hundred pairs of rows that are alike in some column rule out
nearly all combinations; what is left is counted on all rows, and each collision found there is one more pair that
rules out others. Pairs and columns are bits of integers, so that a hundred of them are compared at once. What is found
is exact; the effort is bounded, and where it runs out nothing is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

_PAIRS_OF_ONE: Final = 6
_LOOKED_AT: Final = 20_000
"""Rows in which pairs are looked for."""
MOST_STEPS: Final = 1_000_000
MOST_COUNTED: Final = 300
"""Combinations counted on all rows."""

Columns = Sequence[Sequence[int]]
Accept = Callable[[tuple[int, ...]], bool]


class KeySearch:
    """Over columns of numbers, the most plausible column first; all of the same length."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._rows = len(columns[0]) if columns else 0
        self._distinct = [max(column) + 1 for column in columns]
        self._most_distinct = max(self._distinct, default=0)
        self._told: list[int] = [0] * len(columns)
        """For each column the pairs it tells apart, a bit each."""
        self._differ: list[int] = []
        """For each pair the columns that tell it apart, a bit each."""
        self._all = 0
        self._every = (1 << len(columns)) - 1
        self._steps = MOST_STEPS
        self._counts = MOST_COUNTED
        for column in columns:
            for pair in _alike(column):
                self._add(pair)

    @property
    def exhausted(self) -> bool:
        """True where the effort ran out before everything was looked at."""
        return self._steps < 0 or self._counts < 0

    def keys(self, size: int, accept: Accept) -> Iterator[tuple[int, ...]]:
        """Combinations of ``size`` columns that ``accept`` allows and that tell all rows apart, in order of columns.

        ``accept`` is asked before rows are counted. Ends early where the effort runs out.
        """
        yield from self._grown((), 0, 1, size, accept)

    def _grown(
        self, chosen: tuple[int, ...], told: int, values: int, left: int, accept: Accept
    ) -> Iterator[tuple[int, ...]]:
        """``told``: the pairs that ``chosen`` tells apart; ``values``: how many combinations it could have."""
        if values * self._most_distinct**left < self._rows:
            return
        start = chosen[-1] + 1 if chosen else 0
        if left > 1:
            for column in range(start, len(self._columns)):
                if self.exhausted:
                    return
                now, more = told | self._told[column], values * self._distinct[column]
                yield from self._grown((*chosen, column), now, more, left - 1, accept)
            return
        for column in self._last(told, start):
            wider = (*chosen, column)
            if values * self._distinct[column] >= self._rows and accept(wider) and self._tells_apart(wider):
                yield wider

    def _last(self, told: int, start: int) -> Iterator[int]:
        """The columns from ``start`` on that tell apart all pairs that are not told apart yet."""
        missing, fitting = self._all & ~told, self._every >> start << start
        self._steps -= 1
        while missing and fitting:
            self._steps -= 1
            first = missing & -missing
            fitting &= self._differ[first.bit_length() - 1]
            missing ^= first
        while fitting:
            self._steps -= 1
            column = fitting & -fitting
            yield column.bit_length() - 1
            fitting ^= column

    def _tells_apart(self, chosen: tuple[int, ...]) -> bool:
        self._counts -= 1
        seen: dict[tuple[int, ...], int] = {}
        for row, cells in enumerate(zip(*(self._columns[column] for column in chosen), strict=True)):
            before = seen.setdefault(cells, row)
            if before != row:
                self._add((before, row))
                return False
        return True

    def _add(self, pair: tuple[int, int]) -> None:
        one, other = pair
        bit = 1 << len(self._differ)
        self._all |= bit
        differ = 0
        for at, column in enumerate(self._columns):
            if column[one] != column[other]:
                self._told[at] |= bit
                differ |= 1 << at
        self._differ.append(differ)


def _alike(column: Sequence[int]) -> Iterator[tuple[int, int]]:
    """A few pairs of rows that have the same value here, of different values."""
    seen: dict[int, int] = {}
    used: set[int] = set()
    for row, value in enumerate(column[:_LOOKED_AT]):
        before = seen.setdefault(value, row)
        if before != row and value not in used:
            used.add(value)
            yield before, row
            if len(used) == _PAIRS_OF_ONE:
                return
