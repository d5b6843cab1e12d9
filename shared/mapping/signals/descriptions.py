"""How much names and descriptions of both sides say the same, counted in words that few keys have."""

from __future__ import annotations

import math

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals.facts import FieldFacts


def likeness(field: FieldFacts, key: KeyFacts, keys: KeyList) -> float | None:
    """0 to 1; None where neither side has a description."""
    if not (field.description or key.description):
        return None
    weight = keys.rarity
    common = sum(weight(word) ** 2 for word in field.said & key.said)
    if not common:
        return 0.0
    return common / math.sqrt(_size(field.said, keys) * _size(key.said, keys))


def _size(said: frozenset[str], keys: KeyList) -> float:
    return sum(keys.rarity(word) ** 2 for word in said)
