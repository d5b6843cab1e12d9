"""Whether the data types go together."""

from __future__ import annotations

from shared.mapping.data_types import type_likeness
from shared.mapping.keys import KeyFacts
from shared.mapping.signals.facts import FieldFacts


def likeness(field: FieldFacts, key: KeyFacts) -> float | None:
    """0 to 1, by values where there are samples, else by what names and catalogue say."""
    kinds = (key.data_type, key.value_type) if field.profile.samples else (key.data_type,)
    return max(type_likeness(field.profile.data_type, kind) for kind in kinds if kind)
