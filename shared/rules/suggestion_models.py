"""What suggestions are asked for with, and what they answer, exactly as they travel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.mapping.models import AnswerModel, Confidence, RequestModel, UsageOut
from shared.mapping.models import Warning as Note
from shared.records import RecordIn
from shared.rules.models import Preview, RuleJson, Samples


class ValueIn(RequestModel):
    value: Annotated[str, Field(max_length=2_000)] | int | float | bool
    count: int = Field(default=1, ge=1)


class SuggestionOptions(RequestModel):
    engine: Literal["ai", "auto"] = "ai"
    samples: Samples | None = None


class SuggestionRequest(RequestModel):
    """Exactly one of ``values`` (at most 10,000 distinct) and ``records`` (at most 1,000)."""

    vocabulary_key: str = Field(min_length=1, max_length=500)
    data_type: str | None = Field(default=None, max_length=100)
    values: list[ValueIn] | None = Field(default=None, min_length=1, max_length=10_000)
    records: list[RecordIn] | None = Field(default=None, min_length=1, max_length=1_000)
    options: SuggestionOptions = SuggestionOptions()

    @model_validator(mode="after")
    def _one_of(self) -> SuggestionRequest:
        if (self.values is None) == (self.records is None):
            raise ValueError("give exactly one of values and records")
        return self


class CountedValue(AnswerModel):
    value: str
    count: int


class GroupOut(AnswerModel):
    """Spellings of one thing. ``variants`` has the canonical one too."""

    canonical: str
    variants: list[CountedValue]
    reason: str
    confidence: Confidence


class AnomalyOut(AnswerModel):
    value: str
    count: int
    reason: str
    confidence: Confidence


class FormatOut(AnswerModel):
    pattern: str
    count: int


class ProfileOut(AnswerModel):
    rows: int
    distinct: int
    empty: int
    placeholders: int
    data_type: str
    formats: list[FormatOut]
    samples: list[str]


class EvidenceOut(AnswerModel):
    rows: int
    affected: int
    examples: list[str]


class SuggestionOut(AnswerModel):
    kind: Literal["validation", "standardisation", "anomaly"]
    title: str
    reason: str
    confidence: Confidence
    evidence: EvidenceOut
    rule: RuleJson
    preview: Preview


class SuggestionAnswer(AnswerModel):
    profile: ProfileOut
    groups: list[GroupOut]
    anomalies: list[AnomalyOut]
    suggestions: list[SuggestionOut]
    warnings: list[Note]
    prompt_ids: list[str]
    usage: UsageOut
