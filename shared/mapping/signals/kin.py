"""Keys that are alike share what speaks for one of them: where ``unit_source_value`` is likely, ``unit_concept_id`` is
likelier than a key of something else. It moves keys up the list, never near the one they are like."""

from __future__ import annotations

from typing import Final

import numpy as np

from shared.mapping.keys import KeyList
from shared.mapping.signals.meaning import meanings
from shared.mapping.signals.table import Numbers, Scores, Table

SHARE: Final = 0.4
"""Of its score that a key passes on to one with the very same meaning."""
_DONORS: Final = 12
"""Of each field's keys, the best, that pass something on."""


def lifted(table: Table, groups: Numbers | None, scores: Scores, keys: KeyList) -> Scores:
    """At least as much as ``scores``, for each pair; keys of other groups pass nothing on."""
    compared, at = np.unique(table.keys, return_inverse=True)
    vectors = meanings()([keys.facts[number].spoken for number in compared.tolist()])
    found = scores.copy()
    order, starts = table.by_field.order, table.by_field.starts
    for rows in np.split(order, starts[1:]):
        donors = rows[np.argsort(-scores[rows], kind="stable")[:_DONORS]]
        alike = np.maximum(vectors[at[rows]] @ vectors[at[donors]].T, np.float32(0))
        if groups is not None:
            alike = np.where(groups[rows][:, None] == groups[donors][None, :], alike, np.float32(0))
        alike[rows[:, None] == donors[None, :]] = 0
        found[rows] = np.maximum(found[rows], np.float32(SHARE) * (alike * scores[donors]).max(axis=1, initial=0))
    return found
