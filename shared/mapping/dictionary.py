"""Which keys a prompt lists, and which fields share one: so many tokens per field, whatever the vocabulary's size.

A vocabulary that is small beside the number of fields is listed whole, the same in all prompts. Of a larger one a
prompt lists what the ranking has for its fields: the first of each, then the second of each, and so on; fields whose
first keys are the same go together, so that one list serves many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from shared.mapping.candidates import ShortList
from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.prompt import key_tokens
from shared.mapping.questions import Question

ROOM, WHOLE_ROOM = 75, 110
"""Tokens of keys, listing and schema together, per field of a prompt; where it lists a vocabulary whole: then its
beginning stays the same and can be cached."""
LEAST_ROOM = 600
"""Tokens of keys in a prompt of however few fields."""
PER_FIELD, LEAST_KEYS = 5, 20
"""Keys in a prompt per field of it, and in a prompt of however few fields."""
MOST_KEYS = 240
"""In one prompt: a strict schema may have 500 enum values, and of more than 250 only 7,500 characters."""
DEEP = 10
"""A field's keys are listed to this rank at most."""
PLAUSIBLE = 0.35
"""Beyond the third, keys are listed that score at least this share of the best one's."""
_ALWAYS = 3
_GATHERED = 4
"""So many of a field's first keys say which fields go together."""


def whole(keys: KeyList, fields: int, batch: int) -> tuple[KeyFacts, ...] | None:
    """All keys, where they fit the prompts for so many fields in batches of that size; else None."""
    asked = min(fields, batch)
    if len(keys.facts) > _most(asked):
        return None
    found = tuple(keys.facts)
    return found if sum(map(key_tokens, found)) <= _room(asked, WHOLE_ROOM) else None


def gathered(questions: Sequence[Question]) -> list[Question]:
    """The questions in an order in which neighbours share keys."""
    suitors: dict[str, list[int]] = defaultdict(list)
    for place, asked in enumerate(questions):
        for key in _first(asked.short_list):
            suitors[key].append(place)
    left = dict.fromkeys(range(len(questions)))
    shared: Counter[int] = Counter()
    known: set[str] = set()
    ordered: list[Question] = []
    while left:
        place = max(shared, key=lambda each: (shared[each], -each)) if shared else next(iter(left))
        del left[place]
        shared.pop(place, None)
        ordered.append(questions[place])
        for key in set(_first(questions[place].short_list)) - known:
            known.add(key)
            shared.update(other for other in suitors[key] if other in left)
    return ordered


def listed(questions: Sequence[Question]) -> list[KeyFacts]:
    """Keys for one prompt's fields, in the catalogue's order of names."""
    room, most, found = _room(len(questions)), _most(len(questions)), dict[str, KeyFacts]()
    for rank in range(DEEP):
        for asked in questions:
            key = _at(asked.short_list, rank)
            if key is None or key.key.key in found:
                continue
            room -= key_tokens(key)
            if found and (room < 0 or len(found) >= most):
                return _sorted(found)
            found[key.key.key] = key
    return _sorted(found)


def _room(fields: int, each: int = ROOM) -> int:
    return max(LEAST_ROOM, each * fields)


def _most(fields: int) -> int:
    return min(MOST_KEYS, max(LEAST_KEYS, PER_FIELD * fields))


def _first(short_list: ShortList) -> list[str]:
    return [ranked.key.key.key for ranked in short_list[:_GATHERED]]


def _at(short_list: ShortList, rank: int) -> KeyFacts | None:
    if rank >= len(short_list):
        return None
    ranked = short_list[rank]
    return ranked.key if rank < _ALWAYS or ranked.score >= PLAUSIBLE * short_list[0].score else None


def _sorted(found: dict[str, KeyFacts]) -> list[KeyFacts]:
    return sorted(found.values(), key=lambda facts: facts.key.key)
