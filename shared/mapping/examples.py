"""Fields like those of a data set that were reviewed in other data sets: they speak for their key, and are shown to the
model as examples.

Only names of fields and keys: no value of a data set is remembered. The newest decision about a name counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.mapping.candidates import Ranked, ShortList
from shared.mapping.keys import KeyFacts
from shared.mapping.quoting import is_value
from shared.mapping.review import Memory
from shared.mapping.words import words

ALIKE: Final = 0.5
"""The share of words that two names must have in common."""
REMEMBERED: Final = 2_000
"""So many different names are looked through, the newest first."""
SHOWN: Final = 8
"""In one prompt."""
LONGEST: Final = 40
"""Characters of a name that is shown."""
LIFT: Final = 0.5
"""What a field of the same words is worth: this share of what a key's score lacks."""
SIGNAL: Final = "review"


@dataclass(frozen=True)
class Example:
    field: str
    """The reviewed field's name."""
    key: str
    """The whole vocabulary key it was given."""
    likeness: float
    """0 to 1."""


def examples(memory: Memory, key_prefix: str, fields: Mapping[int, str]) -> dict[int, Example]:
    """For each field (number → name) that is like a reviewed one of this vocabulary, the most alike of them."""
    reviewed = _names(memory, f"{key_prefix}.")
    if not reviewed:
        return {}
    by_word: dict[str, list[int]] = {}
    for place, (said, _, _) in enumerate(reviewed):
        for word in said:
            by_word.setdefault(word, []).append(place)
    found: dict[int, Example] = {}
    for number, name in fields.items():
        said = frozenset(words(name))
        places = sorted({place for word in said for place in by_word.get(word, ())})
        liked = [(len(said & reviewed[place][0]) / len(said | reviewed[place][0]), -place) for place in places]
        likeness, place = max(liked, default=(0.0, 0))
        if likeness >= ALIKE:
            found[number] = Example(reviewed[-place][1], reviewed[-place][2], likeness)
    return found


def lifted(short_list: ShortList, example: Example, key: KeyFacts) -> ShortList:
    """The list with the example's key where the review puts it."""
    known = next((ranked for ranked in short_list if ranked.key.key.key == example.key), Ranked(key, 0.0, {}))
    score = known.score + LIFT * example.likeness**2 * (1 - known.score)
    others = (ranked for ranked in short_list if ranked.key.key.key != example.key)
    found = [*others, Ranked(known.key, score, {**known.signals, SIGNAL: example.likeness})]
    return tuple(sorted(found, key=lambda ranked: (-ranked.score, ranked.key.key.key)))


def told(fields: Sequence[int], found: Mapping[int, Example], listed: Mapping[str, KeyFacts]) -> list[tuple[str, str]]:
    """What a prompt for these fields shows: names, and the labels under which it lists their keys (``listed``)."""
    labels = {facts.key.key: label for label, facts in listed.items()}
    usable = (found[number] for number in fields if number in found)
    best = sorted((one for one in usable if one.key in labels), key=lambda one: -one.likeness)
    shown = {one.field: labels[one.key] for one in best if is_value(one.field, LONGEST)}
    return list(shown.items())[:SHOWN]


def _names(memory: Memory, prefix: str) -> list[tuple[frozenset[str], str, str]]:
    """Words, name and key of reviewed fields, the newest first, each name once."""
    seen: dict[str, str] = {}
    for name, key in _decisions(memory):
        if key.startswith(prefix):
            seen.setdefault(name, key)
        if len(seen) >= REMEMBERED:
            break
    return [(frozenset(words(name)), name, key) for name, key in seen.items()]


def _decisions(memory: Memory) -> Iterator[tuple[str, str]]:
    for review in reversed(memory.reviews):
        for name, decided in review.decisions.items():
            if decided.key is not None:
                yield name, decided.key
