"""Which vocabulary of a catalogue fits a data set best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import InvalidRequest, Violation
from shared.mapping.candidates import ShortList, rank
from shared.mapping.keys import KeyList
from shared.mapping.models import Vocabulary
from shared.mapping.word_index import WordIndex
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


def choose(profile: DataSetProfile, vocabularies: Sequence[Vocabulary], wanted: str | None) -> Choice:
    """Raises InvalidRequest when ``wanted`` is no key prefix of the catalogue."""
    sample = _spread(profile.fields)
    if wanted is not None:
        keys = KeyList(_named(vocabularies, wanted))
        return Choice(keys, True, _fit(rank(sample, keys, 5)), 0.0)
    finalists = [KeyList(v) for v in _shortlist(profile.name, sample, vocabularies)]
    scored = [(_fit(rank(sample, keys, 5)) + _title(profile.name, keys), keys) for keys in finalists]
    scored.sort(key=lambda pair: -pair[0])
    if not scored:
        return Choice(None, False, 0.0, 0.0)
    runner_up = scored[1][0] if len(scored) > 1 else 0.0
    return Choice(scored[0][1], False, min(scored[0][0], 1.0), min(runner_up, 1.0))


def _named(vocabularies: Sequence[Vocabulary], wanted: str) -> Vocabulary:
    for vocabulary in vocabularies:
        if vocabulary.key_prefix == wanted:
            return vocabulary
    raise InvalidRequest(
        "options.vocabulary is not a key prefix of the catalogue",
        violations=(Violation("/options/vocabulary", "no vocabulary has this keyPrefix"),),
    )


def _spread(fields: Sequence[FieldProfile]) -> Sequence[FieldProfile]:
    step = max(1, -(-len(fields) // ASKED_FIELDS))
    return fields[::step]


def _shortlist(title: str, fields: Sequence[FieldProfile], vocabularies: Sequence[Vocabulary]) -> list[Vocabulary]:
    """Those whose key names share most with the fields' names; all of a few."""
    if len(vocabularies) <= FINALISTS:
        return list(vocabularies)
    owners = [number for number, vocabulary in enumerate(vocabularies) for _ in vocabulary.keys]
    names = [
        frozenset(words(key.key.removeprefix(f"{vocabulary.key_prefix}.")))
        for vocabulary in vocabularies
        for key in vocabulary.keys
    ]
    points = _points(fields, WordIndex(names), names, owners)
    for number, vocabulary in enumerate(vocabularies):
        points[number] += TITLE_BONUS * len(fields) * _same_title(title, vocabulary)
    best = sorted(points, key=lambda number: (-points[number], number))[:FINALISTS]
    return [vocabularies[number] for number in best]


def _points(
    fields: Sequence[FieldProfile], index: WordIndex, names: Sequence[frozenset[str]], owners: Sequence[int]
) -> dict[int, float]:
    """Vocabulary number → summed likeness of each field's best key."""
    sizes = [sum(index.weight(word) for word in name) for name in names]
    points: dict[int, float] = defaultdict(float)
    for field in fields:
        name = index.split(words(field.name))
        size = sum(index.weight(word) for word in name)
        best: dict[int, float] = {}
        for number, gain in index.shared(name).items():
            likeness = gain / max(size, sizes[number])
            owner = owners[number]
            if likeness > best.get(owner, 0.0):
                best[owner] = likeness
        for owner, likeness in best.items():
            points[owner] += likeness
    return points


def _title(title: str, keys: KeyList) -> float:
    return TITLE_BONUS * _same_title(title, keys.vocabulary)


def _same_title(title: str, vocabulary: Vocabulary) -> float:
    """The share of the vocabulary's name that the data set's name says too."""
    said = set(words(title))
    name = set(words(vocabulary.name)) or set(words(vocabulary.key_prefix))
    return len(said & name) / len(name) if name else 0.0


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
