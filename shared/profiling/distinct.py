"""How many different values a stream has, counted on 64-bit hashes in eight bytes each.

Two values of one hash (one in a hundred thousand for twenty million values) count as one: a key may be missed, never
made up. Where there is no room, every second hash is let go, again and again: what is left counts an honest sample of
the values, and the number becomes an estimate.

Without numpy: 73 MB to install for one sort and one merge.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

_PENDING: Final = 65_536
_PARTS: Final = 64
_BOUNDS: Final = tuple(-(1 << 63) + part * (1 << 58) for part in range(1, _PARTS))


class Distinct:
    """The hashes of a column. In parts by value, so that merging one of them takes little room."""

    def __init__(self) -> None:
        self._pending: array[int] = array("q")
        self._parts: list[list[array[int]]] = [[] for _ in range(_PARTS)]
        self._level = 0
        self._final: int | None = None
        self._kept = 0
        self._settled = 0
        """Of ``_kept``, how many are known to be different."""

    @property
    def size(self) -> int:
        """Hashes in memory, some of them perhaps twice."""
        return self._kept + len(self._pending)

    @property
    def exact(self) -> bool:
        return not self._level

    @property
    def unsettled(self) -> int:
        return self.size - self._settled

    def add(self, hashes: Iterable[int]) -> None:
        if self._level:
            mask = (1 << self._level) - 1
            hashes = [value for value in hashes if not value & mask]
        self._pending.extend(hashes)
        if len(self._pending) >= _PENDING:
            self._distribute()

    def count(self) -> int:
        """Exact, or an estimate, some tenths of a percent off, where not ``exact``."""
        if self._final is None:
            self.settle()
            return self._kept << self._level
        return self._final

    def close(self) -> None:
        """Keep only the count: no more hashes come."""
        self._final = self.count()
        self._parts = [[] for _ in range(_PARTS)]
        self._kept = self._settled = 0

    def settle(self) -> None:
        """Keep each hash once."""
        self._distribute()
        if self._settled < self._kept:
            for part in self._parts:
                if len(part) > 1:
                    # Emptied before the merged one is made, so that only one copy is in memory.
                    merged = set().union(*part)
                    part.clear()
                    part.append(array("q", merged))
            self._kept = self._settled = sum(len(run) for part in self._parts for run in part)

    def thin(self) -> None:
        """Let go of every second value."""
        self._level += 1
        mask = (1 << self._level) - 1
        self._distribute()
        for part in self._parts:
            part[:] = [array("q", [value for value in run if not value & mask]) for run in part]
        self._kept = sum(len(run) for part in self._parts for run in part)
        self._settled = min(self._settled, self._kept)
        self.settle()

    def _distribute(self) -> None:
        if not self._pending:
            return
        ordered = sorted(set(self._pending))
        self._pending = array("q")
        start = 0
        for part, bound in zip(self._parts, (*_BOUNDS, 1 << 63), strict=True):
            end = bisect_left(ordered, bound, start)
            if end > start:
                part.append(array("q", ordered[start:end]))
            start = end
        self._kept += len(ordered)
