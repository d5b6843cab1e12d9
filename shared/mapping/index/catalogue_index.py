"""The index of a catalogue: the words of every key's name and texts, and what each vocabulary is called."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.mapping.heads import Head as Head
from shared.mapping.heads import head_of
from shared.mapping.keys import KeyList, name_words, text_words
from shared.mapping.models import Vocabulary, VocabularyKey
from shared.mapping.word_index import Scores, WordIndex
from shared.mapping.words import words

READ: Final = 8
"""Vocabularies kept ready for ranking, those used last."""
KEY: Final = 1_500
FACTS: Final = 4_000
"""Bytes of a key as an object, and of what is read of one for ranking."""
OWN_NAME: Final = 0.3
"""What a word of the vocabulary's name counts beside one of the key's."""


@dataclass(frozen=True)
class Found:
    key: VocabularyKey
    vocabulary: Head
    score: float
    """0 to 1."""


class CatalogueIndex:
    """Made once for a catalogue, used by many requests at once, in threads."""

    def __init__(
        self, heads: Sequence[Head], read: Callable[[int], Vocabulary], names: WordIndex, texts: WordIndex
    ) -> None:
        """``read`` gives the vocabulary of a number; ``names`` and ``texts`` have a row for each key, in order."""
        self.heads = tuple(heads)
        self.names = names
        self.texts = texts
        self._read = read
        self.starts = np.cumsum([0, *(head.key_count for head in heads)], dtype=np.int32)
        self.titles = WordIndex(words(head.name) or words(head.key_prefix) for head in heads)
        self._lists: OrderedDict[int, KeyList] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes of memory, about, with the vocabularies that are kept ready."""
        ready = sum(KEY * len(keys.facts) + FACTS * keys.facts.read_so_far for keys in list(self._lists.values()))
        return self.names.size_in_bytes + self.texts.size_in_bytes + 500 * len(self.heads) + ready

    def number(self, key_prefix: str) -> int | None:
        """Of the vocabulary with exactly this keyPrefix."""
        return next((number for number, head in enumerate(self.heads) if head.key_prefix == key_prefix), None)

    def key_list(self, number: int) -> KeyList:
        """A vocabulary's keys, ready for ranking."""
        found = self._lists.pop(number, None)
        if found is None:
            first, last = int(self.starts[number]), int(self.starts[number + 1])
            found = KeyList(self._read(number), self.names.part(first, last), self.texts.part(first, last))
        self._lists[number] = found
        while len(self._lists) > READ:
            self._lists.popitem(last=False)
        return found

    def search(self, text: str, limit: int) -> list[Found]:
        """Keys that words of the text speak of, best first: by their names, else their texts and their vocabulary's
        name. At most ``limit``, none that shares no word."""
        asked = self.names.split(words(text))
        scores = self._scores(asked)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [self._found(int(number), float(scores[number])) for number in best if scores[number] > 0]

    def _scores(self, asked: Sequence[str]) -> Scores:
        """For each key how much of its name is said, and a little for what else is."""
        sizes = np.maximum(self.names.sizes, 1.0)
        gains = self.names.gains(asked)
        said = gains / np.sqrt(sizes * max(self.names.size(asked), 1.0))
        titles = self.titles.gains(asked) / np.maximum(self.titles.sizes, 1.0)
        texts = self.texts.exact(asked) / max(self.texts.size(asked), 1.0)
        own = np.repeat(titles, np.diff(self.starts))
        scores: Scores = said + OWN_NAME * own * (gains > 0) + OWN_NAME * texts
        return scores / np.float32(1 + 2 * OWN_NAME)

    def _found(self, number: int, score: float) -> Found:
        owner = int(np.searchsorted(self.starts, number, side="right")) - 1
        key = self.key_list(owner).vocabulary.keys[number - int(self.starts[owner])]
        return Found(key, self.heads[owner], min(score, 1.0))


def build(vocabularies: Iterable[Vocabulary], read: Callable[[int], Vocabulary]) -> CatalogueIndex:
    """The index of vocabularies that are looked at once, in order."""
    heads, names, texts = [], [], []
    for vocabulary in vocabularies:
        heads.append(head_of(vocabulary))
        names += [name_words(key, vocabulary.key_prefix) for key in vocabulary.keys]
        texts += [text_words(key) for key in vocabulary.keys]
    return CatalogueIndex(heads, read, WordIndex(names), WordIndex(texts, take_apart=False))


def index_of(vocabularies: Sequence[Vocabulary]) -> CatalogueIndex:
    """Of vocabularies in memory."""
    return build(vocabularies, lambda number: vocabularies[number])


Catalogued = Sequence[Vocabulary] | CatalogueIndex
"""Vocabularies, indexed already or not."""


def indexed(vocabularies: Catalogued) -> CatalogueIndex:
    return vocabularies if isinstance(vocabularies, CatalogueIndex) else index_of(vocabularies)
