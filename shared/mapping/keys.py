"""A vocabulary, read for ranking: the words, types and values of each of its keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.mapping.data_types import known_type
from shared.mapping.models import FieldIn, Vocabulary, VocabularyKey
from shared.mapping.word_index import WordIndex
from shared.mapping.words import words

_MAX_VALUE_WORDS = 400
_MAX_VALUE_CHARS = 200


@dataclass(frozen=True)
class KeyFacts:
    key: VocabularyKey
    short: str
    """The key without its prefix and the dot."""
    name: frozenset[str]
    display: frozenset[str]
    description: frozenset[str]
    data_type: str
    """One of the 28; Text where the catalogue says nothing known."""
    value_type: str | None
    """What the key's samples look like, None without samples."""
    values: frozenset[str]
    patterns: frozenset[str]


class KeyList:
    """The keys of one vocabulary and the index over their names."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.facts = tuple(_read(key, vocabulary.key_prefix) for key in vocabulary.keys)
        self.index = WordIndex([facts.name | facts.display for facts in self.facts])
        self.context = frozenset(words(vocabulary.key_prefix)) | frozenset(words(vocabulary.name))
        """Words said by the vocabulary itself: ``customer`` in ``customer.customerNumber``."""


def _read(key: VocabularyKey, prefix: str) -> KeyFacts:
    short = key.key.removeprefix(f"{prefix}.")
    return KeyFacts(
        key=key,
        short=short,
        name=frozenset(words(short)),
        display=frozenset(words(key.display_name or "")),
        description=frozenset(words(key.description or "")),
        data_type=known_type(key.data_type) or "Text",
        value_type=_value_type(key),
        values=value_words(key.samples),
        patterns=_patterns(key.samples),
    )


def value_words(samples: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for sample in samples:
        found.update(words(sample[:_MAX_VALUE_CHARS]))
        if len(found) >= _MAX_VALUE_WORDS:
            break
    return frozenset(found)


def _patterns(samples: list[str]) -> frozenset[str]:
    from shared.profiling.patterns import mask

    return frozenset(mask(sample) for sample in samples)


def _value_type(key: VocabularyKey) -> str | None:
    """Samples say more than a catalogue that calls everything Text."""
    from shared.profiling.profile import profile_fields

    if not key.samples:
        return None
    return profile_fields("", None, [FieldIn(name=key.key[-500:], samples=key.samples)]).fields[0].data_type
