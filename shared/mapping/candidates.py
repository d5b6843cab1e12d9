"""A short list of keys for each field, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals import FieldFacts, read_field, weigh
from shared.profiling.models import FieldProfile

SMALL = 300
"""A vocabulary up to this size is compared key by key."""
SURVIVORS = 80
"""Of a larger one, so many keys per field are compared: those that share most with its name."""


@dataclass(frozen=True)
class Ranked:
    key: KeyFacts
    score: float
    """0 to 1."""
    signals: dict[str, float]


ShortList = tuple[Ranked, ...]


def rank(fields: Sequence[FieldProfile], keys: KeyList, limit: int) -> tuple[ShortList, ...]:
    """For each field, in order, at most ``limit`` keys."""
    return tuple(_rank(read_field(field, keys), keys, limit) for field in fields)


def _rank(field: FieldFacts, keys: KeyList, limit: int) -> ShortList:
    ranked = []
    for number in _survivors(field, keys):
        key = keys.facts[number]
        score, signals = weigh(field, key, keys)
        ranked.append(Ranked(key, score, signals))
    ranked.sort(key=lambda r: (-r.score, r.key.key.key))
    return tuple(ranked[:limit])


def _survivors(field: FieldFacts, keys: KeyList) -> Sequence[int]:
    if len(keys.facts) <= SMALL:
        return range(len(keys.facts))
    shared = keys.index.shared(field.name)
    best = sorted(shared, key=lambda number: (-shared[number], len(keys.facts[number].name), number))
    return best[:SURVIVORS]
