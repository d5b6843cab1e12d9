"""Names of fields in English, as far as a list of common words goes: ``Дата рождения`` → ``("birth", "date")``.

``data/scripts.txt`` has words of thirteen scripts, ``data/languages.txt`` those of languages in Latin letters. A word
that is not listed keeps its own; a name in Latin letters is translated only where all its words are, for it may be
English.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from shared.mapping.latin_names import CAMEL, latin_words, parted
from shared.mapping.transliteration import with_signs_said

_DATA: Final = Path(__file__).parent / "data" / "scripts.txt"
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_NOUN_FIRST: Final = re.compile(r"[\u0370-\u04ff\u0590-\u06ff\u0e00-\u0e7f]")
"""Greek, Cyrillic, Hebrew, Arabic, Thai: number (of the) telephone."""
_ADJECTIVES: Final = frozenset(
    (
        "first",
        "last",
        "full",
        "middle",
        "new",
        "main",
        "home",
        "work",
        "mobile",
        "total",
        "postal",
        "created",
        "updated",
    )
)
_SMALL: Final = frozenset((
    "का", "की", "के", "को", "में", "से", "और", "ของ", "ও", "এর", "и", "в", "на", "по", "для", "з", "та",
    "του", "της", "των", "και",
))  # fmt: skip
_ENDINGS: Final = (("ের", ""), ("র", ""), ("ის", "ი"), ("ի", ""), ("ին", ""), ("ரின்", "ர்"), ("ின்", ""), ("ιού", "ι"))
_BEGINNINGS: Final = ("ال", "لل", "ה")
_LONGEST_FORM: Final = 12
_LONGEST_NAME: Final = 200


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    rows = [line.partition(": ") for line in _DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        _same(form.replace("_", " ")): tuple(english.split()) for english, _, forms in rows for form in forms.split()
    }


def _same(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def english_words(name: str) -> tuple[str, ...]:
    """The words of a name, those of other languages in English where they are known; of other scripts by word."""
    whole = _forms().get(_same(name.strip()))
    if whole:
        return whole
    plain = with_signs_said(name[:_LONGEST_NAME])
    if all(char < "\u0250" or not char.isalpha() for char in plain):
        return latin_words(plain)
    return tuple(_other_scripts(parted(plain)))


def _other_scripts(parts: list[str]) -> list[str]:
    found: list[tuple[str, ...]] = []
    at, complete = 0, True
    while at < len(parts):
        words, taken = _next(parts, at)
        at += taken
        if words is None:
            complete = False
            words = (parts[at - 1],)
        if words:
            found.append(words)
    if complete and _NOUN_FIRST.search("".join(parts)) and not any(part.isascii() for part in parts):
        found = _noun_last(found)
    return [*chain.from_iterable(found)]


def _next(parts: list[str], at: int) -> tuple[tuple[str, ...] | None, int]:
    """(English words or None, how many parts they stand for)."""
    for taken in (3, 2, 1):
        known = _forms().get(_same(" ".join(parts[at : at + taken])))
        if known and at + taken <= len(parts):
            return known, taken
    part = parts[at]
    if part in _SMALL:
        return (), 1
    if part.isascii():
        return tuple(piece for piece in CAMEL.split(part) if piece), 1
    if _UNSPACED.search(part):
        split = _segments(_same(part))
        return (tuple(_ordered(split, part)) if split else None), 1
    return _inflected(_same(part)), 1


def _inflected(word: str) -> tuple[str, ...] | None:
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and (known := _forms().get(word.removeprefix(beginning))):
            return known
    for ending, base in _ENDINGS:
        if word.endswith(ending) and (known := _forms().get(word.removesuffix(ending) + base)):
            return known
    return None


@lru_cache(maxsize=4_096)
def _segments(text: str) -> list[tuple[str, ...]] | None:
    """Known words that together are the whole text, the longest first; None where some of it is not known."""
    if not text:
        return []
    if len(text) > _LONGEST_NAME // 4:
        return None
    forms = _forms()
    for length in range(min(len(text), _LONGEST_FORM), 0, -1):
        piece = text[:length]
        known = forms.get(piece) if length > 1 else forms.get(f"{piece}-") or forms.get(f"-{piece}")
        if known:
            rest = _segments(text[length:])
            if rest is not None:
                return [known, *rest]
    return None


def _ordered(split: list[tuple[str, ...]], part: str) -> list[str]:
    return [*chain.from_iterable(_noun_last(split) if _NOUN_FIRST.search(part) else split)]


def _noun_last(found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """``number, phone`` → ``phone, number``; an adjective stays before its noun or goes before it."""
    groups: list[list[tuple[str, ...]]] = []
    waiting: list[tuple[str, ...]] = []
    for words in found:
        if len(words) == 1 and words[0] in _ADJECTIVES:
            waiting.append(words)
        else:
            groups.append([*waiting, words])
            waiting = []
    if waiting and groups:
        groups[-1] = [*waiting, *groups[-1]]
    elif waiting:
        groups.append(waiting)
    return [words for group in reversed(groups) for words in group]
