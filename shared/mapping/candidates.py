"""A short list of keys for each field, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.index.survivors import survivors
from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals import FieldFacts, read_field, weigh
from shared.profiling.models import FieldProfile


@dataclass(frozen=True)
class Ranked:
    key: KeyFacts
    score: float
    """0 to 1."""
    signals: dict[str, float]


ShortList = tuple[Ranked, ...]


def rank(fields: Sequence[FieldProfile], keys: KeyList, limit: int) -> tuple[ShortList, ...]:
    """For each field, in order, at most ``limit`` keys."""
    asked = [read_field(field, keys) for field in fields]
    compared = survivors(asked, keys)
    return tuple(_rank(field, keys, numbers, limit) for field, numbers in zip(asked, compared, strict=True))


def _rank(field: FieldFacts, keys: KeyList, numbers: Sequence[int], limit: int) -> ShortList:
    ranked = []
    for number in numbers:
        key = keys.facts[number]
        score, signals = weigh(field, key, keys)
        ranked.append(Ranked(key, score, signals))
    ranked.sort(key=lambda r: (-r.score, r.key.key.key))
    return tuple(ranked[:limit])
