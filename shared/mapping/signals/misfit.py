"""Values that a key of its type cannot hold: ``XL`` is no number of people, whatever both are called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.mapping.data_types import meant_type
from shared.mapping.keys import KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.table import Scores, Table

_COUNTED = frozenset(("Integer", "Number", "Money", "DateTime", "Time", "Duration", "GeographyCoordinates"))
"""Types of which no value is without a digit. Booleans and codes are written in many ways."""


def misfits(fields: Sequence[FieldFacts], table: Table, keys: KeyList) -> Scores:
    """For each pair 1 where the key is counted or measured, and none of the field's values has a digit."""
    wordy = np.array([_is_wordy(field.profile.samples) for field in fields], np.bool_)
    if not wordy.any():
        return np.zeros(len(table.keys), np.float32)
    compared, at = np.unique(table.keys, return_inverse=True)
    counted = np.array([meant_type(keys.facts[key].key.data_type) in _COUNTED for key in compared.tolist()], np.bool_)
    found: Scores = (wordy[table.fields] & counted[at]).astype(np.float32)
    return found


def _is_wordy(samples: Sequence[str]) -> bool:
    return bool(samples) and not any(char.isnumeric() for sample in samples for char in sample)
