"""What a description says of one field, where it tells of several: data dictionaries often describe a group at once."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 600
"""Characters after which a description goes into detail."""
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")


def telling(description: str | None, name: str, names: frozenset[str]) -> str:
    """The parts from a mention of the field's name to the next mention of another's, or to the end of the sentence; the
    beginning of the description where it does not mention its field, or no other one."""
    if not description:
        return ""
    mentions = [(found.start(), found[0]) for found in _pattern(names).finditer(description)]
    own = [place for place, said in mentions if said == name]
    if not own or len({said for _, said in mentions}) == 1:
        return description[:_LONGEST]
    return " ".join(_until(description, place, mentions) for place in own)[:_LONGEST]


@lru_cache(maxsize=16)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _until(description: str, place: int, mentions: list[tuple[int, str]]) -> str:
    end = next((other for other, _ in mentions if other > place), len(description))
    return _SENTENCE.split(description[place:end], maxsplit=1)[0]
