"""Detectors of names of people. Each takes one trimmed value."""

from __future__ import annotations

import re
from functools import cache

from shared.profiling.folding import fold
from shared.profiling.types_organization import kind_of_organization
from shared.profiling.word_lists import lines, words

_PERSON = re.compile(r"^[^\W\d_][^\d@#<>{}\[\]|\\/:;=+*%$€£!?\"&_]{0,69}$")
_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|dott|dott\.ssa"
    r"|ing|don|doña"
    r"|dipl\.-ing|mag|drs|ir|mgr|pan|pani|shri|smt|г-н|г-жа)\.?\s+)+",
    re.IGNORECASE,
)
_SLAVIC = re.compile(
    r"^[А-ЯЁІЇЄҐ][а-яёіїєґ'’-]+(?:ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|ський|ська|енко|чук|щук|юк"
    r"|як|вич|вна|ович|ич)$"
)
_GREEK = re.compile(r"(?:όπουλος|οπούλου|ίδης|ίδου|άκης|άκη|ιάδης|ιάδου|έλης|ούλης|ώτης)$")
_ARMENIAN_GEORGIAN = re.compile(r"(?:յան|იანი|შვილი|ძე|ია|ავა|ური|ელი)$")
_CHINESE = re.compile(r"^[\u3400-\u9fff]{2,4}$")
_KOREAN = re.compile(r"^[가-힣]\s?[가-힣]{1,2}$")
_JAPANESE_REST = re.compile(r"^[\s　]?[\u3040-\u30ff\u3400-\u9fff々]{1,4}$")


def person(value: str) -> bool:
    """What a person may be called: one to six words of letters, no digits."""
    return _PERSON.match(value) is not None and value.count(" ") <= 5


@cache
def _given_names() -> frozenset[str]:
    return frozenset(map(fold, words("given_names.txt")))


@cache
def _family_names() -> frozenset[str]:
    return frozenset(map(fold, words("family_names.txt")))


@cache
def _east_asian() -> tuple[frozenset[str], frozenset[str], tuple[str, ...], frozenset[str]]:
    """Family names: Chinese of one sign and of two, Japanese, Korean."""
    one, two, japanese, korean = (line.split() for line in lines("family_names_east_asia.txt"))
    return frozenset(one), frozenset(two), tuple(sorted(japanese, key=len, reverse=True)), frozenset(korean)


def person_with_known_name(value: str) -> bool:
    """Two or more words, one of them a common given name, or the last a common family name."""
    if " " not in value or not person(value):
        return False
    bare = _TITLE.sub("", value).replace(",", "")
    parts = bare.split()
    if len(parts) < 2 or kind_of_organization(value):
        return False
    given, family = _given_names(), _family_names()
    folded = [fold(part) for part in parts]
    first = any(part in given or part.partition("-")[0] in given for part in folded[:2])
    last = folded[-1] in family or (len(parts[-1].rstrip(".")) == 1 and folded[0] in family)
    if not all(part[0].isupper() or not part[0].islower() or len(part) <= 3 for part in parts):
        return first and last and len(parts) == 2
    return first or last or any(_by_ending(part) for part in parts[:3])


def single_name(value: str) -> bool:
    """One word that is a common given or family name; double ones with a hyphen by either part."""
    if " " in value or not 2 <= len(value) <= 30 or not person(value):
        return False
    known, family = _given_names(), _family_names()
    return any(part in known or part in family for part in (fold(value), *fold(value).split("-"))) or _by_ending(value)


def _by_ending(word: str) -> bool:
    if word.isascii():
        return False
    return bool(_SLAVIC.match(word) or _GREEK.search(word) or (len(word) > 5 and _ARMENIAN_GEORGIAN.search(word)))


def east_asian_person(value: str) -> bool:
    """A common Chinese, Japanese or Korean family name and a given name of one or two signs (Japanese up to four)."""
    if value.isascii() or not 2 <= len(value) <= 9:
        return False
    one, two, japanese, korean = _east_asian()
    if _CHINESE.match(value) and ((value[0] in one and len(value) <= 3) or (value[:2] in two and len(value) >= 3)):
        return True
    if _KOREAN.match(value):
        return value[0] in korean
    family = next((name for name in japanese if value.startswith(name)), None)
    return family is not None and _JAPANESE_REST.match(value[len(family) :]) is not None
