"""What a group of keys is about, beside what the data set is about: both as their descriptions say.

A vocabulary of many tables has the same keys in several of them (``visit.person_id``, ``specimen.person_id``): the
field's own name and description cannot tell which is meant, what is said of the data set and of its other fields can.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.mapping.keys import KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.meaning import Vectors, meanings
from shared.mapping.signals.table import Numbers, Scores, Table
from shared.mapping.signals.told import told


def off_topic(
    about: str | None, fields: Sequence[FieldFacts], table: Table, groups: Numbers | None, keys: KeyList
) -> Scores:
    """For each pair by how much its group is less about the data set than the group that is most: 0 to 2, 0 for all
    where a side has no descriptions, or all keys are of one group. ``about``: the data set's description."""
    nothing = np.zeros(len(table.keys), np.float32)
    ours = _together([told(about or ""), _together([told(" ".join(field.description)) for field in fields])])
    if groups is None or not ours.any():
        return nothing
    compared, first = np.unique(table.keys, return_index=True)
    said = np.array([told(keys.facts[number].key.description or "") for number in compared.tolist()], np.float32)
    sums = np.zeros((int(groups.max()) + 1, meanings().size), np.float32)
    np.add.at(sums, groups[first], said)
    described = sums.any(axis=1)
    if described.sum() < 2:
        return nothing
    theirs = _unit(sums[described])
    likeness = _unit(theirs - theirs.mean(axis=0)) @ ours
    middling = likeness.max() - likeness.mean()
    off = np.full(len(sums), middling, np.float32)  # of a group that says nothing
    off[described] = likeness.max() - likeness
    found: Scores = off[groups]
    return found


def _together(vectors: Sequence[Vectors]) -> Vectors:
    return _unit(np.sum(vectors, axis=0)) if vectors else np.zeros(meanings().size, np.float32)


def _unit(vectors: npt.NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    found: Vectors = vectors / lengths
    return found
