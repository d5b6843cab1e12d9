"""A key's description that names the field's values: ``Level in the programme, such as gold or silver``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.mapping.keys import KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.stems import text_stems
from shared.mapping.signals.table import Scores, Table

_LISTED = "Lookup"
"""The type of fields with few values, each a word or two; values of others are told by no description."""
_LEAST = 2
"""Values that are named: one may be by chance."""
_MOST = 0.5
"""The share of the values that a description names at most: it says ``such as``."""


def named_values(fields: Sequence[FieldFacts], table: Table, keys: KeyList) -> Scores:
    """For each pair 0 to 1: how many of the field's values the key's description names; 0 where it names but one."""
    found = np.zeros(len(table.keys), np.float32)
    for number, field in enumerate(fields):
        values = [stems for stems in map(text_stems, field.profile.samples) if stems]
        if field.profile.data_type != _LISTED or len(values) < _LEAST:
            continue
        for row in np.flatnonzero(table.fields == number).tolist():
            described = text_stems(keys.facts[int(table.keys[row])].key.description or "")
            named = sum(stems <= described for stems in values)
            found[row] = min(1.0, named / len(values) / _MOST) if named >= _LEAST else 0
    return found
