"""A value job's request and state, exactly as they travel. Pydantic, at the edge only."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.mapping.models import AnswerModel, RequestModel, UsageOut
from shared.records import KeyName, RecordIn
from shared.values.models import Cause, Mode, OutputIn, ValuesOptions, at_most

State = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled", "stopped_by_limit"]
MOST_RECORDS = 1_000_000
MOST_INLINE = 100_000
"""In a request; more come as a file."""


class SourceIn(RequestModel):
    """A file of any format drops may have. Its columns are vocabulary keys; a column ``id`` names the records."""

    container: Literal["drops"]
    blob: str = Field(min_length=1, max_length=1_024)


class LimitsIn(RequestModel):
    """What the job may cost in all; it stops before it would pass either."""

    max_cost: Annotated[float, Field(gt=0, le=1_000_000_000)] | None = None
    max_tokens: Annotated[int, Field(gt=0, le=1_000_000_000_000)] | None = None


class ResumeRequest(RequestModel):
    """Optional: new limits, for a job that met its own."""

    limits: LimitsIn | None = None


class ValueJobRequest(RequestModel):
    prompt: str = Field(min_length=1, max_length=8_000)
    mode: Mode
    outputs: dict[KeyName, OutputIn] = Field(default={}, max_length=20)
    records: Annotated[list[RecordIn] | None, at_most(MOST_INLINE, "put more into a file, and name it as source")] = (
        Field(default=None, min_length=1, max_length=MOST_INLINE)
    )
    source: SourceIn | None = None
    limits: LimitsIn = LimitsIn()
    callback_url: str | None = Field(default=None, min_length=1, max_length=2_000)
    options: ValuesOptions = ValuesOptions()

    @model_validator(mode="after")
    def _one_of(self) -> ValueJobRequest:
        if (self.records is None) == (self.source is None):
            raise ValueError("exactly one of records and source is needed")
        return self


class JobProgress(AnswerModel):
    """Records. ``done`` includes skipped and failed ones; ``reused`` got an equal record's answer or a known one."""

    records: int
    done: int
    failed: int
    reused: int


class Forecast(AnswerModel):
    """What the whole job is expected to use, null until its records were counted."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cost: float | None


class Place(AnswerModel):
    container: str
    blob: str


class ValueJobState(AnswerModel):
    job_id: str
    organization_id: str
    state: State
    progress: JobProgress
    forecast: Forecast
    usage: UsageOut
    results: Place | None
    failures: Place | None
    created_at: datetime
    updated_at: datetime
    error: Cause | None


def cost_of(limits: LimitsIn) -> Decimal | None:
    """The cost limit, exact."""
    return None if limits.max_cost is None else Decimal(str(limits.max_cost))
