"""Where a job stands: one immutable value, read from its row and written back whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, cast

from shared.gateway.records import Usage
from shared.storage import Row, Value
from shared.values.jobs.models import State

ENDED: Final = frozenset({"succeeded", "failed", "cancelled", "stopped_by_limit"})
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Spent:
    """What one call has taken of the limits, or may yet take."""

    tokens: int = 0
    cost: Decimal = Decimal(0)
    open: bool = False
    """Reserved: the call is on its way."""
    lost: int = 0
    """Tokens of a call whose worker died: perhaps billed, so counted."""
    lost_cost: Decimal = Decimal(0)


@dataclass(frozen=True)
class Lane:
    """One of several messages at work on a job at a time: it takes every n-th chunk."""

    next: int
    """The chunk it is at; past the last one, its work is done."""
    owner: str = ""
    until: str = ""
    """ISO time at which the owner is taken to be dead."""
    size: int = 0
    """Records a call, the same in every run of this chunk: a finished call is found again by what it asked."""
    calls: Mapping[str, Spent] = field(default_factory=dict)
    """Of this chunk, where the job has limits."""


@dataclass(frozen=True)
class Tally:
    """What came of some questions, in records, and what it took."""

    done: int = 0
    """Answered or failed."""
    failed: int = 0
    reused: int = 0
    usage: Usage = field(default_factory=Usage)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.done + other.done,
            self.failed + other.failed,
            self.reused + other.reused,
            self.usage + other.usage,
        )


@dataclass(frozen=True)
class Job:
    organization: str
    job_id: str
    state: State
    created_at: datetime
    updated_at: datetime
    correlation_id: str
    callback_url: str | None = None
    max_tokens: int | None = None
    max_cost: Decimal | None = None
    records: int = 0
    skipped: int = 0
    questions: int = 0
    chunks: int = 0
    done: int = 0
    """Records answered, skipped or failed."""
    failed: int = 0
    reused: int = 0
    usage: Usage = field(default_factory=Usage)
    begun: Tally = field(default_factory=Tally)
    """Beside what is counted above: of chunks that a job which has stopped did not finish. Counted until it goes on."""
    lost_tokens: int = 0
    """Perhaps billed for calls whose worker died, beside ``usage``."""
    lost_cost: Decimal = Decimal(0)
    planned: bool = False
    """Its records were read and its questions laid down."""
    forecast: tuple[int, int, Decimal | None] | None = None
    """Prompt tokens, completion tokens, cost."""
    lanes: tuple[Lane, ...] = ()
    ends: State | None = None
    """How it will end once its results are written."""
    error: tuple[str, str] | None = None
    has_results: bool = False
    told: bool = False
    """Its end was announced, and what it needs no more was cleared away."""

    @property
    def limited(self) -> bool:
        return self.max_tokens is not None or self.max_cost is not None

    @property
    def at_work(self) -> bool:
        return self.state in ("queued", "running") and self.ends is None

    @property
    def lanes_done(self) -> bool:
        return all(lane.next >= self.chunks for lane in self.lanes)

    def with_lane(self, number: int, lane: Lane) -> Job:
        return replace(self, lanes=(*self.lanes[:number], lane, *self.lanes[number + 1 :]))


def values_of(job: Job) -> dict[str, Value]:
    """The row's properties."""
    values: dict[str, Value | None] = {
        "State": job.state,
        "CreatedAt": job.created_at,
        "UpdatedAt": job.updated_at,
        "CorrelationId": job.correlation_id,
        "CallbackUrl": job.callback_url,
        "MaxTokens": None if job.max_tokens is None else str(job.max_tokens),
        "MaxCost": None if job.max_cost is None else str(job.max_cost),
        "Records": job.records,
        "Skipped": job.skipped,
        "Planned": job.planned,
        "Questions": job.questions,
        "Chunks": job.chunks,
        "Done": job.done,
        "Failed": job.failed,
        "Reused": job.reused,
        "Usage": _dump(asdict(job.usage)),
        "Begun": _dump(asdict(job.begun)),
        "Lost": _dump([job.lost_tokens, job.lost_cost]),
        "Forecast": _dump(job.forecast) if job.forecast else None,
        "Lanes": _dump([asdict(lane) for lane in job.lanes]),
        "Ends": job.ends,
        "ErrorCode": job.error[0] if job.error else None,
        "ErrorDetail": job.error[1][:1_000] if job.error else None,
        "HasResults": job.has_results,
        "Told": job.told,
    }
    return {name: value for name, value in values.items() if value is not None}


def job_of(organization: str, job_id: str, row: Row) -> Job:
    code, cost, tokens = row.text("ErrorCode"), row.text("MaxCost"), row.text("MaxTokens")
    lost = json.loads(row.text("Lost") or "[0, 0]")
    forecast = json.loads(row.text("Forecast") or "null")
    return Job(
        organization=organization,
        job_id=job_id,
        state=cast(State, row.text("State") or "failed"),
        created_at=row.time("CreatedAt") or _EPOCH,
        updated_at=row.time("UpdatedAt") or _EPOCH,
        correlation_id=row.text("CorrelationId") or "",
        callback_url=row.text("CallbackUrl"),
        max_tokens=None if tokens is None else int(tokens),
        max_cost=None if cost is None else Decimal(cost),
        records=row.number("Records"),
        skipped=row.number("Skipped"),
        planned=row.values.get("Planned") is True,
        questions=row.number("Questions"),
        chunks=row.number("Chunks"),
        done=row.number("Done"),
        failed=row.number("Failed"),
        reused=row.number("Reused"),
        usage=_usage(json.loads(row.text("Usage") or "{}")),
        begun=_tally(json.loads(row.text("Begun") or "{}")),
        lost_tokens=int(lost[0]),
        lost_cost=Decimal(str(lost[1])),
        forecast=(forecast[0], forecast[1], _decimal(forecast[2])) if forecast else None,
        lanes=tuple(_lane(lane) for lane in json.loads(row.text("Lanes") or "[]")),
        ends=cast("State | None", row.text("Ends")),
        error=(code, row.text("ErrorDetail") or "") if code else None,
        has_results=row.values.get("HasResults") is True,
        told=row.values.get("Told") is True,
    )


def _dump(value: object) -> str:
    return json.dumps(value, default=str, separators=(",", ":"))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _usage(found: dict[str, object]) -> Usage:
    return Usage(**{**found, "cost": _decimal(found.get("cost", 0))})  # type: ignore[arg-type]


def _tally(found: dict[str, object]) -> Tally:
    usage = cast("dict[str, object]", found.get("usage", {}))
    return Tally(**{**found, "usage": _usage(usage)})  # type: ignore[arg-type]


def _lane(found: dict[str, object]) -> Lane:
    calls = cast("dict[str, dict[str, object]]", found["calls"])
    spent = {
        key: Spent(**{**call, "cost": _decimal(call["cost"]), "lost_cost": _decimal(call["lost_cost"])})  # type: ignore[arg-type]
        for key, call in calls.items()
    }
    return Lane(**{**found, "calls": spent})  # type: ignore[arg-type]
