"""Records that may be talking to the model. Each is asked alone, so that nothing it says changes another's answer.

A sieve, not a wall: it knows words of orders and of conversations in the languages below, marks of other formats, and
texts much longer than their neighbours. A record taken for one by mistake costs a call of its own, nothing else; one
that slips through is still bound to its own id, types and allowed values. Whatever a text holds, looking at it takes
time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Final

from shared.values.questions import Inputs

_WORDS: Final = Path(__file__).with_name("addressing.txt")
_MARKS: Final = re.compile(
    r"<[|/!?a-z]|\|>|\[/?inst|```|~~~|/\*|\*/|--\s*$|-{3,}|={3,}|^[=@][a-z]|\n"
    r"|^\s*[#>]{1,3} |[{\[]\s*[\"'{\[]|[\"']\s*[}\]:]|\\[nru\"]|\w=\"|&[a-z#0-9]+;"
    r"|^\s*(?:id|answers?|[a-z][0-9][a-z])\b\s*[:,;=]",
    re.IGNORECASE,
)
"""Of markup, comments and formulas, of JSON, of lines like ours."""
_TWO_ALPHABETS: Final = re.compile(r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]", re.IGNORECASE)
"""In one word."""
_WORD: Final = re.compile(r"\w+")
_DIGITS_INSIDE: Final = re.compile(r"[a-z]\d+[a-z]", re.IGNORECASE)
"""Of a word: digits for letters."""
_UNBROKEN: Final = re.compile(r"[A-Za-z0-9+/]{24,}")
"""What may be base64, where it has digits, small and large letters."""
_KINDS: Final = tuple(map(re.compile, ("[0-9]", "[a-z]", "[A-Z]")))
_ROLE: Final = re.compile(r"(?:^|\s)[\w ]{3,20}\s*[:：>]\s*\S")
"""``SYSTEM: …``, ``Note to all: …``."""
_JOINERS: Final = "\u200c\u200d"
"""Invisible, and part of the spelling in some languages."""
_HIDDEN: Final = frozenset(["Cc", "Cf", "Co", "Cn"])
_SOME: Final = 4
"""Words: fewer are no repetition."""
_LONG: Final = 3
"""Times the usual length of the batch."""
_SHORT: Final = 60
"""Characters: what is not longer is not long, whatever is usual."""


def apart(questions: Sequence[Inputs]) -> tuple[list[Inputs], list[Inputs]]:
    """Those to ask together, and those to ask alone, each in its order. The same for the same questions."""
    lengths = [sum(map(len, inputs)) for inputs in questions]
    longest = max(_SHORT, _LONG * median(lengths or [0]))
    together: list[Inputs] = []
    alone: list[Inputs] = []
    for inputs, length in zip(questions, lengths, strict=True):
        addressed = length > longest or any(map(speaks, inputs))
        (alone if addressed else together).append(inputs)
    return together, alone


def speaks(text: str) -> bool:
    """Whether a text may be meant for the model: invisible or disguised, marks of a format, the same words again and
    again, a word of an order with one of a conversation, three of a conversation, a role and two of them."""
    plain = unicodedata.normalize("NFKC", text)
    folded = plain.casefold()
    words = folded.split()
    again = len(words) >= _SOME and _SOME * len(set(words)) <= len(words) + _SOME
    if again or _hides(text) or _MARKS.search(text) or _is_disguised(plain):
        return True
    orders, talk = _patterns()
    strong = {found.group() for found in orders.finditer(folded)}
    weak = {found.group() for found in talk.finditer(folded)} - strong
    said = 2 * len(strong) + len(weak) + bool(_ROLE.search(" ".join(plain.split())))
    return said >= 3 or (bool(strong) and len(words) == 1)


def _is_disguised(text: str) -> bool:
    """Letters of two alphabets in a word, digits for letters in two words, or what may be base64."""
    if _TWO_ALPHABETS.search(text):
        return True
    with_digits = sum(bool(_DIGITS_INSIDE.search(word)) for word in _WORD.findall(text))
    return with_digits > 1 or any(all(kind.search(run) for kind in _KINDS) for run in _UNBROKEN.findall(text))


def _hides(text: str) -> bool:
    """Few texts have signs that cannot be printed; only those are looked at sign by sign."""
    if text.isprintable():
        return False
    return any(unicodedata.category(sign) in _HIDDEN and sign not in _JOINERS for sign in text)


@lru_cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Beginnings of words (in Hebrew and Arabic, whose small words are joined to the next, also within), and signs of
    scripts without spaces: of orders, and of conversations."""
    lines = [line.split() for line in _WORDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    orders = [word for line in lines if line[0] == "order" for word in line[2:]]
    talk = [word for line in lines if line[0] == "talk" for word in line[2:]]
    return _any_of(orders), _any_of(talk)


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    spaced = sorted((re.escape(word) for word in words if word < "\u2e80"), key=len, reverse=True)
    signs = sorted((re.escape(word) for word in words if word >= "\u2e80"), key=len, reverse=True)
    return re.compile(rf"(?:\b|(?<=[\u0590-\u06ff]))(?:{'|'.join(spaced)})\w*|{'|'.join(signs)}")
