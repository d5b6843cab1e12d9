"""Words run together, taken apart: ``salesordernumb`` → ``sales``, ``order``, ``numb``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from shared.mapping.abbreviations import WORDS
from shared.mapping.languages import FOREIGN
from shared.mapping.signals.meaning import meanings
from shared.mapping.words import meaning

SHORTEST: Final = 6
"""Letters of a word that may be several."""
LONGEST_PART: Final = 24
LONGEST: Final = 100
"""Letters of a word that is looked at."""
GENERAL: Final = frozenset(
    word for known in (WORDS, FOREIGN) for form, english in known.items() for word in (form, *english) if len(word) > 2
) | frozenset(("id", "no", "nr", "of", "to", "in", "is", "on", "by", "out", "per", "has", "and"))
"""Words that names are made of whatever the list, foreign ones too."""
REMEMBERED: Final = 20_000
_GENERAL: Final = 7.0
"""What a general word that the list does not have costs."""
_SHORT_PART: Final = 4.0
"""What a part of two letters costs beside others, which are in words by chance."""
_UNHEARD: Final = 6.0
_LETTER: Final = 1.6
"""What a part that is no word costs, and each of its letters: some three such letters cost as much as a rare word."""


class Segments:
    """Over the words of a list, with the number of names each is in."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        total = sum(counts.values()) + 1
        self._costs = {word: math.log(total / count) for word, count in counts.items() if len(word) > 1}
        for word in GENERAL:
            self._costs.setdefault(word, min(math.log(total), _GENERAL))
        self._split: dict[str, tuple[str, ...]] = {}

    def split(self, word: str) -> tuple[str, ...]:
        """The likeliest parts, brought to one spelling; the word alone where they are no likelier than it is, or where
        less than a third of its letters are in words that are known."""
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return (word,)
        found = self._split.get(word)
        if found is None:
            if len(self._split) >= REMEMBERED:
                self._split.clear()
            found = self._split[word] = (word,) if word in meanings() else self._take_apart(word)
        return found

    def _take_apart(self, word: str) -> tuple[str, ...]:
        costs = self._costs
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(word) + 1):
            least, first = math.inf, 0
            for start in range(max(0, end - LONGEST_PART), end):
                before = best[start][0]
                if before < least:
                    cost = before + self._cost(word[start:end], end - start, costs)
                    if cost < least:
                        least, first = cost, start
            best.append((least, first))
        parts = _parts(word, best)
        heard = sum(len(part) for part in parts if part in costs)
        if len(parts) == 1 or 3 * heard < len(word):
            return (word,)
        return tuple(spelt for part in parts for spelt in meaning(part))

    @staticmethod
    def _cost(part: str, length: int, costs: Mapping[str, float]) -> float:
        known = costs.get(part)
        if length == 2:
            return math.inf if known is None else known + _SHORT_PART
        unheard = _UNHEARD + _LETTER * length if length > 2 else math.inf
        return unheard if known is None or known > unheard else known


def _parts(word: str, best: list[tuple[float, int]]) -> tuple[str, ...]:
    parts: list[str] = []
    end = len(word)
    while end:
        start = best[end][1]
        parts.append(word[start:end])
        end = start
    return tuple(reversed(parts))
