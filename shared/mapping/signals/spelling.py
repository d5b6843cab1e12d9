"""How alike names are letter by letter, whatever words they are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.mapping.words import fold

if TYPE_CHECKING:
    from shared.mapping.keys import KeyFacts
    from shared.mapping.signals.facts import FieldFacts

_LONGEST = 100
_SIGNS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def letters(name: str) -> str:
    """The name in lower case with single spaces for signs: ``E-mailAddr`` → ``e mail addr``."""
    return _SIGNS.sub(" ", fold(_CAMEL.sub(" ", name[:_LONGEST]))).strip()


def likeness(field: FieldFacts, key: KeyFacts) -> float:
    """0 to 1."""
    from rapidfuzz import fuzz

    return max((fuzz.token_set_ratio(field.letters, name) for name in key.letters), default=0.0) / 100
