"""English words that a shortened or misspelt foreign one may stand for: ``impu`` → ``tax`` (Spanish impuesto)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from shared.mapping.index.spellings import Spellings
from shared.mapping.languages import FOREIGN
from shared.mapping.words import likeness

LIKE: Final = 0.6
"""Less likeness than this says nothing among the words of fourteen languages."""
TRUSTED: Final = 0.85
"""Of that likeness, beside a word of the list that is as like."""


@lru_cache(maxsize=20_000)
def foreign_like(word: str) -> dict[str, float]:
    """English word → likeness, 0 to 1."""
    found: dict[str, float] = {}
    for form in _forms().near(word):
        score = TRUSTED * likeness(word, form)
        if score >= TRUSTED * LIKE:
            for english in FOREIGN[form]:
                found[english] = max(score, found.get(english, 0.0))
    return found


@cache
def _forms() -> Spellings:
    return Spellings(sorted(FOREIGN))
