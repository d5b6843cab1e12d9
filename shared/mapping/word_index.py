"""Which names of a list share words with a given name, without comparing it with each of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from shared.mapping.abbreviations import ALIKE
from shared.mapping.words import compound, likeness

SYNONYMS: dict[str, list[str]] = defaultdict(list)
for _pair in ALIKE:
    for _word in _pair:
        SYNONYMS[_word].extend(_pair - {_word})

COMMON = 500
"""A word in more names than this is common."""
ENOUGH = 80
"""With so many names found, common words find no more."""


class WordIndex:
    """Words of many names (one set per name), rare words weighing more (inverse document frequency)."""

    def __init__(self, names: Sequence[frozenset[str]]) -> None:
        self._postings: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            for word in name:
                self._postings[word].append(number)
        self.known = frozenset(self._postings)
        self._names = names
        self._by_initial: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.known):
            self._by_initial[word[0]].append(word)
        self._like: dict[str, dict[str, float]] = {}
        self._weights = {word: _weight(len(names), len(numbers)) for word, numbers in self._postings.items()}
        self._unknown = _weight(len(names), 1)

    def split(self, name: tuple[str, ...]) -> tuple[str, ...]:
        """The same name, with words taken apart where the list knows both halves."""
        return tuple(dict.fromkeys(part for word in name for part in compound(word, self.known)))

    def weight(self, word: str) -> float:
        return self._weights.get(word, self._unknown)

    def like(self, word: str) -> dict[str, float]:
        """Words of the list that mean, begin or are spelt like this one, with their likeness."""
        found = self._like.get(word)
        if found is None:
            near = (
                *self._by_initial.get(word[0], ()),
                *(other for other in SYNONYMS.get(word, ()) if other in self.known),
            )
            scores = ((other, likeness(word, other)) for other in near)
            found = self._like[word] = {other: score for other, score in scores if score > 0}
        return found

    def shared(self, name: Sequence[str]) -> dict[int, float]:
        """Number of a listed name → summed weight of the words it shares with ``name``.

        Rare words first: once some names are found, a word that thousands share only adds to those."""
        sums: dict[int, float] = {}
        for word in sorted(name, key=self.weight, reverse=True):
            for number, gain in self._gains(word, sums).items():
                sums[number] = sums.get(number, 0.0) + gain
        return sums

    def _gains(self, word: str, found: Mapping[int, float]) -> dict[int, float]:
        best: dict[int, float] = {}
        for other, score in self.like(word).items():
            gain = score * self.weight(other)
            for number in self._holders(other, found):
                if gain > best.get(number, 0.0):
                    best[number] = gain
        return best

    def _holders(self, word: str, found: Mapping[int, float]) -> Iterable[int]:
        holders = self._postings[word]
        if len(holders) <= COMMON or len(found) < ENOUGH:
            return holders
        return (number for number in found if word in self._names[number])

    def similarity(self, name: Sequence[str], listed: frozenset[str], context: frozenset[str] = frozenset()) -> float:
        """0 to 1: how much of either name is found in the other. Words of ``context`` matter little."""
        if not name or not listed:
            return 0.0
        there = _coverage([(w, max(self._pair(w, o) for o in listed)) for w in name], self.weight, context)
        back = _coverage([(o, max(self._pair(w, o) for w in name)) for o in listed], self.weight, context)
        return math.sqrt(there * back)

    def _pair(self, word: str, listed: str) -> float:
        return 1.0 if word == listed else self.like(word).get(listed, 0.0)


def _weight(total: int, count: int) -> float:
    return 1.0 + math.log((total + 1) / (count + 1))


def _coverage(found: list[tuple[str, float]], weight: Callable[[str], float], context: frozenset[str]) -> float:
    whole = covered = 0.0
    for word, score in found:
        share = weight(word) * (0.2 if word in context else 1.0)
        whole += share
        covered += share * score
    return covered / whole
