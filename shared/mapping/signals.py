"""What speaks for a key: several weak signals, each 0 to 1, and their weighted sum."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mapping.data_types import type_likeness
from shared.mapping.keys import KeyFacts, KeyList, value_words
from shared.mapping.words import words
from shared.profiling.models import FieldProfile

WEIGHTS: dict[str, float] = {"name": 0.58, "description": 0.08, "type": 0.14, "values": 0.20}
"""Tuned by hand on public schema-matching tasks; a signal without data on both sides is left out of the sum."""


@dataclass(frozen=True)
class FieldFacts:
    profile: FieldProfile
    name: tuple[str, ...]
    description: tuple[str, ...]
    values: frozenset[str]
    patterns: tuple[tuple[str, int], ...]


def read_field(profile: FieldProfile, keys: KeyList) -> FieldFacts:
    return FieldFacts(
        profile=profile,
        name=keys.index.split(words(profile.name)),
        description=words(profile.description or ""),
        values=value_words(profile.samples),
        patterns=profile.patterns,
    )


def weigh(field: FieldFacts, key: KeyFacts, keys: KeyList) -> tuple[float, dict[str, float]]:
    """The score, 0 to 1, and the signals it is made of."""
    signals = {"name": name_signal(field, key, keys)}
    if key.description or field.description:
        signals["description"] = _description(field, key, keys)
    if field.profile.samples:
        signals["type"] = max(
            type_likeness(field.profile.data_type, kind) for kind in (key.data_type, key.value_type) if kind
        )
    if field.values and key.values:
        signals["values"] = _values(field, key)
    return _sum(signals), signals


def name_signal(field: FieldFacts, key: KeyFacts, keys: KeyList) -> float:
    listed = [name for name in (key.name, key.display) if name]
    return max((keys.index.similarity(field.name, name, keys.context) for name in listed), default=0.0)


def _description(field: FieldFacts, key: KeyFacts, keys: KeyList) -> float:
    """The share of the field's words, name first, that the key's description or name says too."""
    said = key.description | key.name | key.display
    asked = field.description or field.name
    if not asked:
        return 0.0
    return sum(word in said for word in asked) / len(asked)


def _values(field: FieldFacts, key: KeyFacts) -> float:
    common = len(field.values & key.values) / len(field.values)
    total = sum(count for _, count in field.patterns)
    shapes = sum(count for pattern, count in field.patterns if pattern in key.patterns) / total if total else 0.0
    return 0.65 * common + 0.35 * shapes


def _sum(signals: dict[str, float]) -> float:
    total = sum(WEIGHTS[name] for name in signals)
    return sum(WEIGHTS[name] * value for name, value in signals.items()) / total
