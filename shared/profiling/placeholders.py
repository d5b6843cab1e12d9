"""Values that stand for "no value": N/A, ###INVALID###, unknown, - and their like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from shared.profiling.word_lists import lines

_LONGEST = 40
_FRAME = "#*<>()[]{}\"'`_=-~!?.:;,|/\\ "
_DASHES = re.compile(r"^[-‐‑‒–—―−_.?¿？#~/\\ー－。…]+$")
_EMPTY_JSON = frozenset({"[]", "{}", '""', "''"})
_CROSSES = re.compile(r"^x{3,}$")
_SHEET_ERROR = re.compile(r"^#(?:n/a|ref|value|name|num|null|div/0|spill|calc|getting_data)[!?]?$")
_NOTHING_DATE = re.compile(
    r"^(?:0000-00-00|00[-./]00[-./]0000|9999-12-31|31[-./]12[-./]9999|12[-./]31[-./]9999|99991231|00000000"
    r"|0001-01-01|9999-99-99)(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?)?$"
)
_SEPARATED = re.compile(r"^(?:n\s?[./\\_-]\s?[ad]|k\s?[./\\_-]\s?a|s\s?[./\\_-]\s?d|н\s?[./\\_-]\s?д)\.?$")
"""N/A, n.a., N-A; Italian n.d., German k.A., Spanish s/d, Russian н/д: with a separator nobody means a code."""

_FRAMED_ONLY = frozenset({"invalid", "error"})
"""``###INVALID###`` is a placeholder; ``invalid`` alone may be a status."""

_BY_NEIGHBOURS = frozenset({"na", "nd", "test", "testing", "asdf", "qwerty"})
_NO = frozenset({"no", "kein", "keine", "sin", "sem", "sans", "ingen", "geen", "nessun", "nessuna"})
_SUSPECT = re.compile(
    r"^(?:[\W_]|xxx|[nksн]\s?[./\\_-]|(?:0000|0001|9999|00[-./]00|31[-./]12|12[-./]31)|(?:"
    + "|".join(_NO)
    + r")\s)|[^\w]$"
)
_FEW = 10


def placeholders(name: str, values: Collection[str]) -> frozenset[str]:
    """Those of a field's distinct, trimmed values that stand for no value."""
    certain, doubtful = told_apart(name, suspects(values))
    if doubtful:
        others = [value for value in values if value not in certain and value not in doubtful]
        certain |= {value for value in doubtful if not belongs(value, others)}
    return frozenset(certain)


def told_apart(name: str, values: Iterable[str]) -> tuple[set[str], set[str]]:
    """(those that stand for no value in any company, those where the field's other values decide)."""
    field, always = _fold(name), _words()
    certain: set[str] = set()
    doubtful: set[str] = set()
    for value in values:
        if len(value) <= _LONGEST:
            folded = _fold(value)
            plain = folded.isalnum() and folded[0] not in "09x"
            if folded in always or (not plain and _SUSPECT.search(folded) and _certain(folded, field, always)):
                certain.add(value)
            elif folded in _BY_NEIGHBOURS:
                doubtful.add(value)
    return certain, doubtful


def suspects(values: Iterable[str]) -> list[str]:
    """All values that ``told_apart`` may pick, and some more, by their first two characters.

    For streams of millions of values that nearly all are none.
    """
    harmless = harmless_starts()
    return [value for value in values if value[:2] not in harmless]


@cache
def harmless_starts() -> frozenset[str]:
    """Two ASCII characters with which no placeholder starts: no word does, in any case, and no sign before a digit."""
    starts = {word[:2] for word in {*_words(), *_BY_NEIGHBOURS, *_FRAMED_ONLY, *_NO}}
    starts |= {"xx", "00", "99", "31", "12"}
    alone = {start for start in starts if len(start) == 1} | set("nks")
    signs, plain = "".join(map(chr, range(0x20, 0x7F))), "abcdefghijklmnopqrstuvwxyz0123456789"
    words = {
        first + second
        for first in plain
        for second in signs
        if (first + second).lower() not in starts and not (first in alone and not second.isalnum())
    }
    numbers = {sign + digit for sign in signs if not sign.isalnum() for digit in "0123456789"}
    return frozenset(words | {start[0].upper() + start[1] for start in words} | numbers)


@cache
def _words() -> frozenset[str]:
    """A person really called Null counts as a placeholder: that may cost an identifier, it never makes a wrong one."""
    return frozenset(lines("placeholders.txt"))


def _fold(value: str) -> str:
    return (value if value.isascii() else unicodedata.normalize("NFKC", value)).casefold()


def _certain(folded: str, field: str, always: frozenset[str]) -> bool:
    if folded in _EMPTY_JSON or any(form.match(folded) for form in _FORMS):
        return True
    bare = folded.strip(_FRAME)
    framed = bare != folded and (bare in _FRAMED_ONLY or bare in _BY_NEIGHBOURS)
    return framed or bare in always or _denies(bare, field)


_FORMS = (_DASHES, _CROSSES, _SEPARATED, _SHEET_ERROR, _NOTHING_DATE)


def _denies(bare: str, field: str) -> bool:
    """``no phone`` in a field called Phone."""
    start, _, rest = bare.partition(" ")
    return start in _NO and len(rest) > 2 and rest in field


def belongs(value: str, others: Sequence[str]) -> bool:
    """Whether a doubtful value is one of its field's own: NA among EU, US; Na among He, Li; test among prod, dev."""
    looked_at = others[:1_000]
    if value.casefold() in {"na", "nd"}:
        alike = sum(_same_kind_of_code(value, other) for other in looked_at)
        return len(looked_at) >= 2 and alike >= 0.9 * len(looked_at)
    return 1 <= len(others) < _FEW and all(other.isalpha() and len(other) <= 14 for other in others)


def _same_kind_of_code(value: str, other: str) -> bool:
    if not (other.isascii() and other.isalpha()):
        return False
    if value.isupper():
        return other.isupper() and len(other) <= 6
    return len(other) <= 3 and (value.islower() == other.islower() or len(other) == 1)
