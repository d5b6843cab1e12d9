"""The use case of ``PUT …/mappings/{mappingId}/review``: check what a steward decided against the mapping, and keep it.

Decisions that are not given stay open: those fields are asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared.errors import NotFound, NotReviewable
from shared.mapping.catalogue import Catalogue
from shared.mapping.models import DataSetRef
from shared.mapping.models import Warning as Note
from shared.mapping.own_keys import unpack_keys
from shared.mapping.recall import Known, recall, told
from shared.mapping.review import Decided, Memory, Review
from shared.mapping.review_checks import decide
from shared.mapping.review_models import FieldDecided, ReviewKept, ReviewRequest
from shared.mapping.reviews import Reviews
from shared.mapping.store import KeptMapping, MappingStore
from shared.mapping.suggestions import Suggestions, key_prefix, read_suggestions


@dataclass(frozen=True)
class ReviewDesk:
    """What a review needs from outside."""

    mappings: MappingStore
    catalogue: Catalogue
    reviews: Reviews
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


async def review_mapping(desk: ReviewDesk, organization: str, mapping_id: str, request: ReviewRequest) -> ReviewKept:
    """Keep the review in place of an earlier one of the same mapping. The same review again changes nothing.

    Raises NotFound, NotReviewable for a mapping without a result, InvalidRequest with pointers, StorageUnavailable."""
    kept = await desk.mappings.get(organization, mapping_id)
    if kept is None:
        raise no_such_mapping()
    if kept.state != "succeeded" or kept.result is None:
        raise NotReviewable(_WHY_NOT.get(kept.state, "The mapping has no result that could be reviewed."))
    result, keys = kept.result, await _keys(desk.catalogue, kept, kept.result)

    def check() -> Review:
        suggestions = read_suggestions(result, keys)
        return _review(mapping_id, suggestions, decide(request, suggestions), desk.clock())

    memory = await desk.reviews.read(organization, 0)
    before = memory.of(mapping_id)
    review, others = _beside(memory, await asyncio.to_thread(check))
    overruled = _overruled(others, review)
    notes = [_note(name, known) for name, known in overruled.items()]
    if before is not None and not overruled and replace(review, reviewed_at=before.reviewed_at) == before:
        return _answer(organization, before, notes)
    dropped = await desk.reviews.keep(organization, review)
    return _answer(organization, review, [*notes, *_dropped(dropped)])


def no_such_mapping() -> NotFound:
    return NotFound("The organization has no mapping with this id, or it is older than 30 days.")


async def _keys(catalogue: Catalogue, kept: KeptMapping, result: bytes) -> frozenset[str] | None:
    """Of the vocabulary the mapping was made for: those that came with its request, else those that are stored now."""
    if kept.own_keys is not None:
        return unpack_keys(kept.own_keys)
    stored = (await catalogue.read(kept.organization)).find(key_prefix(result))
    return frozenset(key.key for key in stored.keys) if stored else None


def _review(mapping_id: str, suggestions: Suggestions, decisions: Mapping[str, Decided], now: datetime) -> Review:
    return Review(
        mapping_id=mapping_id,
        data_set_id=suggestions.data_set_id,
        data_set_name=suggestions.data_set_name,
        reviewed_at=now,
        vocabulary=suggestions.vocabulary,
        decisions=decisions,
        undecided=frozenset(suggestions.fields.keys() - decisions.keys()),
    )


def _beside(memory: Memory, review: Review) -> tuple[Review, Mapping[str, Known]]:
    """The review, and what other reviews say of its fields. Who accepts what a review had given a data type accepts
    that as well: it was shown."""
    others = Memory(one for one in memory.reviews if one.mapping_id != review.mapping_id)
    found = recall(others, review.data_set_id, review.data_set_name, review.fields)
    known = found.fields if found else {}

    def with_type(name: str, decided: Decided) -> Decided:
        shown = known[name].decided if name in known and decided.word == "accepted" else decided
        same = shown.key == decided.key and decided.data_type is None
        return replace(decided, data_type=shown.data_type) if same else decided

    decisions = {name: with_type(name, decided) for name, decided in review.decisions.items()}
    return replace(review, decisions=decisions), known


def _overruled(others: Mapping[str, Known], review: Review) -> dict[str, Known]:
    """Fields about which other reviews of the data set said something else."""
    return {
        name: others[name]
        for name, decided in review.decisions.items()
        if name in others and others[name].decided.outcome != decided.outcome
    }


def _note(field: str, known: Known) -> Note:
    day = known.review.reviewed_at.date().isoformat()
    detail = f"The review of mapping {known.review.mapping_id}, {day}, has {told(known.decided)}. This one counts now."
    return Note(code="review_conflict", detail=detail, field=field)


def _dropped(reviews: int) -> list[Note]:
    if not reviews:
        return []
    detail = f"The organization's reviews take all the room there is: the oldest {reviews} had to go."
    return [Note(code="reviews_full", detail=detail)]


def _answer(organization: str, review: Review, notes: list[Note]) -> ReviewKept:
    return ReviewKept(
        mapping_id=review.mapping_id,
        organization_id=organization,
        data_set=DataSetRef(id=review.data_set_id, name=review.data_set_name),
        reviewed_at=review.reviewed_at,
        decisions=[
            FieldDecided(field=name, decision=one.word, vocabulary_key=one.key, data_type=one.data_type)
            for name, one in review.decisions.items()
        ],
        warnings=notes,
    )


_WHY_NOT: Final[Mapping[str, str]] = {
    "queued": "The mapping is still to be made. Review it once its state is succeeded.",
    "running": "The mapping is still being made. Review it once its state is succeeded.",
    "failed": "The mapping failed, so there is nothing to review.",
    "refused": "The mapping was refused, so there is nothing to review.",
    "cancelled": "The mapping was cancelled, so there is nothing to review.",
}
