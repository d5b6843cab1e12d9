"""Whether a field's sample values are made of the words that a key's samples are made of."""

from __future__ import annotations

from shared.mapping.keys import KeyFacts
from shared.mapping.signals.facts import FieldFacts


def overlap(field: FieldFacts, key: KeyFacts) -> float | None:
    """0 to 1, the share of the field's words that the key's samples have; None without samples on both sides."""
    if not (field.values and key.values):
        return None
    return len(field.values & key.values) / len(field.values)


def patterns(field: FieldFacts, key: KeyFacts) -> float | None:
    """0 to 1, the share of the field's values whose mask is one of the key's."""
    if not (field.values and key.values):
        return None
    total = sum(count for _, count in field.patterns)
    return sum(count for pattern, count in field.patterns if pattern in key.patterns) / total if total else 0.0
