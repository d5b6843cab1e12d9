"""How much of a field's name is found in the key's name or display name, and the other way round."""

from __future__ import annotations

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals.facts import FieldFacts


def likeness(field: FieldFacts, key: KeyFacts, keys: KeyList) -> float:
    """0 to 1. Rare words count more; words that the vocabulary, or the group, says of all its keys count little."""
    context = keys.context | key.around
    listed = [name for name in (key.name, key.display) if name]
    return max((keys.index.similarity(field.name, name, context) for name in listed), default=0.0)
