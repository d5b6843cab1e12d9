"""Which names of a list share words with a given name, without comparing it with each of them.

Arrays: a name is a row of word numbers, a word a column of name numbers. Words have numbers in one table that all parts
of a catalogue share; weights are counted for each part on its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shared.mapping.index.foreign import foreign_like
from shared.mapping.index.segments import Segments
from shared.mapping.index.spellings import Spellings
from shared.mapping.signals.meaning import meanings
from shared.mapping.words import likeness

Numbers = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float32]
REMEMBERED = 20_000
"""Words looked up before that are kept, and as many columns as hold ``COLUMNS`` numbers."""
COLUMNS = 2_000_000
FEW = 50_000
"""Different words up to which they are taken apart, in about two seconds."""
LITTLE = 0.2
"""What a word counts that the vocabulary's own name says."""
MANY = 40
"""A word stands for so many others at most, the likest."""


class Rows:
    """Names as rows of word numbers: row ``n`` is ``words[starts[n]:starts[n + 1]]``."""

    def __init__(self, starts: Numbers, words: Numbers) -> None:
        self.starts = starts
        self.words = words

    def __len__(self) -> int:
        return len(self.starts) - 1

    def part(self, first: int, last: int) -> Rows:
        starts = self.starts[first : last + 1]
        return Rows(starts - starts[0], self.words[starts[0] : starts[-1]])

    def owners(self) -> Numbers:
        """For each word of each row the number of its row."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))


class WordIndex:
    """Words of many names (one set per name), rare words weighing more (inverse document frequency)."""

    def __init__(self, names: Iterable[Iterable[str]], *, take_apart: bool = True) -> None:
        """``take_apart``: words of the list that others of it make up, as in names that were run together."""
        given = [frozenset(name) for name in names]
        counts = Counter(word for name in given for word in name)
        self.segments = Segments(counts)
        if take_apart and len(counts) <= FEW:
            given = [frozenset(self.split(tuple(name))) for name in given]
        listed = [sorted(name) for name in given]
        table = sorted({word for name in listed for word in name})
        numbers = {word: number for number, word in enumerate(table)}
        starts = np.zeros(len(listed) + 1, np.int32)
        np.cumsum([len(name) for name in listed], out=starts[1:], dtype=np.int32)
        flat = np.fromiter((numbers[word] for name in listed for word in name), np.int32, int(starts[-1]))
        rows = Rows(starts, flat)
        self._fill(table, numbers, rows)
        self.segments = Segments(Counter(word for name in listed for word in name))

    @classmethod
    def read(cls, table: Sequence[str], rows: Rows, segments: Segments | None = None) -> WordIndex:
        """From a sorted table of words and rows that were made before."""
        index = cls.__new__(cls)
        counts = np.bincount(rows.words, minlength=len(table)).tolist()
        index.segments = segments or Segments(dict(zip(table, counts, strict=True)))
        index._fill(table, {word: number for number, word in enumerate(table)}, rows)
        return index

    def part(self, first: int, last: int) -> WordIndex:
        """The index of a run of the names alone, weighed among themselves."""
        rows = self.rows.part(first, last)
        used = np.unique(rows.words)
        table = [self.table[number] for number in used.tolist()]
        flat = np.searchsorted(used, rows.words).astype(np.int32)
        return WordIndex.read(table, Rows(rows.starts, flat), self.segments)

    def _fill(self, table: Sequence[str], numbers: dict[str, int], rows: Rows) -> None:
        self.table = table
        self.rows = rows
        self._numbers = numbers
        self.known = frozenset(table)
        counts = np.bincount(rows.words, minlength=len(table))
        self._weights = (1.0 + np.log((len(rows) + 1) / (counts + 1))).astype(np.float32)
        self._unknown = 1.0 + math.log((len(rows) + 1) / 2)
        self._weight: dict[str, float] = dict(zip(table, self._weights.tolist(), strict=True))
        self._like: dict[str, dict[str, float]] = {}
        self._last: tuple[tuple[str, ...], frozenset[str], list[tuple[float, dict[str, float]]]] | None = None
        self._columns: dict[str, tuple[Numbers, Scores]] = {}
        self._kept = 0

    @property
    def counts(self) -> list[int]:
        """In how many names each word of the table is."""
        found: list[int] = np.bincount(self.rows.words, minlength=len(self.table)).tolist()
        return found

    @property
    def size_in_bytes(self) -> int:
        """Of memory, about: the rows, once each way, and what is kept of each word."""
        return 2 * self.rows.words.nbytes + 3 * self.rows.starts.nbytes + 700 * len(self.table) + 8 * self._kept

    @cached_property
    def sizes(self) -> Scores:
        """The summed weight of each name."""
        gains = self._weights[self.rows.words]
        return np.bincount(self.rows.owners(), gains, len(self.rows)).astype(np.float32)

    @cached_property
    def _holders(self) -> Rows:
        """The other way round: names as numbers in a row per word."""
        order = np.argsort(self.rows.words, kind="stable")
        counts = np.bincount(self.rows.words, minlength=len(self.table))
        starts = np.zeros(len(self.table) + 1, np.int32)
        np.cumsum(counts, out=starts[1:], dtype=np.int32)
        return Rows(starts, self.rows.owners()[order])

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.table)

    def split(self, name: tuple[str, ...]) -> tuple[str, ...]:
        """The same name, with words that were run together taken apart."""
        return tuple(dict.fromkeys(part for word in name for part in self.segments.split(word)))

    def weight(self, word: str) -> float:
        return self._weight.get(word, self._unknown)

    def like(self, word: str) -> dict[str, float]:
        """Words of the list that mean, begin, shorten or are spelt like this one, with their likeness."""
        found = self._like.get(word)
        if found is None:
            scores = {other: likeness(word, other) for other in self._spellings.near(word)}
            strange = word not in self.known and word not in meanings()
            for english, score in foreign_like(word).items() if strange else ():
                if english in self.known:
                    scores[english] = max(score, scores.get(english, 0.0))
            best = sorted((pair for pair in scores.items() if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
            if len(self._like) >= REMEMBERED:
                self._like.clear()
            found = self._like[word] = dict(best[:MANY])
        return found

    def gains(self, name: Sequence[str]) -> Scores:
        """For each listed name the summed weight of the words it shares with ``name``."""
        sums = np.zeros(len(self.rows), np.float32)
        for word in name:
            numbers, gains = self._column(word)
            sums[numbers] += gains
        return sums

    def exact(self, name: Sequence[str]) -> Scores:
        """As ``gains``, counting only the very same words."""
        sums = np.zeros(len(self.rows), np.float32)
        starts, holders = self._holders.starts, self._holders.words
        for word in name:
            number = self._numbers.get(word)
            if number is not None:
                sums[holders[starts[number] : starts[number + 1]]] += self._weights[number]
        return sums

    def size(self, name: Sequence[str]) -> float:
        """The summed weight of any name."""
        return sum(map(self.weight, name))

    def _column(self, word: str) -> tuple[Numbers, Scores]:
        """The names that hold the word or one like it, each once, with the best gain of those."""
        found = self._columns.get(word)
        if found is None:
            found = self._make_column(word)
            if self._kept + len(found[0]) > COLUMNS or len(self._columns) >= REMEMBERED:
                self._columns.clear()
                self._kept = 0
            self._columns[word] = found
            self._kept += len(found[0])
        return found

    def _make_column(self, word: str) -> tuple[Numbers, Scores]:
        likes = [(score * self.weight(other), self._numbers[other]) for other, score in self.like(word).items()]
        starts, holders = self._holders.starts, self._holders.words
        parts = [(gain, holders[starts[number] : starts[number + 1]]) for gain, number in sorted(likes)]
        if len(parts) == 1:
            return parts[0][1], np.full(len(parts[0][1]), parts[0][0], np.float32)
        best = np.zeros(len(self.rows), np.float32)
        for gain, names in parts:
            best[names] = gain  # in ascending order: the best is written last
        numbers = np.flatnonzero(best).astype(np.int32)
        return numbers, best[numbers]

    def similarity(self, name: tuple[str, ...], listed: frozenset[str], context: frozenset[str] = frozenset()) -> float:
        """0 to 1: how much of either name is found in the other. Words of ``context`` matter little."""
        if not name or not listed:
            return 0.0
        asked = self._read(name, context)
        back = dict.fromkeys(listed, 0.0)
        there = whole = 0.0
        for share, likes in asked:
            best = 0.0
            for word in listed:
                score = likes.get(word, 0.0)
                if score > best:
                    best = score
                if score > back[word]:
                    back[word] = score
            there += share * best
            whole += share
        covered = own = 0.0
        for word, score in back.items():
            share = self._share(word, context)
            covered += share * score
            own += share
        return math.sqrt(there / whole * covered / own)

    def _read(self, name: tuple[str, ...], context: frozenset[str]) -> list[tuple[float, dict[str, float]]]:
        """Each word's share and what it is like; kept for the next, since a name is compared with many in a row."""
        last = self._last
        if last is None or last[0] is not name or last[1] != context:
            read = [(self._share(word, context), {**self.like(word), word: 1.0}) for word in name]
            last = self._last = (name, context, read)
        return last[2]

    def _share(self, word: str, context: frozenset[str]) -> float:
        return self.weight(word) * (LITTLE if word in context else 1.0)
