"""What the model is asked: fields, the keys each may be answered with, and how both are called in one prompt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shared.mapping.candidates import ShortList
from shared.mapping.keys import KeyFacts
from shared.mapping.quoting import plain
from shared.mapping.words import fold
from shared.profiling.models import FieldProfile

OFFERED = 5
"""Keys offered for one field at most."""
PLAUSIBLE = 0.6
"""Offered are keys that score at least this share of the best one's."""
WIDE = 12
"""Keys offered where the ranking knows next to nothing: the model may know the language or the trade."""
UNSURE = 0.3
"""The best score below which it knows next to nothing."""
_SLUG_CHARS = 24
_LABEL_CHARS = 80
_NO_KEY = ("new_key", "another_key", "not_in_the_list")
"""Labels for "no key fits", the first that is no key's. Not "none": a small model answered that for fields whose key
stood first (11 of 26 fields right on public table pairs; 23 with "new_key")."""


@dataclass(frozen=True)
class Question:
    """One field and the keys it may be answered with, the best first."""

    number: int
    """The field's place in the data set, from 0."""
    profile: FieldProfile
    offer: ShortList

    @property
    def name(self) -> str:
        """A property name for the answer: ``f3_e_mail_addr``. The slug helps small models."""
        slug = re.sub(r"[^a-z0-9]+", "_", fold(self.profile.name[:200])).strip("_")[:_SLUG_CHARS].strip("_")
        return f"f{self.number + 1}_{slug}" if slug else f"f{self.number + 1}"


def question(number: int, profile: FieldProfile, short_list: ShortList) -> Question:
    best = short_list[0].score if short_list else 0.0
    if best < UNSURE:
        return Question(number, profile, short_list[:WIDE])
    return Question(number, profile, tuple(r for r in short_list[:OFFERED] if r.score >= PLAUSIBLE * best))


@dataclass(frozen=True)
class Sheet:
    """The fields of one prompt, and the labels of the keys it offers."""

    questions: tuple[Question, ...]
    keys: dict[str, KeyFacts]
    """Label → key, in the order they are listed."""
    none: str
    """The label for "no key fits"."""
    labels: dict[str, str]
    """Key → label."""

    def options(self, asked: Question) -> list[str]:
        return [*(self.labels[ranked.key.key.key] for ranked in asked.offer), self.none]


def sheet(questions: Sequence[Question], whole: Sequence[KeyFacts]) -> Sheet:
    """``whole``: keys listed even where no field is offered them, so that all prompts of a vocabulary begin alike."""
    offered = sorted((r.key for asked in questions for r in asked.offer), key=lambda facts: facts.key.key)
    facts = {key.key.key: key for key in (*whole, *offered)}
    keys = _labelled(facts.values())
    none = next(word for word in (*_NO_KEY, *(f"none#{n}" for n in range(len(keys) + 1))) if word not in keys)
    return Sheet(tuple(questions), keys, none, {key.key.key: label for label, key in keys.items()})


def _labelled(facts: Iterable[KeyFacts]) -> dict[str, KeyFacts]:
    labelled: dict[str, KeyFacts] = {}
    for key in facts:
        labelled[_label(key.short, labelled)] = key
    return labelled


def _label(short: str, taken: Collection[str]) -> str:
    """A key's name as an enum value: visible, without quotes, backslashes and angle brackets, unlike the others."""
    visible = plain(short, _LABEL_CHARS)
    label, number = visible, 1
    while not label or label in taken:
        number += 1
        label = f"{visible}#{number}"
    return label
