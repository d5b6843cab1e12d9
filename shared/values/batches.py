"""How many records go into one prompt: learnt, per organization and task, from what its deployment gets right."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from shared.values.questions import Inputs

START: Final = 40
FIRST_TRY: Final = 10
"""Records: of a task nothing is known of, a small call goes first and shows how much room its answers need."""
MOST: Final = 100
"""Records: more would save little of the fixed part and lose more when a call fails."""
MOST_CHARACTERS: Final = 24_000
"""Of one prompt's records: some 6,000 tokens."""
MOST_ANSWERED: Final = 4_000
"""Tokens of one call's answers: what every deployment in use can answer (the older ones 4,096)."""
TASKS: Final = 1_000
"""So many tasks are remembered, the last used."""


class BatchSize:
    """One task's. Grows by half while nearly all answers can be used, halves when many can only in smaller calls."""

    def __init__(self) -> None:
        self.records = START
        self._tokens: float | None = None

    @property
    def tried(self) -> bool:
        """Whether anything is known of the task yet."""
        return self._tokens is not None

    def room(self, expected: int, times: int = 1) -> int:
        """Tokens an answer may take: the service counts them against the quota as if they were used. At first what is
        expected of the outputs' types, then half as much again as answers took. ``times``: where an answer was cut off,
        so many times as much as either."""
        learnt = expected if self._tokens is None else math.ceil(1.5 * self._tokens) + 4
        return min(MOST_ANSWERED, learnt if times == 1 else times * max(expected, learnt))

    def at_most(self, expected: int) -> int:
        """Records a call may have, so that there is room for all their answers."""
        return max(1, min(self.records, MOST_ANSWERED // self.room(expected)))

    def used(self, records: int, tokens: int) -> None:
        """What the answers of one call took. Large ones count at once, small ones slowly; one record alone may be
        unlike all others, and says nothing."""
        if records > 1 and tokens:
            each = tokens / records
            self._tokens = each if self._tokens is None else max(each, 0.9 * self._tokens + 0.1 * each)

    def learn(self, asked: int, answered: int, later: int) -> None:
        """What came of one call: records ``answered`` by it, and those answered only ``later``, in smaller company. One
        that is not answered alone either says nothing of the size; and a call much smaller than it could have been
        nothing good."""
        if later > 0.2 * asked:
            # Of its own size, not of what is left of it: many calls of that size may be on their way.
            self.records = min(self.records, max(1, asked // 2))
        elif answered >= 0.95 * asked and asked >= 0.8 * self.records:
            self.records = min(MOST, self.records + max(1, self.records // 2))

    def take(self, waiting: Sequence[Inputs], expected: int) -> int:
        """How many of those waiting make the next call: at least one, evenly spread over the calls to come."""
        calls = -(-len(waiting) // self.at_most(expected))
        even = -(-len(waiting) // calls)
        characters = 0
        for number, inputs in enumerate(waiting[:even]):
            characters += sum(map(len, inputs))
            if characters > MOST_CHARACTERS and number:
                return number
        return even


class FixedSize(BatchSize):
    """The same in every run of a piece of queued work, so that its calls are the same; what they teach is passed on."""

    def __init__(self, records: int, learner: BatchSize) -> None:
        self.records = records
        self._learner = learner

    @property
    def tried(self) -> bool:
        """A first try would make other calls in one run than in the next."""
        return True

    def room(self, expected: int, times: int = 1) -> int:
        return self._learner.room(expected, times)

    def at_most(self, expected: int) -> int:
        return self.records

    def used(self, records: int, tokens: int) -> None:
        self._learner.used(records, tokens)

    def learn(self, asked: int, answered: int, later: int) -> None:
        self._learner.learn(asked, answered, later)


class BatchSizes:
    """All tasks of a worker, by organization and the form's version."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], BatchSize] = OrderedDict()

    def of(self, organization: str, version: str) -> BatchSize:
        size = self._known.setdefault((organization, version), BatchSize())
        self._known.move_to_end((organization, version))
        if len(self._known) > TASKS:
            self._known.popitem(last=False)
        return size
