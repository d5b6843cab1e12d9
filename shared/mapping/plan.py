"""What is known of a data set before anything is asked or decided: profile, vocabulary, short lists, noise."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mapping.candidates import ShortList, rank
from shared.mapping.choice import Choice, choose
from shared.mapping.index.catalogue_index import Catalogued, Head, indexed
from shared.mapping.models import MappingRequest, Vocabulary
from shared.mapping.noise import is_noise
from shared.mapping.questions import WIDE
from shared.mapping.reviewed import ReviewedVocabulary
from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_fields, profile_records


@dataclass(frozen=True)
class Plan:
    profile: DataSetProfile
    vocabularies: tuple[Head, ...]
    choice: Choice
    vocabulary: Vocabulary | None
    """None where a new one is proposed."""
    short_lists: tuple[ShortList, ...]
    """One per field; empty for a new vocabulary."""
    ignored: frozenset[int]
    """Numbers of fields that are empty or technical noise."""
    reviewed: ReviewedVocabulary | None = None
    """Where a review chose the vocabulary."""


def plan(request: MappingRequest, vocabularies: Catalogued, known: DataSetProfile | None = None) -> Plan:
    """Pure computing, in a thread. Vocabularies that have no index yet are indexed here. ``known``: the data set's
    profile, where it has been made already.

    Raises InvalidRequest (``/options/vocabulary``)."""
    profile = known or _profile(request)
    index = indexed(vocabularies)
    choice = choose(profile, index, request.options.vocabulary)
    keys = choice.keys if choice.fits else None
    limit = max(request.options.candidates, WIDE)
    short_lists = rank(profile.fields, keys, limit, data_set=profile) if keys else ((),) * len(profile.fields)
    ignored = frozenset(number for number, field in enumerate(profile.fields) if is_noise(field, short_lists[number]))
    vocabulary = keys.vocabulary if keys else None
    return Plan(profile, index.heads, choice, vocabulary, short_lists, ignored)


def _profile(request: MappingRequest) -> DataSetProfile:
    data_set = request.data_set
    if data_set.records is not None:
        return profile_records(data_set.name, data_set.description, data_set.records)
    return profile_fields(data_set.name, data_set.description, data_set.fields or [])
