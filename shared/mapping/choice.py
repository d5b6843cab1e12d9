"""Which vocabulary of a catalogue fits a data set best.

Two steps. Every vocabulary is compared with the whole data set by the words of names alone; the few that share most are
ranked in full, as a mapping ranks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.errors import InvalidRequest, Violation
from shared.mapping.candidates import ShortList, rank
from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.keys import KeyList
from shared.mapping.word_index import Scores
from shared.mapping.words import words
from shared.profiling.models import DataSetProfile, FieldProfile

ASKED_FIELDS = 120
"""So many fields, evenly spread, speak for the data set when vocabularies are compared."""
FINALISTS = 6
"""So many vocabularies are ranked in full."""
FITS = 0.5
"""A field counts as covered from this score on."""
TITLE_BONUS = 0.12
"""What a data set named like the vocabulary is worth, in shares of covered fields."""


@dataclass(frozen=True)
class Choice:
    keys: KeyList | None
    """None only for an empty catalogue."""
    fixed: bool
    """The request named it."""
    fit: float
    """0 to 1: how well the fields are covered, one key a field."""
    runner_up: float
    """The fit of the second best, 0 without one."""


def choose(profile: DataSetProfile, index: CatalogueIndex, wanted: str | None) -> Choice:
    """Raises InvalidRequest when ``wanted`` is no key prefix of the catalogue."""
    sample = _spread(profile.fields)
    if wanted is not None:
        keys = index.key_list(_named(index, wanted))
        return Choice(keys, True, _fit(rank(sample, keys, 5)), 0.0)
    finalists = [index.key_list(number) for number in _finalists(profile.name, sample, index)]
    scored = [(_fit(rank(sample, keys, 5)) + _title(profile.name, keys), keys) for keys in finalists]
    scored.sort(key=lambda pair: -pair[0])
    if not scored:
        return Choice(None, False, 0.0, 0.0)
    runner_up = scored[1][0] if len(scored) > 1 else 0.0
    return Choice(scored[0][1], False, min(scored[0][0], 1.0), min(runner_up, 1.0))


def _named(index: CatalogueIndex, wanted: str) -> int:
    number = index.number(wanted)
    if number is None:
        raise InvalidRequest(
            "options.vocabulary is not a key prefix of the catalogue",
            violations=(Violation("/options/vocabulary", "no vocabulary has this keyPrefix"),),
        )
    return number


def _spread(fields: Sequence[FieldProfile]) -> Sequence[FieldProfile]:
    step = max(1, -(-len(fields) // ASKED_FIELDS))
    return fields[::step]


def _finalists(title: str, fields: Sequence[FieldProfile], index: CatalogueIndex) -> list[int]:
    """Those whose key names share most with the fields' names; all of a few."""
    if len(index.heads) <= FINALISTS:
        return list(range(len(index.heads)))
    points = np.zeros(len(index.heads), np.float32)
    for field in fields:
        points += best_likeness(field.name, index)
    for number, head in enumerate(index.heads):
        points[number] += TITLE_BONUS * len(fields) * _same_title(title, head.name, head.key_prefix)
    return [int(number) for number in np.argsort(-points, kind="stable")[:FINALISTS]]


def best_likeness(name: str, index: CatalogueIndex) -> Scores:
    """For each vocabulary how like the name its likest key is, 0 to 1."""
    asked = index.names.split(words(name))
    size = np.float32(max(index.names.size(asked), 1.0))
    likeness = index.names.gains(asked) / np.sqrt(np.maximum(index.names.sizes, np.float32(1)) * size)
    best = np.zeros(len(index.heads), np.float32)
    filled = np.flatnonzero(np.diff(index.starts))
    if len(filled):
        best[filled] = np.maximum.reduceat(likeness, index.starts[filled])
    return best


def _title(title: str, keys: KeyList) -> float:
    return TITLE_BONUS * _same_title(title, keys.vocabulary.name, keys.vocabulary.key_prefix)


def _same_title(title: str, name: str, key_prefix: str) -> float:
    """The share of the vocabulary's name that the data set's name says too."""
    said = set(words(title))
    own = set(words(name)) or set(words(key_prefix))
    return len(said & own) / len(own) if own else 0.0


def _fit(short_lists: Sequence[ShortList]) -> float:
    """The mean of each field's score, when each key is given to one field, best first."""
    pairs = sorted(
        ((ranked.score, ranked.key.key.key, number) for number, found in enumerate(short_lists) for ranked in found),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    given: dict[str, float] = {}
    served: set[int] = set()
    for score, key, number in pairs:
        if key not in given and number not in served:
            given[key] = score
            served.add(number)
    covered = sum(score if score >= FITS else score / 4 for score in given.values())
    return covered / len(short_lists) if short_lists else 0.0
