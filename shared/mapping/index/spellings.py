"""Which words of a list are worth comparing with a word: those that mean, begin, shorten or are spelt like it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from shared.mapping.abbreviations import ALIKE

SYNONYMS: dict[str, list[str]] = defaultdict(list)
for _pair in ALIKE:
    for _word in _pair:
        SYNONYMS[_word].extend(_pair - {_word})

SHORTEST = 3
"""Letters of a beginning or an abbreviation that says anything."""
CROWDED = 1_000
"""With more words of one initial than this, only those that agree in two letters are compared, or in more."""
_LIKEST = 80
"""Of 100: spelling that is less alike is no slip of the pen."""
_LAST = "\U0010ffff"
_VOWELS = frozenset("aeiou")


class Spellings:
    """A sorted list of words."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._known = frozenset(words)
        self._vowelless: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= SHORTEST and _VOWELS.isdisjoint(word[1:]):
                self._vowelless[word[0]].append(word)

    def near(self, word: str) -> set[str]:
        """Without saying how near: that is for ``words.likeness``."""
        found = {other for other in SYNONYMS.get(word, ()) if other in self._known}
        if word in self._known:
            found.add(word)
        if len(word) < SHORTEST or word.isdigit():
            return found
        found.update(self._beginning(word))
        found.update(word[:end] for end in range(SHORTEST, len(word)) if word[:end] in self._known)
        crowd = self._crowd(word)
        found.update(self._spelt(word, crowd))
        if _VOWELS.isdisjoint(word[1:]):
            found.update(self._shortened(word, crowd))
        found.update(self._vowelless.get(word[0], ())[:CROWDED])
        return found

    def _beginning(self, start: str) -> Sequence[str]:
        first, last = self._range(start)
        return self._words[first:last]

    def _crowd(self, word: str) -> Sequence[str]:
        """The words of the same initial, or of as many first letters as leave not too many."""
        first, last = self._range(word[0])
        for letters in range(2, min(len(word), SHORTEST) + 1):
            if last - first > CROWDED:
                first, last = self._range(word[:letters])
        return self._words[first : min(last, first + CROWDED)]

    def _range(self, start: str) -> tuple[int, int]:
        return bisect_left(self._words, start), bisect_left(self._words, start + _LAST)

    def _spelt(self, word: str, crowd: Sequence[str]) -> Iterator[str]:
        from rapidfuzz import fuzz, process

        found = process.extract(word, crowd, scorer=fuzz.ratio, processor=None, score_cutoff=_LIKEST, limit=None)
        return (other for other, _, _ in found)

    def _shortened(self, word: str, crowd: Sequence[str]) -> list[str]:
        """Words that ``word`` may be left of without their vowels."""
        inside = "[^\n]*".join(map(re.escape, word))
        return re.findall(f"^{inside}[^\n]*$", "\n".join(crowd), re.MULTILINE)
