"""Values that a key cannot hold: ``XL`` is no number of people, whatever both are called.

Nor is what tells the records apart the id of what many of them share: a ``CustomerID`` is no ``CustomerGroupId``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.mapping.data_types import meant_type
from shared.mapping.keys import KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.table import Scores, Table

_COUNTED = frozenset(("Integer", "Number", "Money", "DateTime", "Time", "Duration", "GeographyCoordinates"))
"""Types of which no value is without a digit. Booleans and codes are written in many ways."""
_SHARED = frozenset(("category", "class", "classification", "group", "segment", "status", "type"))
"""Words of what many records have in common."""


def misfits(origin: str | None, fields: Sequence[FieldFacts], table: Table, keys: KeyList) -> Scores:
    """For each pair 1 where the key is counted or measured and none of the field's values has a digit, or where the
    field is ``origin``, the one that tells the records apart, and the key is of what many share."""
    wordy = np.array([_is_wordy(field.profile.samples) for field in fields], np.bool_)
    telling = np.array([field.profile.name == origin for field in fields], np.bool_)
    if not (wordy | telling).any():
        return np.zeros(len(table.keys), np.float32)
    compared, at = np.unique(table.keys, return_inverse=True)
    facts = [keys.facts[key] for key in compared.tolist()]
    counted = np.array([meant_type(key.key.data_type) in _COUNTED for key in facts], np.bool_)
    found = wordy[table.fields] & counted[at]
    for number in np.flatnonzero(telling).tolist():
        shared = np.array([bool(key.name & _SHARED - set(fields[number].name)) for key in facts], np.bool_)
        found |= (table.fields == number) & shared[at]
    return found.astype(np.float32)


def _is_wordy(samples: Sequence[str]) -> bool:
    return bool(samples) and not any(char.isnumeric() for sample in samples for char in sample)
