"""How many different values a stream has, counted on 64-bit hashes in eight bytes each.

Two values of one hash (one in a hundred thousand for twenty million values) count as one: a key may be missed, never
made up. Where there is no room, every second hash is let go, again and again: what is left counts an honest sample of
the values, and the number becomes an estimate.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]

_PENDING: Final = 65_536
_PARTS: Final = 64
_BOUNDS: Final = np.array([-(1 << 63) + part * (1 << 58) for part in range(1, _PARTS)], dtype=np.int64)


def hashes_of(values: Collection[str]) -> Hashes:
    """Each value's hash."""
    return np.fromiter(map(hash, values), np.int64, len(values))


def drawn(hashes: Hashes, level: int) -> NDArray[np.bool_]:
    """Every second hash, ``level`` times over."""
    found: NDArray[np.bool_] = (hashes & ((1 << level) - 1)) == 0
    return found


def unique(hashes: Hashes) -> Hashes:
    """Each once, in order. numpy's own ``unique`` goes through a hash table, which takes four times as long."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


class Distinct:
    """The hashes of a column. In parts by value, so that merging one of them takes little room."""

    def __init__(self) -> None:
        self._pending: list[Hashes] = []
        self._waiting = 0
        self._parts: list[list[Hashes]] = [[] for _ in range(_PARTS)]
        self._level = 0
        self._final: int | None = None
        self._kept = 0
        self._settled = 0
        """Of ``_kept``, how many are known to be different."""

    @property
    def size(self) -> int:
        """Hashes in memory, some of them perhaps twice."""
        return self._kept + self._waiting

    @property
    def exact(self) -> bool:
        return not self._level

    @property
    def unsettled(self) -> int:
        return self.size - self._settled

    def add(self, hashes: Hashes) -> None:
        if self._level:
            hashes = hashes[drawn(hashes, self._level)]
        self._pending.append(hashes)
        self._waiting += len(hashes)
        if self._waiting >= _PENDING:
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
                    part[:] = [unique(np.concatenate(part))]
            self._kept = self._settled = self._count_kept()

    def thin(self) -> None:
        """Let go of every second value."""
        self._level += 1
        self._distribute()
        for part in self._parts:
            part[:] = [run[drawn(run, self._level)] for run in part]
        self._kept = self._count_kept()
        self._settled = min(self._settled, self._kept)
        self.settle()

    def _count_kept(self) -> int:
        return sum(len(run) for part in self._parts for run in part)

    def _distribute(self) -> None:
        if not self._pending:
            return
        ordered = unique(np.concatenate(self._pending))
        self._pending, self._waiting = [], 0
        # Copies: a slice would keep the whole of it.
        for part, run in zip(self._parts, np.split(ordered, np.searchsorted(ordered, _BOUNDS)), strict=True):
            if len(run):
                part.append(run.copy())
        self._kept += len(ordered)
