"""A review, exactly as it travels. Pydantic, at the edge only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.mapping.models import AnswerModel, DataSetRef, RequestModel
from shared.mapping.models import Warning as Note


class FieldDecision(RequestModel):
    """``accepted``: as suggested. ``changed``: ``vocabularyKey`` instead. ``ignored``: no key."""

    field: str = Field(min_length=1, max_length=4_000)
    decision: Literal["accepted", "changed", "ignored"]
    vocabulary_key: str | None = Field(default=None, min_length=1, max_length=500)
    data_type: str | None = Field(default=None, min_length=1, max_length=100)


class ReviewRequest(RequestModel):
    """Fields without a decision stay open. A second review of the same mapping takes the first one's place."""

    decisions: list[FieldDecision] = Field(min_length=1, max_length=1_000)


class FieldDecided(AnswerModel):
    """``vocabularyKey`` is null for an ignored field; ``dataType`` is what the review says of it, if anything."""

    field: str
    decision: Literal["accepted", "changed", "ignored"]
    vocabulary_key: str | None
    data_type: str | None


class ReviewKept(AnswerModel):
    """The review as it is remembered. ``warnings``: where it overrules other reviews of the same data set."""

    mapping_id: str
    organization_id: str
    data_set: DataSetRef
    reviewed_at: datetime
    decisions: list[FieldDecided]
    warnings: list[Note]
