"""The shape of a value without its content: the only thing that leaves where samples are masked."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_READ = 200
_LONGEST = 60
_RUNS = tuple((re.compile(re.escape(sign) + "{2,}"), sign) for sign in "Aax* ")
_DIGITS = re.compile(r"9{5,}")
_WORDS = re.compile(r"(?P<word>[Aax]{1,6} )(?P=word){2,}")


def mask(value: str) -> str:
    """``C-004`` → ``A-999``, ``Ann Lee 12345`` → ``Aa Aa 9+``. At most 60 characters.

    Capitals are ``A``, small letters ``a``, letters of scripts without case ``x``, digits ``9``; ASCII punctuation
    stays; spaces are one space; everything else is ``*``. Runs of letters are one letter and runs of five or more
    digits ``9+``, so that lengths say little; three and more like words in a row are ``a +``. No letter or digit of the
    value leaves, except where it is one of these signs itself.
    """
    return masks([value])[0]


def masks(values: Sequence[str]) -> list[str]:
    """The masks of many values at once: one line each of one long text, which is far faster than one by one."""
    if not values:
        return []
    lines = "\n".join([value[:_READ].replace("\n", " ") for value in values]).translate(_SIGNS)
    for run, sign in _RUNS:
        lines = run.sub(sign, lines)
    shapes = _DIGITS.sub("9+", lines).split("\n")
    return [shape if len(shape) < 6 else _shortened(shape, value) for shape, value in zip(shapes, values, strict=True)]


def _shortened(shape: str, value: str) -> str:
    if shape.count(" ") >= 3:
        shape = _WORDS.sub(lambda words: words["word"] + "+ ", shape)
    if len(shape) <= _LONGEST and len(value) <= _READ:
        return shape
    return shape[: _LONGEST - 1] + "…"


def common_patterns(values: Sequence[tuple[str, int]], most: int = 3) -> tuple[tuple[str, int], ...]:
    """The commonest masks of values with their counts, commonest first, first seen first."""
    shapes: Counter[str] = Counter()
    for shape, (_, count) in zip(masks([value for value, _ in values]), values, strict=True):
        shapes[shape] += count
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
        return "\n" if char == "\n" else " "
    if char.isalpha():
        return "A" if char.isupper() else "a" if char.islower() else "x"
    if char.isdecimal():
        return "9"
    # A combining mark belongs to the letter before it.
    return "" if unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} else "*"


_SIGNS = _Signs()
