"""A values request and its answer, exactly as they travel. Pydantic, at the edge only."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from shared.mapping.models import AnswerModel, RequestModel, UsageOut
from shared.mapping.models import Warning as Note
from shared.records import MOST, KeyName, RecordIn
from shared.settings import SamplesPolicy

Status = Literal["Set", "Unchanged", "Skipped", "Failed"]
Mode = Literal["Add", "Set"]
AllowedValue = Annotated[str, Field(min_length=1, max_length=500)]


def at_most(most: int, instead: str) -> BeforeValidator:
    """Refuses a longer list before any of it is read, and says where so many may go."""

    def check(given: object) -> object:
        if isinstance(given, list) and len(given) > most:
            raise ValueError(f"{len(given):,} records, and at most {most:,} are possible here: {instead}")
        return given

    return BeforeValidator(check)


class OutputIn(RequestModel):
    """What is known of one output, beside what the stored catalogue says of its key."""

    data_type: str | None = Field(default=None, max_length=100)
    allowed_values: list[AllowedValue] | None = Field(default=None, min_length=1, max_length=1_000)
    description: str | None = Field(default=None, max_length=1_000)


class ValuesOptions(RequestModel):
    reuse: bool = Field(
        default=False, description="Whether an answer given before to the same inputs may be used again"
    )
    samples: SamplesPolicy | None = Field(
        default=None, description="Values are sent as they are: only full is possible"
    )


class ValuesRequest(RequestModel):
    prompt: str = Field(min_length=1, max_length=8_000)
    mode: Mode
    outputs: dict[KeyName, OutputIn] = Field(default={}, max_length=20)
    records: Annotated[list[RecordIn], at_most(MOST, "send more to …/values/jobs")] = Field(
        min_length=1, max_length=MOST
    )
    options: ValuesOptions = ValuesOptions()


class Cause(AnswerModel):
    """Why a record was skipped or failed, in one sentence."""

    code: str
    detail: str


class Result(AnswerModel):
    """One record's answer. ``outputs``: what is to be written, and nothing else."""

    id: str
    status: Status
    outputs: dict[str, str]
    error: Cause | None = None


class Summary(AnswerModel):
    """How many records; ``asked`` of them with inputs of their own that were sent, ``reused`` answered by an equal one
    or from before."""

    records: int
    asked: int
    reused: int
    skipped: int
    failed: int


class Values(AnswerModel):
    results: list[Result]
    summary: Summary
    warnings: list[Note]
    prompt_ids: list[str]
    usage: UsageOut
