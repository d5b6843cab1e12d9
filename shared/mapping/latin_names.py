"""Names in Latin letters, of many languages, in English where all their words are listed: ``Rechnungsdatum``."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Final

from shared.mapping.languages import FOREIGN
from shared.mapping.words import fold

CAMEL: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")
_PARTICLES: Final = frozenset((
    "de", "du", "des", "di", "do", "da", "dos", "das", "del", "della", "dello", "d", "van",
))  # fmt: skip
_LATIN_SMALL: Final = frozenset((
    "la", "le", "les", "el", "los", "las", "il", "lo", "der", "die", "das", "den", "und", "et", "y", "e",
    "og", "och", "i",
))  # fmt: skip

_SHORT: Final = {"nr": ("number",), "no": ("number",), "num": ("number",), "id": ("id",)}
"""Beside a word of another language only: ``Kunden-Nr``."""


def latin_words(name: str) -> tuple[str, ...]:
    """Translated, or as it is in one piece."""
    words = [fold(piece) for word in parted(name) for piece in CAMEL.split(word) if piece]
    of = any(word in _PARTICLES for word in words[1:-1])
    translated: list[tuple[str, ...] | None] = []
    foreign = False
    for word in words:
        if word in _PARTICLES:
            translated.append(None)
        elif word not in _LATIN_SMALL:
            english = FOREIGN.get(word) or _glued(word)
            if english is None and foreign:
                english = _SHORT.get(word)
            foreign = foreign or english is not None
            if english is None and not word.isdecimal() and not (of and word in _english()):
                return (name,)
            translated.append(english or (word,))
    return (*chain.from_iterable(_around_particles(translated)),) if foreign else (name,)


@cache
def _english() -> frozenset[str]:
    """Words that are English, and often the same in its neighbours: date, code."""
    return frozenset(word for english in FOREIGN.values() for word in english)


def _glued(word: str) -> tuple[str, ...] | None:
    """``kundennummer``: two known words, with the letters German and its neighbours put between them."""
    for cut in range(len(word) - 3, 2, -1):
        tail = FOREIGN.get(word[cut:])
        if not tail:
            continue
        for link in ("", "s", "n", "en", "es"):
            head = word[:cut].removesuffix(link)
            if len(head) >= 3 and (english := FOREIGN.get(head)):
                return (*english, *tail)
    return None


def _around_particles(translated: list[tuple[str, ...] | None]) -> list[tuple[str, ...]]:
    """``number, (of), phone`` → ``phone, number``."""
    runs: list[list[tuple[str, ...]]] = [[]]
    for words in translated:
        if words is None:
            runs.append([])
        else:
            runs[-1].append(words)
    return [words for run in reversed(runs) for words in run]


def parted(text: str) -> list[str]:
    """Runs of letters with their marks, and of digits; a Hebrew abbreviation's quote belongs to its word."""
    kinds = [_kind(char) for char in text]
    for at in range(1, len(text) - 1):
        if text[at] in "\"'״׳’" and kinds[at - 1] == kinds[at + 1] == "letter":
            kinds[at] = "letter"
    runs = groupby(zip(text, kinds, strict=True), key=itemgetter(1))
    return ["".join(char for char, _ in run) for kind, run in runs if kind]


def _kind(char: str) -> str:
    if char.isdecimal():
        return "digit"
    return "letter" if char.isalpha() or unicodedata.category(char)[0] == "M" else ""
