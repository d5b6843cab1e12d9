"""What the model is asked: fields, and the keys that one prompt lists for all of its fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shared.mapping.candidates import ShortList
from shared.mapping.keys import KeyFacts
from shared.mapping.quoting import plain
from shared.mapping.words import fold
from shared.profiling.models import FieldProfile

WIDE = 24
"""Keys ranked for a field: what may be listed for it."""
_SLUG_CHARS = 20
_LABEL_CHARS = 60
_NO_KEY = ("new_key", "another_key", "not_in_the_list")
"""Labels for "no key fits", the first that is no key's. Not "none": a small model answered that for fields whose key
stood first (11 of 26 fields right on public table pairs; 23 with "new_key")."""


@dataclass(frozen=True)
class Question:
    """One field and the keys the ranking has for it, the best first."""

    number: int
    """The field's place in the data set, from 0."""
    profile: FieldProfile
    short_list: ShortList

    @property
    def name(self) -> str:
        """A property name for the answer: ``f3_e_mail_addr``. The slug helps small models."""
        slug = re.sub(r"[^a-z0-9]+", "_", fold(self.profile.name[:200])).strip("_")[:_SLUG_CHARS].strip("_")
        return f"f{self.number + 1}_{slug}" if slug else f"f{self.number + 1}"


@dataclass(frozen=True)
class Sheet:
    """The fields of one prompt, and the keys each of them may be answered with."""

    questions: tuple[Question, ...]
    keys: dict[str, KeyFacts]
    """Label → key, in the order they are listed."""
    none: str
    """The label for "no key fits"."""

    @property
    def options(self) -> list[str]:
        return [*self.keys, self.none]


def sheet(questions: Sequence[Question], keys: Iterable[KeyFacts]) -> Sheet:
    labelled: dict[str, KeyFacts] = {}
    for key in keys:
        labelled[_label(key.short, labelled)] = key
    free = (*_NO_KEY, *(f"none#{n}" for n in range(len(labelled) + 1)))
    return Sheet(tuple(questions), labelled, next(word for word in free if word not in labelled))


def _label(short: str, taken: Collection[str]) -> str:
    """A key's name as an enum value: visible, without quotes, backslashes and angle brackets, unlike the others."""
    visible = plain(short, _LABEL_CHARS)
    label, number = visible, 1
    while not label or label in taken:
        number += 1
        label = f"{visible}#{number}"
    return label
