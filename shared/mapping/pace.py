"""How long a mapping will take: what its organization's deployment took lately, for as many prompts one after another.

Kept in the worker's memory: an estimate that starts anew with each worker is good enough to choose between answering
now and answering later.
"""

from __future__ import annotations

import math
from typing import Final

from shared.mapping.models import Mapping

FIELDS: Final = 30
"""In one prompt."""
AT_ONCE: Final = 8
"""Prompts of one mapping in flight."""
UNKNOWN: Final = 5.0
"""Seconds for prompts in flight together, before there is any experience."""
_NEWEST: Final = 0.3
"""What the newest mapping counts for."""
_MOST: Final = 10_000


class Pace:
    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def expected(self, organization: str, fields: int) -> float:
        """Seconds a mapping of so many fields will take."""
        return _rounds(fields) * self._seconds.get(organization, UNKNOWN)

    def learn(self, organization: str, mapping: Mapping, seconds: float) -> None:
        """What a mapping took. One without prompts says nothing."""
        if not mapping.usage.prompts:
            return
        if len(self._seconds) >= _MOST:
            self._seconds.clear()
        known = self._seconds.get(organization, UNKNOWN)
        self._seconds[organization] = known + _NEWEST * (seconds / _rounds(len(mapping.properties)) - known)


def _rounds(fields: int) -> int:
    return max(1, math.ceil(fields / (FIELDS * AT_ONCE)))
