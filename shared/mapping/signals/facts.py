"""A field, read for ranking; what is read of a key is ``shared.mapping.keys.KeyFacts``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.keys import KeyList, value_words
from shared.mapping.signals.shapes import Shape, shape
from shared.mapping.signals.spelling import letters
from shared.mapping.signals.stems import stem, text_stems
from shared.mapping.signals.telling import telling
from shared.mapping.words import words
from shared.profiling.models import FieldProfile


@dataclass(frozen=True)
class FieldFacts:
    profile: FieldProfile
    name: tuple[str, ...]
    letters: str
    description: tuple[str, ...]
    """Words of what its description says of it."""
    said: frozenset[str]
    """Stems of name and description."""
    values: frozenset[str]
    patterns: tuple[tuple[str, int], ...]
    shape: Shape | None
    """None without samples."""


def read_fields(profiles: Sequence[FieldProfile], keys: KeyList) -> list[FieldFacts]:
    """Together, since a description often tells of several fields."""
    names = frozenset(profile.name for profile in profiles)
    return [_read(profile, names, keys) for profile in profiles]


def _read(profile: FieldProfile, names: frozenset[str], keys: KeyList) -> FieldFacts:
    told = telling(profile.description, profile.name, names)
    name = keys.index.split(words(profile.name))
    return FieldFacts(
        profile=profile,
        name=name,
        letters=letters(profile.name),
        description=words(told),
        said=text_stems(told) | frozenset(map(stem, name)),
        values=value_words(profile.samples),
        patterns=profile.patterns,
        shape=shape(profile.samples),
    )
