"""How many fields go into one prompt: learnt per deployment from what it gets right, in the worker's memory.

Right is an answer that was offered and does not contradict a ranking that is certain: a model that answers nonsense to
the plain fields of a long prompt is asked fewer at a time, until it does not, and more again while it does well.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

START: Final = 30
MOST: Final = 40
"""Fields: one property each, of the 100 a strict schema may have."""
LEAST: Final = 4
"""Below this, instructions and keys cost more than the fields."""
SHORT: Final = 12
"""Fields: wrong answers to so few do not come of the prompt's length, and a shorter one would not help."""
GOOD: Final = 0.9
BAD: Final = 0.7
"""Shares of right answers from which a batch may grow, and below which it shrinks."""
REMEMBERED: Final = 10_000
"""Deployments, those used last."""


class PromptSize:
    """One deployment's."""

    def __init__(self) -> None:
        self.fields = START

    def learn(self, asked: int, right: int) -> None:
        """What came of one prompt. A prompt much smaller than it could have been says nothing good."""
        if right < BAD * asked and asked > SHORT:
            self.fields = max(LEAST, min(self.fields, asked) // 2)
        elif right >= GOOD * asked and asked >= 0.6 * self.fields:
            self.fields = min(MOST, self.fields + max(1, self.fields // 4))


class PromptSizes:
    """Of all organizations: each has one deployment."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, PromptSize] = OrderedDict()

    def of(self, organization: str) -> PromptSize:
        size = self._known.setdefault(organization, PromptSize())
        self._known.move_to_end(organization)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return size
