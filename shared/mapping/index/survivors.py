"""Which keys of a vocabulary are compared with a field: all, while that takes no time; else those that share most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from shared.mapping.data_types import known_type

if TYPE_CHECKING:
    from shared.mapping.keys import KeyList
    from shared.mapping.signals.facts import FieldFacts
    from shared.mapping.word_index import WordIndex

PAIRS: Final = 40_000
"""Fields times keys that are compared one by one, in one or two seconds."""
FEWEST: Final = 40
"""Keys each field is compared with at least."""
TEXTS: Final = 0.35
"""What words of descriptions and samples count beside those of names."""

Scores = npt.NDArray[np.float32]


def survivors(fields: Sequence[FieldFacts], keys: KeyList, pairs: int = PAIRS) -> list[Sequence[int]]:
    """For each field the numbers of the keys to compare it with; never none, unless the vocabulary is empty."""
    total = len(keys.facts)
    if len(fields) * total <= pairs:
        return [range(total)] * len(fields)
    most = min(total, max(FEWEST, pairs // len(fields)))
    types = np.array([known_type(key.data_type) or "Text" for key in keys.vocabulary.keys])
    same = {name: np.flatnonzero(types == name)[:most] for name in {field.profile.data_type for field in fields}}
    return [_best(shared(field, keys), same[field.profile.data_type], most) for field in fields]


def shared(field: FieldFacts, keys: KeyList) -> Scores:
    """0 and above for each key: the weight of what its words and the field's share, by the length of the key's name."""
    sums = keys.index.gains(field.name) / _root(keys.index)
    said = [*field.values, *field.description]
    if keys.texts.table and (said or field.name):
        known = [word for word in (*said, *field.name) if word in keys.texts.known]
        sums += np.float32(TEXTS) * keys.texts.exact(known) / _root(keys.texts)
    return sums


def _root(index: WordIndex) -> Scores:
    """A long name shares more by chance."""
    root: Scores = np.sqrt(np.maximum(index.sizes, np.float32(1)))
    return root


def _best(scores: Scores, same_type: npt.NDArray[np.intp], most: int) -> Sequence[int]:
    """The best; where fewer share any word, keys of the same type are as good as any, and any better than none."""
    sharing = np.flatnonzero(scores > 0)
    if len(sharing) > most:
        sharing = sharing[np.argpartition(-scores[sharing], most - 1)[:most]]
    elif len(sharing) < most:
        sharing = np.union1d(sharing, same_type[: most - len(sharing)])
    found: list[int] = np.sort(sharing if len(sharing) else np.arange(most)).tolist()
    return found
