"""Words of running text, without their endings: descriptions say ``discharged`` where names say ``discharge``."""

from __future__ import annotations

import re
from functools import lru_cache

from shared.mapping.words import words

_TELL_NOTHING = """
this that these those it its is are was were be been being has have had do does not no if as at by on with
from which who whom whose will would can could may might must should shall there here their them they he she
his her we our you your i all any each other such than then so but also only same more most some into out up
over under between when where while how what why used use using given per via e g etc field column attribute
property contains contain represents represent provides provide indicates indicate information value values
record records refers refer describes describe specifies specify denotes denote associated corresponding
related
"""
FUNCTION_WORDS = frozenset(_TELL_NOTHING.split())
"""Words that descriptions of any column hold, and so tell none from another."""
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ies|ing|ed|es|s|e|y)$")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """``discharged``, ``discharges``, ``discharge`` → ``discharg``; words without such an ending as they are."""
    if not word.isascii() or len(word) < 4:
        return word
    return _ENDING.sub("", word.removesuffix("'s")).rstrip("s") or word


@lru_cache(maxsize=50_000)
def text_stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something."""
    return frozenset(stem(word) for word in words(text) if word not in FUNCTION_WORDS)


def bases(word: str) -> tuple[str, ...]:
    """What an English word may be a form of: ``ordered`` → ``order``, ``ordere``; ``shipping`` → ``shipp``, ``shippe``,
    ``ship``."""
    if not word.isascii():
        return ()
    found = [word.removesuffix(ending) + instead for ending, instead in _INFLECTIONS if word.endswith(ending)]
    return tuple(base for base in (*found, _DOUBLED.sub(r"\1", word)) if len(base) > 2 and base != word)


_INFLECTIONS = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ly", ""), ("ness", ""),
)  # fmt: skip
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1(?:ed|ing)$")
