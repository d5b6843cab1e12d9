"""How much of a data set each vocabulary of a catalogue covers, by the words of names alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.word_index import Scores
from shared.mapping.words import words

MOST: Final = 10_000_000
"""Fields times keys: 40 MB. Of a catalogue so large, fewer fields speak for the data set."""
CLOSER: Final = 30
"""So many vocabularies are looked at key by key, of those in which most fields find one like them."""
_NEAR: Final = 20
"""Of a vocabulary's keys, so many per field are looked at."""
_SIZE: Final = 0.02
"""What a vocabulary loses for its size (natural logarithm of its keys): in many keys more is found by chance."""


@dataclass(frozen=True)
class Covered:
    number: int
    """Of the vocabulary."""
    share: float
    """0 to 1: the mean squared likeness of each field and its key, a key given to one field."""
    score: float
    """The share, less for large vocabularies: for comparing them."""


def coverage(names: Sequence[str], index: CatalogueIndex, favour: Scores) -> list[Covered]:
    """The vocabularies that cover most, best first, without those that have no keys where others do. ``favour`` is
    added to each one's score."""
    sizes = np.diff(index.starts)
    filled = np.flatnonzero(sizes)
    if not names or not len(filled):
        return [Covered(number, 0.0, 0.0) for number in range(len(index.heads))]
    asked = names[:: max(1, -(-len(names) * len(index.names.rows) // MOST))]
    likeness = np.stack([_likeness(name, index) for name in asked])
    best = np.maximum.reduceat(likeness, index.starts[filled], axis=1)
    rough = (best**2).mean(axis=0) + favour[filled]
    closer = filled[np.argsort(-rough, kind="stable")[:CLOSER]]
    found = []
    for number in closer.tolist():
        share = _one_to_one(likeness[:, index.starts[number] : index.starts[number + 1]])
        score = share - _SIZE * float(np.log(sizes[number])) + float(favour[number])
        found.append(Covered(number, share, score))
    return sorted(found, key=lambda one: -one.score)


def _likeness(name: str, index: CatalogueIndex) -> Scores:
    """Of a field's name and each key's, 0 to 1."""
    asked = index.names.split(words(name))
    likeness = index.names.gains(asked) / np.sqrt(
        np.maximum(index.names.sizes, 1.0) * max(index.names.size(asked), 1.0)
    )
    scores: Scores = likeness.astype(np.float32)
    return scores


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
