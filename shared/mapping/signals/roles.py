"""The field that tells the data set's records apart, and the keys that do so for the vocabulary's.

Names say little of these: an ``id``, ``Cust No.`` or ``CUSTOMER_KEY`` is what the vocabulary calls ``referenceNumber``.
Profiling knows which field it is, by counting; a key is one where it is an identifier of nothing else: its name has no
words but those any identifier may have, and those of the vocabulary and the group themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.table import Scores, Table
from shared.mapping.translation import english_words
from shared.mapping.words import words
from shared.profiling.models import FieldProfile

IDENTIFYING = frozenset(("id", "identifier", "identification", "number", "code", "key", "reference", "guid", "uuid"))
"""Words of names of identifiers that do not say of what."""
_OF_FIELDS = frozenset(("Identifier", "Guid", "Integer"))
_OF_KEYS = _OF_FIELDS | {"Text"}
"""Types they may have: catalogues often call everything Text."""


def same_role(origin: str | None, fields: Sequence[FieldFacts], table: Table, keys: KeyList) -> Scores:
    """For each pair 1 where the field is ``origin``, the one that tells the records apart, and the key such a key."""
    found = np.zeros(len(table.keys), np.float32)
    for number, field in enumerate(fields):
        if field.profile.name == origin and is_named_identifier(field.profile):
            rows = np.flatnonzero(table.fields == number)
            found[rows] = [identifies(keys.facts[key], keys) for key in table.keys[rows].tolist()]
    return found


def is_named_identifier(field: FieldProfile) -> bool:
    """A name that nobody understands is left alone, whatever its values."""
    said = words(" ".join(english_words(field.name)))
    return field.data_type in _OF_FIELDS and not IDENTIFYING.isdisjoint(said)


def identifies(key: KeyFacts, keys: KeyList) -> bool:
    """The records of its vocabulary or group, and nothing else."""
    if not {key.data_type, key.value_type} & _OF_KEYS:
        return False
    return bool(key.name & IDENTIFYING) and key.name - IDENTIFYING <= keys.context | key.around
