"""What values look like: how long they are and what characters they are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_SAMPLES = 20
_LONGEST = 80
"""A profile's samples are shortened to this."""
_LENGTHS = 3.0
"""Doublings of length that make values unlike."""


class Shape(NamedTuple):
    length: float
    """Mean, as a power of two."""
    digits: float
    letters: float
    """Of scripts with upper and lower case."""
    signs: float
    """Characters of other scripts."""
    rest: float
    """Punctuation and spaces. The four are shares of all characters."""


def shape(samples: Sequence[str]) -> Shape | None:
    seen = [sample[:_LONGEST] for sample in samples[:_SAMPLES] if sample]
    if not seen:
        return None
    text = "".join(seen)
    digits = sum(map(str.isdigit, text))
    letters = sum(char.lower() != char.upper() for char in text)
    signs = sum(map(str.isalpha, text)) - letters
    counts = (digits, letters, max(signs, 0), len(text) - digits - letters - max(signs, 0))
    return Shape(math.log2(1 + len(text) / len(seen)), *(count / len(text) for count in counts))


def likeness(one: Shape, other: Shape) -> float:
    """0 to 1."""
    apart = sum(abs(a - b) for a, b in zip(one[1:], other[1:], strict=True)) / 2
    longer = min(1.0, abs(one.length - other.length) / _LENGTHS)
    return (1 - longer) * (1 - apart)
