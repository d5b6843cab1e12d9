"""A field, read for ranking; what is read of a key is ``shared.mapping.keys.KeyFacts``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.keys import KeyList, value_words
from shared.mapping.signals.meaning import meanings, spoken
from shared.mapping.signals.shapes import Shape, shape
from shared.mapping.signals.spelling import letters
from shared.mapping.signals.stems import stem, text_stems
from shared.mapping.signals.telling import telling
from shared.mapping.words import words
from shared.profiling.models import FieldProfile

_CLEARLY = 0.6
"""The likeness of an abbreviation and its word."""


@dataclass(frozen=True)
class FieldFacts:
    profile: FieldProfile
    name: tuple[str, ...]
    letters: str
    spoken: str
    """What is compared by meaning."""
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
        spoken=spoken(_written_out(word, keys) for word in name),
        description=words(told),
        said=text_stems(told) | frozenset(map(stem, name)),
        values=value_words(profile.samples),
        patterns=profile.patterns,
        shape=shape(profile.samples),
    )


def _written_out(word: str, keys: KeyList) -> str:
    """A word that nobody knows, as the likeliest word of the keys' names: ``disch`` → ``discharge``."""
    if word in keys.index.known or word in meanings():
        return word
    likely = keys.index.like(word)
    best = max(likely, key=lambda other: likely[other], default=word)
    return best if likely.get(best, 0.0) >= _CLEARLY else word
