"""How long one file may take: a slow worker gives estimates in time, rather than exact counts never.

The platform ends a function after ten minutes, whatever it does, and then everything begins anew. So a file is counted
row by row for some minutes; then it is read on, and one batch in eight is counted; at last it is not read to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

COUNTING: Final = 200.0
READING: Final = 320.0
WHOLE: Final = 420.0
_EVERY: Final = 8


class Patience:
    """``counting`` and ``reading``: seconds from now until each ends. The first batch is always counted."""

    def __init__(
        self, counting: float = COUNTING, reading: float = READING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._counting = clock() + counting
        self._reading = clock() + reading
        self._passed = 0

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Patience:
        """Of a file that may take so many seconds: the rest of them is for what is done when it has been read."""
        return cls(seconds * COUNTING / WHOLE, seconds * READING / WHOLE, clock)

    def counts(self) -> bool:
        """Whether the next batch is to be counted."""
        if self._clock() < self._counting:
            return True
        self._passed += 1
        return self._passed % _EVERY == 0

    @property
    def over(self) -> bool:
        return self._clock() >= self._reading

    def column(self, left: int) -> Callable[[], bool]:
        """Whether the time of one column is over, with ``left`` of them to read, itself included. It may take twice its
        share: others take less. The last one has all that is left."""
        now = self._clock()
        end = now + max(0.0, self._reading - now) * 2 / (left + 1)
        return lambda: self._clock() >= end
