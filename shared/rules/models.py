"""Rule requests and answers, exactly as they travel. Pydantic, at the edge only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from shared.mapping.models import AnswerModel, RequestModel, UsageOut, Vocabulary
from shared.mapping.models import Warning as Note
from shared.records import RecordIn
from shared.rules.draft import Scope

RuleJson = dict[str, JsonValue]
Samples = Literal["full", "masked", "none"]


class PreviewRequest(RequestModel):
    """``rule``: as CluedIn's API returns one, or the whole answer it stands in."""

    rule: RuleJson
    records: list[RecordIn] = Field(max_length=1_000)


class AnswerIn(RequestModel):
    """A question that was asked, and what a person answered."""

    question: str = Field(min_length=1, max_length=1_000)
    answer: str = Field(min_length=1, max_length=1_000)


class RuleOptions(RequestModel):
    samples: Samples | None = None


class RuleRequest(RequestModel):
    prompt: str = Field(min_length=1, max_length=4_000)
    scope: Scope | None = None
    name: str | None = Field(default=None, min_length=1, max_length=200)
    vocabularies: list[Vocabulary] | None = Field(default=None, min_length=1, max_length=5_000)
    records: list[RecordIn] | None = Field(default=None, max_length=1_000)
    answers: list[AnswerIn] = Field(default=[], max_length=20)
    options: RuleOptions = RuleOptions()


class ChangeOut(AnswerModel):
    key: str
    before: str | int | float | bool | None
    after: str | int | float | bool | None


class ItemOut(AnswerModel):
    id: str
    matched: bool
    changes: list[ChangeOut]
    tags_added: list[str]
    tags_removed: list[str]


class Preview(AnswerModel):
    """What a rule does to records: the first 100 of those that matched or changed."""

    records: int
    matched: int
    changed: int
    items: list[ItemOut]
    unsupported: list[str]
    truncated: bool


class PreviewAnswer(AnswerModel):
    preview: Preview
    warnings: list[Note]


class QuestionOut(AnswerModel):
    question: str
    options: list[str]


class ManualStep(AnswerModel):
    """An action a person chooses in CluedIn, since no rule text can say it."""

    action: str
    arguments: dict[str, str]
    reason: str


class CheckOut(AnswerModel):
    name: str
    ok: bool
    detail: str


class RuleAnswer(AnswerModel):
    rule_id: str
    organization_id: str
    scope: Scope
    rule: RuleJson | None
    explanation: str
    questions: list[QuestionOut]
    manual_steps: list[ManualStep]
    checks: list[CheckOut]
    preview: Preview | None
    warnings: list[Note]
    prompt_ids: list[str]
    usage: UsageOut
