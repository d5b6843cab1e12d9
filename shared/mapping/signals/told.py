"""Whether one side's description tells what the other side's name means."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from shared.mapping.signals.meaning import Vectors, meanings
from shared.mapping.signals.stems import FUNCTION_WORDS
from shared.mapping.words import words

_WORDS: Final = 40
"""Of a description that are read; what comes later is detail."""


@lru_cache(maxsize=20_000)
def told(text: str) -> Vectors:
    """The mean of the description's words, of length 1; nothing but zeros without any that tell something."""
    telling = [word for word in dict.fromkeys(words(text)) if word not in FUNCTION_WORDS][:_WORDS]
    found: Vectors = meanings()((" ".join(telling),))[0]
    return found


def rows(texts: list[str]) -> Vectors:
    """One for each text."""
    return np.array([told(text) for text in texts], np.float32).reshape(len(texts), meanings().size)
