"""One field of a stream, counted batch after batch: exactly, value by value, while there is room.

Then, on hashes: rows, empty cells and placeholders stay exact; the number of distinct values stays exact while its
hashes have room; and some values, drawn fairly among the distinct ones, stand for all where types and patterns are
looked for. A value is drawn by its hash: one drawn at the end was drawn when it first came, so its count is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import nlargest
from itertools import islice
from typing import Final

import numpy as np

from shared.profiling.counting import Column
from shared.profiling.distinct import Distinct, drawn, hashes_of
from shared.profiling.placeholders import belongs, placeholders, suspects, told_apart
from shared.profiling.trimmed import Trimmed

_FIRST: Final = 32
"""Values kept because they came first: five of them are shown, and some may be placeholders."""
_HEAVY: Final = 64
_DRAWN: Final = 8_192
_DRAWN_CHARS: Final = 1024 * 1024
_LOW: Final = 0xFFFF
_MOSTLY: Final = 0.5
OVERHEAD: Final = 120
"""Bytes a short string and its count take in a dictionary, about."""


class Tally:
    """A field's values. ``nested``: objects or lists have been among them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nested = False
        self._seen: Counter[str] = Counter()
        self._hashed: Hashed | None = None
        self._closed = False

    @property
    def hashed(self) -> Hashed | None:
        return self._hashed

    @property
    def values(self) -> int:
        """Distinct values held as they are."""
        return len(self._seen)

    def weigh(self) -> int:
        """Bytes the values take in memory, about."""
        return sum(map(len, self._seen)) + OVERHEAD * len(self._seen)

    def add(self, texts: Trimmed) -> None:
        if self._hashed is None:
            self._seen.update(texts.values)
        else:
            self._hashed.add(texts)

    def shrink(self) -> None:
        """From here on count on hashes."""
        if self._hashed is None:
            self._hashed = Hashed(self.name, self._seen)
            self._seen = Counter()
            if self._closed:
                self._hashed.distinct.close()

    def close(self) -> None:
        """No more values come."""
        self._closed = True
        if self._hashed is not None:
            self._hashed.distinct.close()

    def column(self, rows: int) -> Column:
        if self._hashed is not None:
            return self._hashed.column(rows, nested=self.nested)
        seen = dict(self._seen)
        filled = sum(seen.values()) - seen.pop("", 0)
        absent = sum(seen.pop(value) for value in placeholders(self.name, seen))
        return Column(self.name, None, rows, seen, rows - filled, absent, nested=self.nested)


class Hashed:
    """A field of too many values to hold."""

    def __init__(self, name: str, seen: Counter[str]) -> None:
        self.name = name
        self.distinct = Distinct()
        self.filled = 0
        self._placeholders = 0
        self._doubtful: Counter[str] = Counter()
        first = islice(seen, _FIRST)
        heavy = nlargest(_HEAVY, seen.items(), key=lambda item: item[1])
        self._pinned = dict.fromkeys([*first, *(value for value, count in heavy if value and count > 1)], 0)
        self._may_be_pinned = np.zeros(_LOW + 1, np.bool_)
        self._may_be_pinned[hashes_of(self._pinned) & _LOW] = True
        self._drawn: Counter[str] = Counter()
        self._drawn_chars = 0
        self._level = max(0, (len(seen) // _DRAWN).bit_length())
        self._mostly_different = False
        self.add_counted(seen)

    @property
    def repeats(self) -> bool:
        """Some value came twice for certain. Cheap, and not always found out before the end."""
        return self.distinct.unsettled == 0 and self.filled > self.distinct.size and self.distinct.exact

    def add(self, texts: Trimmed) -> None:
        """Where most values are different, counting them first would cost more than it saves."""
        if self._mostly_different:
            self._add_rows(texts)
        else:
            counted = Counter(texts.values)
            self._mostly_different = len(counted) > _MOSTLY * len(texts.values)
            self.add_counted(counted)

    def add_counted(self, counted: Counter[str]) -> None:
        counted.pop("", 0)
        for value in self._told_apart(counted):
            self._placeholders += counted.pop(value)
        self.filled += counted.total()
        for value in self._pinned:
            self._pinned[value] += counted.get(value, 0)
        self._count(list(counted), counted)

    def _add_rows(self, batch: Trimmed) -> None:
        texts = batch.values
        empty = texts.count("")
        no_value = self._told_apart(Counter(value for value in batch.suspects() if value))
        if empty or no_value:
            rows = len(texts) - empty
            texts = [value for value in texts if value and value not in no_value]
            self._placeholders += rows - len(texts)
        self.filled += len(texts)
        self._count(texts, None)

    def _told_apart(self, counted: Counter[str]) -> set[str]:
        """Those that are placeholders for certain; doubtful ones are remembered."""
        certain, doubtful = told_apart(self.name, suspects(counted))
        for value in doubtful:
            self._doubtful[value] += counted[value]
        return certain

    def _count(self, values: Sequence[str], counts: Counter[str] | None) -> None:
        hashes = hashes_of(values)
        self.distinct.add(hashes)
        if counts is None:
            for at in np.flatnonzero(self._may_be_pinned[hashes & _LOW]).tolist():
                if values[at] in self._pinned:
                    self._pinned[values[at]] += 1
        for at in np.flatnonzero(drawn(hashes, self._level)).tolist():
            value = values[at]
            if value not in self._drawn:
                self._drawn_chars += len(value)
            self._drawn[value] += counts[value] if counts else 1
        self._thin_drawn()

    def _thin_drawn(self) -> None:
        while len(self._drawn) > _DRAWN or (self._drawn_chars > _DRAWN_CHARS and len(self._drawn) > _HEAVY):
            self._level += 1
            mask = (1 << self._level) - 1
            self._drawn = Counter({value: count for value, count in self._drawn.items() if not hash(value) & mask})
            self._drawn_chars = sum(map(len, self._drawn))

    def column(self, rows: int, *, nested: bool) -> Column:
        others = [value for value in self._drawn if value not in self._doubtful]
        absent = {value: count for value, count in self._doubtful.items() if not belongs(value, others)}
        filled = self.filled - sum(absent.values())
        return Column(
            name=self.name,
            description=None,
            rows=rows,
            real=self._real(absent, filled),
            empty=rows - self.filled - self._placeholders,
            placeholders=self._placeholders + sum(absent.values()),
            nested=nested,
            counted_distinct=min(filled, self.distinct.count() - len(absent)),
            approximate=not self.distinct.exact,
        )

    def _real(self, absent: dict[str, int], filled: int) -> dict[str, int]:
        """The first and the heaviest values as counted; the drawn ones scaled up to stand for all others."""
        real = {value: count for value, count in self._pinned.items() if count and value not in absent}
        drawn = {value: count for value, count in self._drawn.items() if value not in real and value not in absent}
        rest, counted = filled - sum(real.values()), sum(drawn.values())
        real |= {value: max(1, round(count * rest / counted)) for value, count in drawn.items()}
        largest = max(real, key=lambda value: real[value])
        real[largest] = max(1, real[largest] + filled - sum(real.values()))
        return real
