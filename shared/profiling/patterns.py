"""The shape of a value without its content: the only thing that leaves where samples are masked."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_READ = 200
_LONGEST = 60
_WORDS = re.compile(r"(?P<word>[Aax]{1,6} )(?P=word){2,}")


def mask(value: str) -> str:
    """``C-004`` → ``A-999``, ``Ann Lee 12345`` → ``Aa Aa 9+``. At most 60 characters.

    Capitals are ``A``, small letters ``a``, letters of scripts without case ``x``, digits ``9``; ASCII punctuation
    stays; spaces are one space; everything else is ``*``. Runs of letters are one letter and runs of five or more
    digits ``9+``, so that lengths say little; three and more like words in a row are ``a +``. No letter or digit of the
    value leaves, except where it is one of these signs itself.
    """
    shape = value[:_READ].translate(_SIGNS)
    shape = _RUNS.sub(lambda run: run[1], shape)
    shape = _DIGITS.sub("9+", shape)
    shape = _WORDS.sub(lambda words: words["word"] + "+ ", shape)
    return shape if len(shape) <= _LONGEST and len(value) <= _READ else shape[: _LONGEST - 1] + "…"


_RUNS = re.compile(r"([Aax* ])\1+")
_DIGITS = re.compile(r"9{5,}")


def common_patterns(values: Iterable[tuple[str, int]], most: int = 3) -> tuple[tuple[str, int], ...]:
    """The commonest masks of values with their counts, commonest first, first seen first."""
    shapes: Counter[str] = Counter()
    for value, count in values:
        shapes[mask(value)] += count
    return tuple(shapes.most_common(most))


class _Signs(dict[int, str]):
    """The sign for each character, worked out once for the characters of the Basic Multilingual Plane."""

    def __missing__(self, code: int) -> str:
        sign = _sign(chr(code))
        if code < 0x10000:
            self[code] = sign
        return sign


def _sign(char: str) -> str:
    if char.isascii() and char.isprintable() and not char.isalnum():
        return char
    if char.isspace():
        return " "
    if char.isalpha():
        return "A" if char.isupper() else "a" if char.islower() else "x"
    if char.isdecimal():
        return "9"
    # A combining mark belongs to the letter before it.
    return "" if unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} else "*"


_SIGNS = _Signs()
