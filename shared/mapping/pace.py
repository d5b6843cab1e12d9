"""How long a mapping will take: reckoned from its size, times what its organization's deployment has shown lately.

Kept in the worker's memory: a new worker reckons with an ordinary deployment until it has seen one mapping, and whoever
then waits too long (a time-out, a quota that stays used up) is the last one to do so.
"""

from __future__ import annotations

import math
from typing import Final

from shared.mapping.models import DataSetIn, Mapping

FIELDS: Final = 30
"""In one prompt."""
AT_ONCE: Final = 8
"""Prompts of one mapping in flight."""
PROMPT_SECONDS: Final = 2.0
"""Of an ordinary deployment: until the answer to a prompt begins."""
FIELD_SECONDS: Final = 0.25
"""Of an ordinary deployment: some 15 tokens for each field's answer, at some 60 tokens a second."""
_NEWEST: Final = 0.3
"""What the newest mapping counts for."""
_MOST: Final = 10_000


class Pace:
    def __init__(self) -> None:
        self._slowness: dict[str, float] = {}
        """Organization → how many times as long as an ordinary deployment its own takes."""

    def expected(self, organization: str, fields: int) -> float:
        """Seconds a mapping of so many fields will take."""
        return _ordinary(fields) * self._slowness.get(organization, 1.0)

    def learn(self, organization: str, mapping: Mapping, seconds: float) -> None:
        """What a mapping took. One without prompts says nothing."""
        if mapping.usage.prompts:
            known = self._slowness.get(organization, 1.0)
            asked = min(len(mapping.properties), FIELDS * mapping.usage.prompts)  # what was reviewed is not
            shown = seconds / _ordinary(asked)
            self._remember(organization, known + _NEWEST * (shown - known))

    def learn_at_least(self, organization: str, fields: int, seconds: float) -> None:
        """A mapping was given up after so long."""
        known = self._slowness.get(organization, 1.0)
        self._remember(organization, max(known, seconds / _ordinary(fields)))

    def _remember(self, organization: str, slowness: float) -> None:
        if len(self._slowness) >= _MOST:
            self._slowness.clear()
        self._slowness[organization] = slowness


def fields_in(data_set: DataSetIn) -> int:
    """How many fields the mapping will have. Blocking for 10,000 records."""
    if data_set.records is None:
        return len(data_set.fields or ())
    return len(set().union(*data_set.records))


def _ordinary(fields: int) -> float:
    """Seconds with an ordinary deployment: rounds of prompts one after another, each as long as its largest prompt."""
    rounds = max(1, math.ceil(fields / (FIELDS * AT_ONCE)))
    return rounds * (PROMPT_SECONDS + FIELD_SECONDS * min(max(1, fields), FIELDS))
