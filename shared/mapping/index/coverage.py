"""How much of a data set each vocabulary of a catalogue covers, by words alone: of names, else of texts and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.keys import value_words
from shared.mapping.word_index import Scores, WordIndex
from shared.mapping.words import words
from shared.profiling.models import FieldProfile

MOST: Final = 10_000_000
"""Fields times keys: 40 MB. Of a catalogue so large, fewer fields speak for the data set."""
CLOSER: Final = 30
"""So many vocabularies are looked at key by key, of those in which most fields find one like them."""
TEXTS: Final = 0.8
"""What words of samples and descriptions tell, where those of names tell less."""
_NEAR: Final = 20
"""Of a vocabulary's keys, so many per field are looked at."""
_SIZE: Final = 0.01
"""What a vocabulary loses for its size (natural logarithm of its keys): in many keys more is found by chance."""


@dataclass(frozen=True)
class Covered:
    number: int
    """Of the vocabulary."""
    share: float
    """0 to 1: the mean squared likeness of each field and its key, a key given to one field."""
    score: float
    """The share, less for large vocabularies: for comparing them."""


def coverage(fields: Sequence[FieldProfile], index: CatalogueIndex, favour: Scores) -> list[Covered]:
    """The vocabularies that cover most, best first, without those that have no keys where others do. ``favour`` is
    added to each one's score."""
    sizes = np.diff(index.starts)
    filled = np.flatnonzero(sizes)
    if not fields or not len(filled):
        return [Covered(number, 0.0, 0.0) for number in range(len(index.heads))]
    asked = fields[:: max(1, -(-len(fields) * len(index.names.rows) // MOST))]
    likeness = np.stack([_likeness(field, index) for field in asked])
    best = np.maximum.reduceat(likeness, index.starts[filled], axis=1)
    rough = (best**2).mean(axis=0) + favour[filled]
    closer = filled[np.argsort(-rough, kind="stable")[:CLOSER]]
    found = []
    for number in closer.tolist():
        share = _one_to_one(likeness[:, index.starts[number] : index.starts[number + 1]])
        score = share - _SIZE * float(np.log(sizes[number])) + float(favour[number])
        found.append(Covered(number, share, score))
    return sorted(found, key=lambda one: -one.score)


def _likeness(field: FieldProfile, index: CatalogueIndex) -> Scores:
    """Of a field and each key, 0 to 1."""
    name = index.names.split(words(field.name))
    likeness = _share(index.names.gains(name), index.names, index.names.size(name))
    if index.texts.table:
        said = (*value_words(field.samples), *words(field.description or ""))
        texts = _share(index.texts.exact(said), index.texts, index.texts.size(said))
        likeness = np.maximum(likeness, np.float32(TEXTS) * texts)
    return likeness


def _share(gains: Scores, index: WordIndex, size: float) -> Scores:
    shares: Scores = (gains / np.sqrt(np.maximum(index.sizes, 1.0) * max(size, 1.0))).astype(np.float32)
    return shares


def _one_to_one(likeness: Scores) -> float:
    """Likeness of fields (rows) and keys (columns) → its mean square, when each key is given to one field only."""
    fields, keys = len(likeness), likeness.shape[1]
    if keys > _NEAR * 2:
        near = np.argpartition(-likeness, _NEAR, axis=1)[:, :_NEAR]
        likeness = likeness[:, np.unique(near)]
    left = likeness.copy()
    total = 0.0
    for _ in range(min(left.shape)):
        field, key = divmod(int(left.argmax()), left.shape[1])
        value = float(left[field, key])
        if value <= 0:
            break
        total += value * value
        left[field, :] = -1
        left[:, key] = -1
    return total / fields
