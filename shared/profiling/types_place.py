"""Detectors of countries, states, cities and addresses. Each takes one trimmed value."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from shared.profiling.word_lists import lines

_ADDRESS = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|square|sq|boulevard|blvd|way|place|pl|terrace|close|crescent"
    r"|highway|hwy|parkway|suite|apt|floor|p\.?o\.?\sbox|rue|calle|carrer|via|viale|piazza|plaza|platz|allee|weg|gasse|rua|avenida"
    r"|straat|laan|plein|gade|vej|gate|gata|vägen|ulica|ul|улица|ул)\b|(?:strasse|straße|str\.|weg|gasse|platz|straat|laan|gade|vej"
    r"|gatan|gata|vägen|veien|katu|tie)\b|[都道府県市区町村丁目番地号路街道]",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^[^\W\d_][^\d@#<>{}\[\]|\\:;=+*%$€£!?\"]{0,79}$")


@cache
def _countries() -> tuple[frozenset[str], frozenset[str]]:
    """(codes, names): ISO 3166-1 codes as written, names folded."""
    codes: set[str] = {"UK", "EL"}
    names: set[str] = set()
    for line in lines("countries.txt"):
        two, three, *called = line.split("|")
        codes |= {two, three}
        names |= {_fold(name) for name in called}
    return frozenset(codes), frozenset(names)


@cache
def _states() -> tuple[frozenset[str], frozenset[str]]:
    codes: set[str] = set()
    names: set[str] = set()
    for line in lines("states.txt"):
        _, called, *short = line.split("|")
        names |= {_fold(name) for name in called.split(", ")}
        codes |= {code for listed in short for code in listed.split(", ")}
    return frozenset(codes), frozenset(names)


def _fold(name: str) -> str:
    lower = name.casefold().replace("’", "'").replace("&", "and")
    if lower.isascii():
        return lower.replace(".", "")
    return unicodedata.normalize("NFC", re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", lower)))


def country(value: str) -> bool:
    """A country's name in one of 25 languages, or an ISO 3166-1 code in capitals (and UK)."""
    if len(value) > 60:
        return False
    codes, names = _countries()
    return value in codes if len(value) <= 3 and value.isascii() else _fold(value) in names


def named_country(value: str) -> bool:
    return country(value) or value.upper() in _countries()[0]


def country_name(value: str) -> bool:
    return len(value) > 3 and country(value)


def state(value: str) -> bool:
    if len(value) > 60:
        return False
    codes, names = _states()
    return value in codes if len(value) <= 3 and value.isascii() else _fold(value) in names


def place(value: str) -> bool:
    """What a city or a province may be called: letters, no digits."""
    return _PLACE.match(value) is not None and value.count(" ") <= 6


def address(value: str) -> bool:
    """A street with a number, a post box, an address written in Chinese or Japanese."""
    if not 6 <= len(value) <= 300:
        return False
    numbered = any(map(str.isdecimal, value))
    return numbered and any(map(str.isalpha, value)) and _ADDRESS.search(value) is not None


def named_location(value: str) -> bool:
    return 2 <= len(value) <= 300 and any(map(str.isalpha, value)) and "@" not in value
