"""One prompt for a batch of fields: instructions and keys first, fields last; each field answered exactly once.

The answer is one object with one property per field (all required, none else: the schema itself makes sure that no
field is missed or answered twice), whose value is the label of an offered key or "none". Limits of strict schemas are
those of Azure OpenAI: 100 properties, 500 enum values, 15,000 characters in one enum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from shared.gateway.records import Message, Prompt
from shared.mapping.candidates import ShortList
from shared.mapping.keys import KeyFacts
from shared.mapping.quoting import clean, quote
from shared.mapping.words import fold
from shared.profiling.models import FieldProfile
from shared.settings import SamplesPolicy

NAME = "map-fields-v1"
_PROMPTS = Path(__file__).parent.parent / "prompts"
_SAMPLES = 3
_SAMPLE_CHARS, _NAME_CHARS, _TEXT_CHARS, _LABEL_CHARS, _MEANING_CHARS = 40, 80, 120, 80, 70
_SLUG_CHARS = 24
_NO_KEY = ("none", "no_key", "no_key_fits", "not_in_the_list")


@dataclass(frozen=True)
class Question:
    """One field and the keys it may be answered with."""

    number: int
    """The field's place in the data set, from 0."""
    profile: FieldProfile
    offer: ShortList

    @property
    def name(self) -> str:
        slug = re.sub(r"[^a-z0-9]+", "_", fold(self.profile.name[:200])).strip("_")[:_SLUG_CHARS].strip("_")
        return f"f{self.number + 1}_{slug}" if slug else f"f{self.number + 1}"


@dataclass(frozen=True)
class Sheet:
    """What one prompt offers: labels for keys, as the model sees them."""

    questions: tuple[Question, ...]
    keys: dict[str, KeyFacts] = field(default_factory=dict)
    """Label → key."""
    none: str = _NO_KEY[0]
    labels: dict[str, str] = field(default_factory=dict)
    """Key → label."""

    def options(self, question: Question) -> list[str]:
        return [self.labels[ranked.key.key.key] for ranked in question.offer] + [self.none]


def sheet(questions: Sequence[Question], whole: Sequence[KeyFacts] = ()) -> Sheet:
    """``whole``: keys listed even if offered to no field of the batch, so that all batches begin alike."""
    facts = {key.key.key: key for key in whole}
    for question in questions:
        facts.update({ranked.key.key.key: ranked.key for ranked in question.offer})
    keys: dict[str, KeyFacts] = {}
    for key in sorted(facts.values(), key=lambda k: k.key.key) if not whole else facts.values():
        keys[_label(key.short, len(keys) + 1, keys)] = key
    none = next((word for word in _NO_KEY if word not in keys), "(none)")
    return Sheet(tuple(questions), keys, none, {key.key.key: label for label, key in keys.items()})


def _label(short: str, number: int, taken: dict[str, KeyFacts]) -> str:
    """A key's name as an enum value: visible, without quotes and backslashes, unlike the others."""
    label = clean(short, _LABEL_CHARS).replace('"', "'").replace("\\", "/").replace("<", "(").replace(">", ")")
    return label if label and label not in taken else f"{label}#{number}"
