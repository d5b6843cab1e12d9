"""A short list of keys for each field, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.mapping.index.survivors import PAIRS, survivors
from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals.clues import clues
from shared.mapping.signals.facts import read_fields
from shared.mapping.signals.fusion import Fused, fuse, weights
from shared.mapping.signals.kin import lifted
from shared.mapping.signals.meaning import Meaning
from shared.mapping.signals.table import SIGNALS, Numbers, Scores, Table, table
from shared.profiling.models import DataSetProfile, FieldProfile


@dataclass(frozen=True)
class Ranked:
    key: KeyFacts
    score: float
    """0 to 1."""
    signals: dict[str, float]


ShortList = tuple[Ranked, ...]


def rank(
    fields: Sequence[FieldProfile],
    keys: KeyList,
    limit: int,
    *,
    pairs: int = PAIRS,
    meaning: Meaning | None = None,
    data_set: DataSetProfile | None = None,
) -> tuple[ShortList, ...]:
    """For each field, in order, at most ``limit`` keys. At most ``pairs`` of a field and a key are compared, or a few
    for each field. ``meaning``: an embedding in place of the table of word meanings. ``data_set``: what the fields are
    of, where that is to count too."""
    asked = read_fields(fields, keys)
    compared = survivors(asked, keys, pairs)
    found = table(asked, compared, keys, meaning)
    of_groups = groups(found, keys)
    known = clues(data_set, asked, found, of_groups, keys) if data_set else None
    fused = fuse(found, of_groups, weights(), known)
    scores = lifted(found, of_groups, fused.scores, keys)
    ends = np.cumsum([len(numbers) for numbers in compared])
    starts = [0, *ends.tolist()]
    return tuple(_best(range(starts[n], starts[n + 1]), found, fused, scores, keys, limit) for n in range(len(fields)))


def groups(found: Table, keys: KeyList) -> Numbers | None:
    """A number for each pair's group of keys; None where there is only one."""
    numbers: dict[str, int] = {}
    of_key = {key: numbers.setdefault(keys.facts[key].group, len(numbers)) for key in np.unique(found.keys).tolist()}
    if len(numbers) < 2:
        return None
    return np.fromiter((of_key[key] for key in found.keys.tolist()), np.int32, len(found.keys))


def _best(rows: range, found: Table, fused: Fused, final: Scores, keys: KeyList, limit: int) -> ShortList:
    scores = final[rows.start : rows.stop].tolist()
    order = sorted(range(len(rows)), key=lambda n: (-scores[n], keys.facts[int(found.keys[rows[n]])].key.key))[:limit]
    return tuple(
        Ranked(keys.facts[int(found.keys[rows[n]])], scores[n], _signals(rows[n], found, fused)) for n in order
    )


def _signals(row: int, found: Table, fused: Fused) -> dict[str, float]:
    values = found.signals[row].tolist()
    own = {name: value for name, value in zip(SIGNALS, values, strict=True) if value == value}
    around = {"rivals": float(fused.rivals[row]), "group": float(fused.group[row])}
    return own | around | (fused.clues.of(row) if fused.clues else {})
