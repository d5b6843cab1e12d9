"""What words mean: vectors of words, near each other where the words are used alike, in many languages.

The table beside this module holds words of ``multilingual-e5-small`` (MIT), each embedded alone, centred, turned to its
main directions and rounded to bytes; ``python -m bench.word_meanings`` makes it. A name's meaning is the mean of its
words', which on public schema-matching tasks tells as much as the model itself does of the whole name
(docs/decisions/0007-meaning.md), for a look-up instead of 10 ms.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.mapping.signals.stems import bases

FILE: Final = Path(__file__).with_name("meanings.npz")
_LONGEST_RUN: Final = 4
"""Characters of Chinese, Japanese and Korean in one word of the table at most."""
_SHORTEST: Final = 4
"""Letters of a word that is part of another."""
_SIGNS: Final = re.compile(r"(?<=[\u2e80-\uffff]) (?=[\u2e80-\uffff])")
Vectors = npt.NDArray[np.float32]
Meaning = Callable[[Sequence[str]], Vectors]
"""Spoken names → a row of length 1 for each; nothing but zeros where it knows nothing of one."""


class Meanings:
    """Words and their vectors."""

    def __init__(self, words: Sequence[str], rows: npt.NDArray[np.int8]) -> None:
        self._numbers = {word: number for number, word in enumerate(words)}
        self._rows = rows
        self.size = rows.shape[1]
        self._kept = lru_cache(maxsize=50_000)(self._make)

    def __contains__(self, word: str) -> bool:
        return self._find(word) is not None

    def word(self, word: str) -> Vectors:
        """Of length 1. A word that the table does not have means what two words mean that it is made of, as
        ``timestamp``; else only itself: it is like no other."""
        return self._kept(word)

    def _make(self, word: str) -> Vectors:
        number = self._find(word)
        if number is not None:
            return _unit(self._rows[number].astype(np.float32))
        halves = self._halves(word)
        if halves:
            return _unit(sum((self.word(half) for half in halves), np.zeros(self.size, np.float32)))
        return _by_chance(word, self.size)

    def _find(self, word: str) -> int | None:
        return next((self._numbers[form] for form in (word, *bases(word)) if form in self._numbers), None)

    def _halves(self, word: str) -> tuple[str, str] | None:
        """The two words that are most alike in length."""
        cuts = sorted(range(_SHORTEST, len(word) - _SHORTEST + 1), key=lambda cut: abs(2 * cut - len(word)))
        return next(((word[:cut], word[cut:]) for cut in cuts if word[:cut] in self and word[cut:] in self), None)

    def __call__(self, spoken: Sequence[str]) -> Vectors:
        """A row of length 1 for each text: the mean of its words; nothing but zeros without words."""
        found = np.zeros((len(spoken), self.size), np.float32)
        for row, text in zip(found, spoken, strict=True):
            for word in text.split():
                for part in self._parts(word):
                    row += self.word(part)
            row[:] = _unit(row)
        return found

    def _parts(self, word: str) -> list[str]:
        """A run of a script without spaces comes apart into the longest words that the table has."""
        if word < "\u2e80" or word in self._numbers:
            return [word]
        parts: list[str] = []
        while word:
            lengths = range(min(_LONGEST_RUN, len(word)), 1, -1)
            length = next((length for length in lengths if word[:length] in self._numbers), 1)
            parts.append(word[:length])
            word = word[length:]
        return parts


def spoken(words: Iterable[str]) -> str:
    """The words of a name as one text, the characters of scripts without spaces together."""
    return _SIGNS.sub("", " ".join(words))


def _unit(vector: Vectors) -> Vectors:
    scaled: Vectors = vector / np.float32(np.linalg.norm(vector) or 1)
    return scaled


def _by_chance(word: str, size: int) -> Vectors:
    """The same for the same word, in any process."""
    bits = np.unpackbits(np.frombuffer(hashlib.shake_128(word.encode()).digest((size + 7) // 8), np.uint8))[:size]
    return _unit(bits.astype(np.float32) * 2 - 1)


@cache
def meanings() -> Meanings:
    with np.load(FILE) as file:
        return Meanings(bytes(file["words"]).decode().split("\n"), file["vectors"])
