"""Which vocabulary of a catalogue fits a data set best.

Two steps. Every vocabulary is compared with the whole data set by the words of names alone; the few that share most are
ranked in full, as a mapping ranks them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.errors import InvalidRequest, Violation
from shared.mapping.candidates import ShortList, rank
from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.index.coverage import coverage
from shared.mapping.keys import KeyList
from shared.mapping.word_index import Scores
from shared.mapping.words import words
from shared.profiling.models import DataSetProfile, FieldProfile

ASKED_FIELDS = 120
"""So many fields, evenly spread, speak for the data set when vocabularies are compared by names."""
JUDGED_FIELDS = 40
"""So many when finalists are ranked in full."""
FINALISTS = 6
"""So many vocabularies are ranked in full."""
FINALIST_PAIRS = 2_000
"""So many pairs of a field and a key are compared for each."""
FITS = 0.5
"""A field counts as covered from this score on."""
NAMED = (0.04, 0.05)
FIT = (0.045, 0.11)
"""What is asked for of a single vocabulary, and more for each tenfold of them. Of thousands: what two of a hundred data
sets reach that have nothing to do with the catalogue (``bench/vocabulary_choice.py``). Of one: what real data sets with
other headers than the vocabulary's still reach, since a vocabulary that is given alone is likely meant; its fields are
then judged one by one."""
TITLE_BONUS = 0.2
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
    named: float
    """0 to 1: how much is covered by the words of names alone."""
    vocabularies: int
    """Among so many."""

    @property
    def fits(self) -> bool:
        """Whether the data set has anything to do with the vocabulary; else a new one is proposed. Of many vocabularies
        one shares something with any data set, so more is asked of it."""
        if self.fixed or self.keys is None:
            return self.keys is not None
        many = math.log10(self.vocabularies)
        return self.named >= NAMED[0] + NAMED[1] * many or self.fit >= FIT[0] + FIT[1] * many


def choose(profile: DataSetProfile, index: CatalogueIndex, wanted: str | None) -> Choice:
    """Raises InvalidRequest when ``wanted`` is no key prefix of the catalogue."""
    judged = _spread(profile.fields, JUDGED_FIELDS)
    if wanted is not None:
        keys = index.key_list(_named(index, wanted))
        return Choice(keys, True, _fit(rank(judged, keys, 5, pairs=FINALIST_PAIRS)), 0.0, 1.0, len(index.heads))
    titles = _titles(profile.name, index)
    covered = coverage(_spread(profile.fields, ASKED_FIELDS), index, titles)
    scored = []
    for one in covered[:FINALISTS]:
        keys = index.key_list(one.number)
        fit = _fit(rank(judged, keys, 5, pairs=FINALIST_PAIRS))
        scored.append((one.score + fit, fit, one.share, keys))
    if not scored:
        return Choice(None, False, 0.0, 0.0, 0.0, 0)
    scored.sort(key=lambda each: -each[0])
    _, fit, share, keys = scored[0]
    return Choice(keys, False, fit, scored[1][1] if len(scored) > 1 else 0.0, share, len(index.heads))


def _named(index: CatalogueIndex, wanted: str) -> int:
    number = index.number(wanted)
    if number is None:
        raise InvalidRequest(
            "options.vocabulary is not a key prefix of the catalogue",
            violations=(Violation("/options/vocabulary", "no vocabulary has this keyPrefix"),),
        )
    return number


def _spread(fields: Sequence[FieldProfile], most: int) -> Sequence[FieldProfile]:
    return fields[:: max(1, -(-len(fields) // most))]


def _titles(title: str, index: CatalogueIndex) -> Scores:
    """What each vocabulary gains by being called as the data set is: by what of either name the other says too."""
    said = index.titles.split(words(title))
    sizes = np.maximum(index.titles.sizes, 1.0) * max(index.titles.size(said), 1.0)
    gains: Scores = (TITLE_BONUS * index.titles.gains(said) / np.sqrt(sizes)).astype(np.float32)
    return gains


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
