"""How a key stands for a field: its score, and its lead over the field's other keys and over the key's other fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.candidates import Ranked, ShortList

_MOST = 0.4
"""A lead beyond this says nothing more."""


@dataclass(frozen=True)
class Standing:
    score: float
    """The ranking's, 0 to 1."""
    lead: float
    """Over the best other key of the field; below 0 where another is better. Within 0.4 of 0."""
    hold: float
    """Over the best other field for this key, likewise."""


class Standings:
    """Of all fields of a data set."""

    def __init__(self, short_lists: Sequence[ShortList]) -> None:
        self._lists = short_lists
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
        key = ranked.key.key.key
        others = next((other.score for other in self._lists[number] if other.key.key.key != key), 0.0)
        rivals = next((-score for score, field in self._suitors.get(key, ()) if field != number), 0.0)
        return Standing(ranked.score, _bounded(ranked.score - others), _bounded(ranked.score - rivals))


def _bounded(lead: float) -> float:
    return max(-_MOST, min(_MOST, lead))
