"""Which keys a prompt lists, and which fields share one: so many tokens per field, whatever the vocabulary's size.

A vocabulary that is small beside the number of fields is listed whole, the same in all prompts. Of a larger one a
prompt lists what the ranking has for its fields: the first of each, then the likeliest of all, so that a field with one
good key takes less room than one with several middling ones; fields whose first keys are the same go together, so that
one list serves many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from shared.mapping import confidence
from shared.mapping.candidates import ShortList
from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.prompt import key_tokens
from shared.mapping.questions import Question
from shared.mapping.standing import Standings

ROOM, WHOLE_ROOM = 75, 130
"""Tokens of keys, listing and schema together, per field of a prompt; where it lists a vocabulary whole: then its
beginning stays the same and can be cached."""
LEAST_ROOM = 800
"""Tokens of keys in a prompt of however few fields."""
PER_FIELD, LEAST_KEYS = 5, 20
"""Keys in a prompt per field of it, and in a prompt of however few fields."""
MOST_KEYS = 240
"""In one prompt: a strict schema may have 500 enum values, and of more than 250 only 7,500 characters."""
DEEP = 10
"""A field's keys are listed to this rank at most."""
PLAUSIBLE = 0.01
"""Beyond a field's third, keys are listed that are at least this likely."""
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
    for key in _likeliest(questions):
        if key.key.key in found:
            continue
        room -= key_tokens(key)
        if found and (room < 0 or len(found) >= most):
            break
        found[key.key.key] = key
    return _sorted(found)


def _likeliest(questions: Sequence[Question]) -> list[KeyFacts]:
    """Each field's first key, then all others by how likely each is for its field."""
    standings = Standings([asked.profile for asked in questions], [asked.short_list for asked in questions])
    first, others = list[KeyFacts](), list[tuple[float, int, int, KeyFacts]]()
    for place, asked in enumerate(questions):
        keys = asked.short_list[:DEEP]
        shares = confidence.shares([standings.of(place, ranked) for ranked in keys], ["silent"] * len(keys))
        first += [ranked.key for ranked in keys[:1]]
        others += [
            (-share, place, rank, keys[rank].key)
            for rank, share in enumerate(shares.keys)
            if rank and (rank < _ALWAYS or share >= PLAUSIBLE)
        ]
    return [*first, *(key for *_, key in sorted(others, key=lambda other: other[:3]))]


def _room(fields: int, each: int = ROOM) -> int:
    return max(LEAST_ROOM, each * fields)


def _most(fields: int) -> int:
    return min(MOST_KEYS, max(LEAST_KEYS, PER_FIELD * fields))


def _first(short_list: ShortList) -> list[str]:
    return [ranked.key.key.key for ranked in short_list[:_GATHERED]]


def _sorted(found: dict[str, KeyFacts]) -> list[KeyFacts]:
    return sorted(found.values(), key=lambda facts: facts.key.key)
