"""How a key stands for a field in the ranking: its score, and its lead over the other fields with the same key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.candidates import Ranked, ShortList
from shared.profiling.models import FieldProfile

_MORE = frozenset(("shape", "telling"))
"""Signals there are only where a key has more than names."""
_TELLING = ("name", "meaning", "told", "telling", "description", "values", "patterns", "listing", "role")
"""Signals that say something of what a field is. Letters and lengths alike, or text and text, may be chance."""
_LITTLE = 0.3
"""What words that nobody knows may seem alike by chance."""
_SAME_TYPE = 0.8
_MOST = 0.4
"""A lead beyond this says nothing more."""


@dataclass(frozen=True)
class Standing:
    score: float
    """The ranking's, 0 to 1."""
    hold: float
    """Over the best other field for this key; below 0 where another is better. Within 0.4 of 0."""
    shown: bool
    """The field has values, and the key values or a description: then the same score says more than of names alone."""


def is_spoken_for(ranked: Ranked) -> bool:
    """Whether anything but chance speaks for the key: letters without sense are like something, too."""
    signals = ranked.signals
    return signals.get("type", 0) >= _SAME_TYPE or any(signals.get(name, 0) >= _LITTLE for name in _TELLING)


class Standings:
    """Of all fields of a data set."""

    def __init__(self, fields: Sequence[FieldProfile], short_lists: Sequence[ShortList]) -> None:
        self._fields = fields
        self._suitors: dict[str, list[tuple[float, int]]] = {}
        for number, short_list in enumerate(short_lists):
            for ranked in short_list:
                self._add(ranked.key.key.key, ranked.score, number)

    def _add(self, key: str, score: float, number: int) -> None:
        """Two suitors of a key are enough: the best, and the best beside that one."""
        known = self._suitors.setdefault(key, [])
        known.append((-score, number))
        known.sort()
        del known[2:]

    def of(self, number: int, ranked: Ranked) -> Standing:
        suitors = self._suitors.get(ranked.key.key.key, ())
        rival = next((-score for score, field in suitors if field != number), 0.0)
        hold = max(-_MOST, min(_MOST, ranked.score - rival))
        shown = bool(self._fields[number].samples) and not _MORE.isdisjoint(ranked.signals)
        return Standing(ranked.score, hold, shown)
