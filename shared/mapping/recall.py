"""What the organization's reviews say about a data set: the same field of the same system maps the same way.

A system is known by its data set's id. Where one side has no id it is known by its name together with its fields: the
same name, and at least half of all fields in common. Data sets with different ids are different systems, whatever their
names. Fields are the same when their names are, letter by letter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from shared.mapping.models import DataSetIn
from shared.mapping.review import Decided, Memory, Review
from shared.mapping.reviewed import ReviewedVocabulary

COMMON_FIELDS: Final = 0.5
"""Of the fields of both data sets together. A name alone would take one export.csv for another."""


@dataclass(frozen=True)
class Known:
    """What was decided about a field last."""

    decided: Decided
    review: Review
    place: int
    """In the order of the reviews: the higher, the newer."""
    earlier: Review | None
    """The newest earlier review that decided otherwise."""

    def reason(self, field: str) -> str:
        """In words for the steward: which review it comes from, and what an earlier one said."""
        text = f"{_WORDS[self.decided.word]} the review of mapping {self.review.mapping_id}, {_day(self.review)}."
        if self.earlier is None:
            return text
        before = self.earlier.decisions[field]
        return f"{text} The review of mapping {self.earlier.mapping_id}, {_day(self.earlier)}, had {told(before)}."


@dataclass(frozen=True)
class Recalled:
    fields: Mapping[str, Known]
    """By field name: those of the data set that were decided."""
    vocabularies: tuple[ReviewedVocabulary, ...]
    """Of the reviews they come from, newest first."""


def recall(memory: Memory, data_set_id: str | None, name: str, fields: Collection[str]) -> Recalled | None:
    """None where nothing is known of any field."""
    known: dict[str, Known] = {}
    for place, review in _of_system(memory, data_set_id, name, frozenset(fields)):
        for field in review.decisions.keys() & fields:
            known[field] = _later(known.get(field), review.decisions[field], review, place)
    if not known:
        return None
    used = {each.place: each.review.vocabulary for each in known.values()}
    return Recalled(known, tuple(used[place] for place in sorted(used, reverse=True)))


def fields_to_ask(data_set: DataSetIn, memory: Memory) -> int:
    """How many fields no review knows. Blocking for 10,000 records."""
    fields = field_names(data_set)
    found = recall(memory, data_set.id, data_set.name, fields)
    return len(fields) - (len(found.fields) if found else 0)


def field_names(data_set: DataSetIn) -> set[str]:
    if data_set.records is not None:
        return set().union(*data_set.records)
    return {field.name for field in data_set.fields or ()}


def told(decided: Decided) -> str:
    """A decision in words."""
    return f"it as {decided.key}" if decided.key else "it ignored"


def _of_system(memory: Memory, data_set_id: str | None, name: str, fields: frozenset[str]) -> list[tuple[int, Review]]:
    return [
        (place, review) for place, review in memory.about(data_set_id, name) if _is_same(review, data_set_id, fields)
    ]


def _is_same(review: Review, data_set_id: str | None, fields: frozenset[str]) -> bool:
    """``review`` has the id or the name already."""
    if data_set_id is not None and review.data_set_id is not None:
        return data_set_id == review.data_set_id
    return len(fields & review.fields) >= COMMON_FIELDS * len(fields | review.fields)


def _later(before: Known | None, decided: Decided, review: Review, place: int) -> Known:
    if before is None:
        return Known(decided, review, place, None)
    differs = before.decided.outcome != decided.outcome
    return Known(decided, review, place, before.review if differs else before.earlier)


def _day(review: Review) -> str:
    return review.reviewed_at.date().isoformat()


_WORDS: Final = {"accepted": "Accepted in", "changed": "Changed in", "ignored": "Ignored in"}
