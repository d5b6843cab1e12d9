"""Detectors of countries, states, cities and addresses. Each takes one trimmed value."""

from __future__ import annotations

import re
from functools import cache

from shared.profiling.folding import fold
from shared.profiling.word_lists import lines

_ADDRESS = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|square|sq|boulevard|blvd|bd|way|place|pl"
    r"|terrace|close"
    r"|crescent|gardens|grove|highway|hwy|parkway|pkwy|suite|apt|floor|p\.?o\.?\sbox|postfach|rue|chemin|impasse"
    r"|allée|quai"
    r"|cours|calle|c/|carrer|paseo|ronda|camino|carretera|via|viale|corso|largo|piazza|piazzale|vicolo|strada|plaza"
    r"|platz"
    r"|allee|weg|gasse|ring|ufer|damm|rua|avenida|travessa|praça|straat|laan|plein|gracht|kade|gade|vej|allé|torv"
    r"|gate|gata"
    r"|vägen|ulica|ul|al|os|pl|trg|nám|náměstí|utca|út|tér|bulvar|bulevardul|str|sok|sokak|cad|cadde|caddesi|mah"
    r"|odos|οδός|λεωφόρος"
    r"|улица|ул|проспект|просп|пр-т|пер|переулок|бульвар|бул|шоссе|наб|пл|площадь|вулиця|вул|провулок|д|кв"
    r"|شارع|طريق|רחוב|רח|שדרות|मार्ग|रोड|नगर|ถนน|ซอย|đường|jalan|jl|lorong|nagar|marg)\b"
    r"|(?:strasse|straße|str\.|weg|gasse|platz|straat|laan|gracht|plein|singel|kade|gade|vej|gatan|gata|vägen|veien"
    r"|katu|tie"
    r"|ufer|allee|damm|ring|utca)\b"
    r"|[都道府県市区町村丁目番地号號路街道段巷弄]|(?:로|길|동|구)\s?\d",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^[^\W\d_][^\d@#<>{}\[\]|\\:;=+*%$€£!?\"]{0,79}$")
_REGION = re.compile(
    r"^\S{2,8}(?:省|自治区|自治州|特别行政区|都|道|府|県|특별시|광역시|특별자치도)$|^\S{2,3}도$"
    r"|\s(?:область|край|обл\.?|республика|автономный округ)$|^республика\s|\s(?:län|fylke|megye|kraj|vármegye"
    r"|županija|ili|oblast)$"
    r"|^(?:województwo|county|comté de|provincia de|región de|estado de|état de|prowincja|judetul|județul)\s"
    r"|\s(?:county|province|prefecture|oblast|governorate|voivodeship)$|^محافظة\s|^จังหวัด",
    re.IGNORECASE,
)


_POSTAL_CODE = re.compile(r"^(?:[A-Z]{1,2}[- ])?(?=[A-Z0-9 -]*\d)[A-Z0-9]{2,8}(?:[ -][A-Z0-9]{2,5})?$", re.IGNORECASE)


@cache
def _countries() -> tuple[frozenset[str], frozenset[str]]:
    """(codes, names): ISO 3166-1 codes as written, names folded."""
    codes: set[str] = {"UK", "EL", "UAE", "KSA", "DRC"}
    names: set[str] = set()
    for line in lines("countries.txt"):
        two, three, *called = line.split("|")
        codes |= {two, three}
        names |= {fold(name) for name in called}
    return frozenset(codes), frozenset(names)


@cache
def _states() -> tuple[frozenset[str], frozenset[str]]:
    codes: set[str] = set()
    names: set[str] = set()
    for line in lines("states.txt"):
        _, called, *short = line.split("|")
        names |= {fold(name) for name in called.split(", ")}
        codes |= {code for listed in short for code in listed.split(", ")}
    return frozenset(codes), frozenset(names)


@cache
def _cities() -> frozenset[str]:
    return frozenset(fold(name) for line in lines("cities.txt") for name in line.split("|"))


def _is_code(value: str) -> bool:
    return len(value) <= 3 and value.isascii()


def country(value: str) -> bool:
    """A country's name in one of 57 languages, or an ISO 3166-1 code in capitals (and UK)."""
    if len(value) > 60:
        return False
    codes, names = _countries()
    return value in codes if _is_code(value) else fold(value.removeprefix("The ").removeprefix("the ")) in names


def named_country(value: str) -> bool:
    return country(value) or value.upper() in _countries()[0]


def country_name(value: str) -> bool:
    return not _is_code(value) and country(value)


def state(value: str) -> bool:
    if len(value) > 60:
        return False
    codes, names = _states()
    return value in codes if _is_code(value) else fold(value) in names or _REGION.search(value) is not None


def state_name(value: str) -> bool:
    return not _is_code(value) and state(value)


def city(value: str) -> bool:
    """One of the large cities; what follows a comma (Paris, FR) does not count."""
    return 2 <= len(value) <= 60 and fold(value.partition(",")[0]) in _cities()


def place(value: str) -> bool:
    """What a city or a province may be called: letters, no digits."""
    return _PLACE.match(value) is not None and value.count(" ") <= 6


def address(value: str) -> bool:
    """A street with a number, a post box, an address written in Chinese, Japanese or Korean."""
    if not 6 <= len(value) <= 300:
        return False
    numbered = any(map(str.isdecimal, value))
    return numbered and any(map(str.isalpha, value)) and _ADDRESS.search(value) is not None


def postal_code(value: str) -> bool:
    """What may be one in a field of this name."""
    return 3 <= len(value) <= 12 and _POSTAL_CODE.match(value) is not None


def named_location(value: str) -> bool:
    return 2 <= len(value) <= 300 and any(map(str.isalpha, value)) and "@" not in value
