"""How names are read: split into words, spelt in one way, and compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from shared.mapping.abbreviations import ALIKE, PHRASES, STOP_WORDS, WORDS
from shared.mapping.languages import CHARACTERS, FOREIGN

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")
_SPECIAL = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]")
_MAX_CHARS = 500
_SHORTEST_PREFIX = 3
_SHORTEST_FUZZY = 4


@lru_cache(maxsize=200_000)
def words(name: str) -> tuple[str, ...]:
    """``"custFName"`` → ``("customer", "first", "name")``. Scripts without spaces come apart into characters."""
    parts: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", name[:_MAX_CHARS])):
        whole = fold(word)
        pieces = [whole] if whole in WORDS else [fold(piece) for piece in _CAMEL.split(word)]
        parts.extend(part for piece in pieces for part in _characters(piece))
    spelt = tuple(w for part in _phrases(parts) for w in meaning(part))
    known = tuple(dict.fromkeys(word for word in _phrases(list(spelt)) if word not in STOP_WORDS))
    return known or tuple(dict.fromkeys(spelt))


def meaning(word: str) -> tuple[str, ...]:
    """The word, or those it stands for: an abbreviation's, a foreign word's in English."""
    return WORDS.get(word) or FOREIGN.get(word) or (word,)


def fold(text: str) -> str:
    """Lower case without accents: ``"Ärzte"`` → ``"arzte"``, ``"Øre"`` → ``"ore"``."""
    if text.isascii():
        return text.lower()
    plain = text.casefold().translate(_SPECIAL)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def _characters(word: str) -> list[str]:
    return list(word) if _UNSPACED.search(word) else [word]


def _phrases(parts: list[str]) -> list[str]:
    found: list[str] = []
    position = 0
    while position < len(parts):
        both = tuple(parts[position : position + 2])
        pair = PHRASES.get(both) or CHARACTERS.get(both)
        found.extend(pair or parts[position : position + 1])
        position += 2 if pair else 1
    return found


def likeness(word: str, other: str) -> float:
    """0 to 1: the same word, one that stands for it, its beginning, its consonants, or nearly the same letters."""
    if word == other:
        return 1.0
    alike = ALIKE.get(frozenset((word, other)))
    if alike is not None:
        return alike
    short, long = sorted((word, other), key=len)
    if len(short) >= _SHORTEST_PREFIX and long.startswith(short):
        return 0.55 + 0.4 * len(short) / len(long)
    if _abbreviates(short, long):
        return 0.6
    return _spelling(short, long)


def _abbreviates(short: str, long: str) -> bool:
    if len(short) < _SHORTEST_PREFIX or short[0] != long[0] or len(short) > 0.75 * len(long):
        return False
    letters = iter(long)
    return not any(vowel in short[1:] for vowel in "aeiou") and all(letter in letters for letter in short)


def _spelling(short: str, long: str) -> float:
    from rapidfuzz import fuzz

    if len(short) < _SHORTEST_FUZZY or short[0] != long[0] or short.isdigit():
        return 0.0
    ratio = fuzz.ratio(short, long, score_cutoff=80) / 100
    return 0.9 * ratio


def compound(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """``"customername"`` → ``("customer", "name")`` where both are known; else the word alone."""
    if word in known or len(word) < 2 * _SHORTEST_PREFIX:
        return (word,)
    for cut in range(len(word) - _SHORTEST_PREFIX, _SHORTEST_PREFIX - 1, -1):
        head, tail = word[:cut], word[cut:]
        if head in known and (tail in known or tail in WORDS):
            return (head, *WORDS.get(tail, (tail,)))
    return (word,)
