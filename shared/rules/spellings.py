"""Values that are one thing spelt in several ways, and the spelling to keep.

Two passes: the same fingerprint (case, accents, punctuation, spaces and the order of words apart), then spellings one
or two letters away from a much commoner one. Names of people, codes and numbers are told apart by single letters, so
there only the first pass counts, or for people a spelling that is far rarer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.rules.known_names import both_exist

_WORD: Final = re.compile(r"\w+")
_DIGITS: Final = re.compile(r"\d+")
_ODD_SPACE: Final = re.compile(r"^\s|\s$|\s{2,}")

EXACT: Final = frozenset({
    "DateTime", "Time", "Duration", "Boolean", "Integer", "Number", "Guid", "TimeZone", "GeographyCoordinates", "Json",
    "Xml", "Html", "IPAddress", "Color", "Money",
})  # fmt: skip
"""Types of which two spellings are two values: nothing is grouped."""
CODED: Final = frozenset({"Identifier", "Email", "PhoneNumber", "Uri", "Currency"})
"""Types where case and spaces may differ and letters may not."""
RARE: Final = {"PersonName": 20.0}
"""How much commoner the right spelling must be, where it is not the usual."""
COMMONER: Final = 2.5
SHORTEST: Final = 4
"""Letters below which one letter is too much."""
LONG: Final = 9
"""Letters from which two may differ."""


@dataclass(frozen=True)
class Spelling:
    canonical: str
    variants: tuple[tuple[str, int], ...]
    """All of them with their counts, the canonical one first."""
    reason: str
    confidence: float

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(value for value, _ in self.variants if value != self.canonical)

    @property
    def affected(self) -> int:
        return sum(count for value, count in self.variants if value != self.canonical)


def spellings(counts: Counter[str], data_type: str) -> list[Spelling]:
    """Groups of at least two spellings, those that touch most rows first."""
    if data_type in EXACT:
        return []
    alike: dict[str, list[str]] = defaultdict(list)
    for value in counts:
        alike[fingerprint(value, coded=data_type in CODED)].append(value)
    joined = {} if data_type in CODED else _near(alike, counts, data_type)
    merged: dict[str, list[str]] = defaultdict(list)
    for mark in alike:
        merged[_root(mark, joined)].append(mark)
    found = [
        _spelling([value for mark in marks for value in alike[mark]], counts, len(marks) > 1)
        for marks in merged.values()
        if len(marks) > 1 or len(alike[marks[0]]) > 1
    ]
    return sorted(found, key=lambda each: (-each.affected, each.canonical))


def fingerprint(value: str, *, coded: bool = False) -> str:
    """What stays of a value when case, accents, punctuation, spaces and the order of its words are taken away."""
    folded = unicodedata.normalize("NFKC", value).casefold().strip()
    if coded:
        return "".join(folded.split())
    bare = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    bare = bare.translate(_LETTERS)
    found = _WORD.findall(bare)
    if not found:
        return folded
    return " ".join(sorted(found)) if any(len(word) > 1 for word in found) else "".join(found)


_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ı": "i", "'": "", "’": ""}
)


def _near(alike: Mapping[str, Sequence[str]], counts: Counter[str], data_type: str) -> dict[str, str]:
    """Fingerprint → a commoner one that it is a slip of."""
    commoner = RARE.get(data_type, COMMONER)
    rows = {mark: sum(counts[value] for value in values) for mark, values in alike.items()}
    joined: dict[str, str] = {}
    for rare, common in _pairs(list(alike)):
        if rows[rare] > rows[common] or (rows[rare] == rows[common] and rare < common):
            rare, common = common, rare
        if rows[common] >= commoner * rows[rare] and _slip(rare, common) and not both_exist(rare, common, data_type):
            known = joined.get(rare)
            if known is None or rows[common] > rows[known]:
                joined[rare] = common
    return joined


def _pairs(marks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Fingerprints that become equal when a letter of one or of both is left out, or their spaces are."""
    buckets: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        letters = mark.replace(" ", "")
        if SHORTEST <= len(letters) <= 60:
            for part in {letters, *(letters[:n] + letters[n + 1 :] for n in range(len(letters)))}:
                buckets[part].append(mark)
    seen: set[tuple[str, str]] = set()
    for bucket in buckets.values():
        if 1 < len(bucket) <= 50:
            for n, one in enumerate(bucket):
                for other in bucket[n + 1 :]:
                    pair = (one, other) if one < other else (other, one)
                    if one != other and pair not in seen:
                        seen.add(pair)
                        yield pair


def _slip(rare: str, common: str) -> bool:
    """Few letters apart, the same digits, and not the plural or another word of a pair."""
    from rapidfuzz.distance import OSA

    if _DIGITS.findall(rare) != _DIGITS.findall(common):
        return False
    one, other = rare.replace(" ", ""), common.replace(" ", "")
    most = 2 if min(len(one), len(other)) >= LONG else 1
    return OSA.distance(one, other, score_cutoff=most) <= most


def _root(mark: str, joined: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while mark in joined and mark not in seen:
        seen.add(mark)
        mark = joined[mark]
    return mark


def _spelling(values: Sequence[str], counts: Counter[str], near: bool) -> Spelling:
    ordered = sorted(values, key=lambda value: (-counts[value], _oddness(value), value))
    canonical = ordered[0]
    rest = sum(counts[value] for value in ordered[1:])
    share = counts[canonical] / (counts[canonical] + rest)
    reason = (
        "They differ by a letter or two from a much commoner spelling."
        if near
        else ("They differ only in case, accents, punctuation, spaces or the order of words.")
    )
    confidence = (0.55 if near else 0.8) + (0.35 if near else 0.18) * max(0.0, share - 0.3) / 0.7
    variants = tuple((value, counts[value]) for value in ordered)
    return Spelling(canonical, variants, reason, round(min(confidence, 0.98), 2))


def _oddness(value: str) -> tuple[bool, bool, int]:
    """Of spellings equally common the one to keep: tidy spaces, neither all capitals nor all small, accents kept."""
    bare = unicodedata.normalize("NFKD", value)
    accents = sum(unicodedata.combining(char) > 0 for char in bare)
    return bool(_ODD_SPACE.search(value)), value.isupper() or value.islower(), -accents
