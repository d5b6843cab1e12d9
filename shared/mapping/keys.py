"""A vocabulary, read for ranking: the words, types and values of each of its keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from shared.mapping.data_types import known_type, meant_type
from shared.mapping.models import FieldIn, Vocabulary, VocabularyKey
from shared.mapping.signals.meaning import spoken
from shared.mapping.signals.shapes import Shape, shape
from shared.mapping.signals.spelling import letters
from shared.mapping.signals.stems import stem, text_stems
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
    """What the key's samples look like; without samples, what its name says where the catalogue gives no type."""
    values: frozenset[str]
    patterns: frozenset[str]
    group: str
    """What stands before the last dot of ``short``: the table, in ``customer.address.city`` the address."""
    around: frozenset[str]
    """The words of the group."""
    letters: tuple[str, ...]
    """Name and display name, to be compared letter by letter."""
    spoken: str
    """The display name, else the name without the group: what is compared by meaning."""
    said: frozenset[str]
    """Stems of names and description."""
    shape: Shape | None


class Facts(Sequence[KeyFacts]):
    """Of each key, read when first asked for: of a large vocabulary most keys never are."""

    def __init__(self, vocabulary: Vocabulary, split: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        self._vocabulary = vocabulary
        self._split = split
        self._read: dict[int, KeyFacts] = {}

    @property
    def read_so_far(self) -> int:
        return len(self._read)

    def __len__(self) -> int:
        return len(self._vocabulary.keys)

    @overload
    def __getitem__(self, number: int) -> KeyFacts: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[KeyFacts]: ...

    def __getitem__(self, number: int | slice) -> KeyFacts | Sequence[KeyFacts]:
        if isinstance(number, slice):
            return tuple(self[one] for one in range(*number.indices(len(self))))
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = self._make(self._vocabulary.keys[number])
        return found

    def _make(self, key: VocabularyKey) -> KeyFacts:
        short = key.key.removeprefix(f"{self._vocabulary.key_prefix}.")
        group, _, tail = short.rpartition(".")
        name, display = (frozenset(self._split(words(text))) for text in (short, key.display_name or ""))
        return KeyFacts(
            key=key,
            short=short,
            name=name,
            display=display,
            description=frozenset(words(key.description or "")),
            data_type=known_type(key.data_type) or "Text",
            value_type=_value_type(key),
            values=value_words(key.samples),
            patterns=_patterns(key.samples),
            group=group,
            around=frozenset(words(group)),
            letters=tuple(letters(text) for text in (tail or short, key.display_name) if text),
            spoken=spoken(self._split(words(key.display_name or tail))),
            said=text_stems(key.description or "") | frozenset(map(stem, name | display)),
            shape=shape(key.samples),
        )


class KeyList:
    """The keys of one vocabulary and the indices over their words."""

    def __init__(self, vocabulary: Vocabulary, names: WordIndex | None = None, texts: WordIndex | None = None) -> None:
        """With the indices, where they have been made before."""
        self.vocabulary = vocabulary
        if names is not None:
            self.index = names
        if texts is not None:
            self.texts = texts

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.vocabulary, self.index.split)

    @cached_property
    def index(self) -> WordIndex:
        """Over the names and display names."""
        return WordIndex(name_words(key, self.vocabulary.key_prefix) for key in self.vocabulary.keys)

    @cached_property
    def texts(self) -> WordIndex:
        """Over the descriptions and samples."""
        return WordIndex((text_words(key) for key in self.vocabulary.keys), take_apart=False)

    @cached_property
    def context(self) -> frozenset[str]:
        """Words said by the vocabulary itself: ``customer`` in ``customer.customerNumber``."""
        return frozenset(words(self.vocabulary.key_prefix)) | frozenset(words(self.vocabulary.name))

    @cached_property
    def _counts(self) -> Counter[str]:
        """Stem → in how many keys it is said."""
        counts: Counter[str] = Counter()
        for index in (self.index, self.texts):
            for word, count in zip(index.table, index.counts, strict=True):
                counts[stem(word)] += count
        return counts

    def rarity(self, stem: str) -> float:
        """0 for what every key says, more the fewer say it."""
        total = len(self.vocabulary.keys)
        return max(0.0, math.log((total + 1) / max(1, self._counts[stem])))


def name_words(key: VocabularyKey, prefix: str) -> frozenset[str]:
    return frozenset(words(key.key.removeprefix(f"{prefix}."))) | frozenset(words(key.display_name or ""))


def text_words(key: VocabularyKey) -> frozenset[str]:
    return frozenset(words(key.description or "")) | value_words(key.samples)


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
    """Samples say more than a catalogue that calls everything Text, and a name more than one that says nothing."""
    from shared.profiling.profile import profile_fields

    meant = meant_type(key.data_type)
    if not key.samples and meant:
        return meant
    named = FieldIn(name=key.key.rpartition(".")[2] or key.key, samples=key.samples)
    return profile_fields("", None, [named]).fields[0].data_type
