"""Whether the data types go together."""

from __future__ import annotations

from shared.mapping.data_types import meant_type, type_likeness
from shared.mapping.keys import KeyFacts
from shared.mapping.signals.facts import FieldFacts


def likeness(field: FieldFacts, key: KeyFacts) -> float:
    """0 to 1. A catalogue often calls everything Text: what the key's samples or name say counts as well."""
    kinds = {kind for kind in (meant_type(key.key.data_type), key.value_type) if kind}
    return max(type_likeness(field.profile.data_type, kind) for kind in kinds)
