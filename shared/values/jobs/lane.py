"""One chunk of a job: claimed, asked about, its answers laid down, its counts in the job's row, exactly once.

What is answered of a chunk when its job stops is laid down too, for the results of a job that ends there.

The order makes every death harmless: answers blob, then the lane's next message, then the row. A chunk whose answers
are there is not asked about again; a row is moved on from this chunk only once; a message for a chunk that the row has
left is stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, cast

from shared.errors import StorageUnavailable
from shared.gateway.records import Usage
from shared.values.answers import Values
from shared.values.fill import Filled
from shared.values.jobs.budget import taken_over
from shared.values.jobs.job import Job, Lane, Tally
from shared.values.jobs.plan import find_counts
from shared.values.jobs.store import ValueJobs, chunk_name
from shared.values.models import Cause
from shared.values.questions import Inputs

LEASE: Final = timedelta(seconds=15)
BEAT_SECONDS: Final = 5.0

Kind = Literal["answer", "begun"]
"""Of a chunk's answers: all of them, or those that were there when its job stopped."""


class LaneBusy(Exception):
    """Somebody else is at this chunk, or the message is ahead of the row. ``seconds``: when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__("somebody else works on this lane")
        self.seconds = seconds


@dataclass(frozen=True)
class ChunkAnswers:
    """What lies in an answers blob: one entry per question of the chunk, of which one not asked yet has neither."""

    values: tuple[Values | None, ...]
    causes: tuple[Cause | None, ...]
    usage: Usage
    asked: int
    """Questions that were sent and settled; others were known."""


async def claim(jobs: ValueJobs, claimed: Job, number: int, chunk: int, size: int) -> Job | None:
    """The job with this lane owned; None where the message is stale or nothing is to be done. Raises LaneBusy."""
    owner = uuid.uuid4().hex
    now = jobs.clock()

    def edit(job: Job) -> Job | None:
        if not job.at_work or number >= len(job.lanes) or job.lanes[number].next > chunk:
            return None
        lane = job.lanes[number]
        if lane.next < chunk:
            raise LaneBusy(1.0)
        left = _left(lane, now)
        if lane.owner and left > timedelta():
            raise LaneBusy(min(left, LEASE).total_seconds() + 0.5)
        return job.with_lane(
            number,
            replace(lane, owner=owner, until=_until(now), size=lane.size or size, calls=taken_over(lane.calls)),
        )

    return await jobs.change(claimed.organization, claimed.job_id, edit)


@contextlib.asynccontextmanager
async def leased(jobs: ValueJobs, job: Job, number: int, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Renews the lease meanwhile; ``stop`` is called when the job is paused, cancelled or somebody else's."""
    beat = asyncio.create_task(_beat(jobs, job, number, stop))
    try:
        yield
    finally:
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat


async def release(jobs: ValueJobs, job: Job, number: int) -> None:
    """Let the next delivery begin at once. Who cannot write it leaves that to the clock."""

    def edit(now: Job) -> Job | None:
        lane = now.lanes[number]
        return now.with_lane(number, replace(lane, owner="", until="")) if _owns(now, job, number) else None

    with contextlib.suppress(StorageUnavailable):
        await jobs.change(job.organization, job.job_id, edit)


async def commit(jobs: ValueJobs, job: Job, number: int, chunk: int, answers: ChunkAnswers) -> Job | None:
    """Move the row on from this chunk, with its counts. None where it has been moved on already."""
    tally = await tally_of(jobs, job, chunk, answers)

    def edit(now: Job) -> Job | None:
        lane = now.lanes[number]
        if lane.next != chunk:
            return None
        return replace(
            now.with_lane(number, Lane(chunk + len(now.lanes))),
            done=now.done + tally.done,
            failed=now.failed + tally.failed,
            reused=now.reused + tally.reused,
            usage=now.usage + tally.usage,
            lost_tokens=now.lost_tokens + sum(call.lost for call in lane.calls.values()),
            lost_cost=now.lost_cost + sum((call.lost_cost for call in lane.calls.values()), Decimal(0)),
        )

    return await jobs.change(job.organization, job.job_id, edit)


async def tally_of(jobs: ValueJobs, job: Job, chunk: int, answers: ChunkAnswers) -> Tally:
    """Nothing where the counts are gone: the job was cancelled meanwhile. Raises StorageUnavailable."""
    counts = await find_counts(jobs, job, chunk)
    if not counts:
        return Tally()
    settled = zip(counts, answers.values, answers.causes, strict=True)
    done = sum(count for count, values, cause in settled if values is not None or cause is not None)
    failed = sum(count for count, cause in zip(counts, answers.causes, strict=True) if cause)
    return Tally(done, failed, done - answers.asked, answers.usage)


def seconds_held(job: Job, now: datetime) -> float:
    """Until no lane has an owner at work, at most; 0 where none has."""
    return max((_left(lane, now).total_seconds() for lane in job.lanes if lane.owner), default=0.0)


async def halve(jobs: ValueJobs, job: Job, number: int) -> bool:
    """Release the lane with calls of half the size, if none of this chunk has been sent: another size makes other
    calls, and what was answered would be asked again."""

    def edit(now: Job) -> Job | None:
        lane = now.lanes[number]
        if not now.at_work or not _owns(now, job, number) or lane.calls or lane.size < 2:
            return None
        return now.with_lane(number, replace(lane, owner="", until="", size=lane.size // 2))

    return await jobs.change(job.organization, job.job_id, edit) is not None


async def find_answers(jobs: ValueJobs, job: Job, chunk: int, kind: Kind = "answer") -> ChunkAnswers | None:
    found = await jobs.find(job, chunk_name(kind, chunk))
    if not isinstance(found, dict):
        return None
    usage = cast("dict[str, int | str | None]", found["usage"])
    cost = None if usage["cost"] is None else Decimal(str(usage["cost"]))
    values = cast("list[list[str | None] | None]", found["values"])
    causes = cast("list[dict[str, str] | None]", found["causes"])
    return ChunkAnswers(
        tuple(None if each is None else tuple(each) for each in values),
        tuple(None if each is None else Cause(**each) for each in causes),
        Usage(**{**usage, "cost": cost}),  # type: ignore[arg-type]
        cast(int, found["asked"]),
    )


async def keep_answers(
    jobs: ValueJobs,
    job: Job,
    chunk: int,
    questions: Sequence[Inputs],
    known: dict[Inputs, Values],
    filled: Filled,
    kind: Kind = "answer",
) -> ChunkAnswers:
    """Lay down what came of a chunk's questions: of all of them, or of those that were asked before its job stopped."""
    values = {**known, **filled.values}
    answers = ChunkAnswers(
        tuple(values.get(inputs) for inputs in questions),
        tuple(filled.failed.get(inputs) for inputs in questions),
        filled.usage,
        len(filled.values) + len(filled.failed),
    )
    usage = {**vars(answers.usage), "cost": None if answers.usage.cost is None else str(answers.usage.cost)}
    content = {
        "values": [None if each is None else list(each) for each in answers.values],
        "causes": [None if each is None else each.model_dump() for each in answers.causes],
        "usage": usage,
        "asked": answers.asked,
    }
    await jobs.keep(job, chunk_name(kind, chunk), content)  # type: ignore[arg-type]
    return answers


async def _beat(jobs: ValueJobs, job: Job, number: int, stop: Callable[[], None]) -> None:
    def edit(now: Job) -> Job | None:
        if not now.at_work or not _owns(now, job, number):
            return None
        return now.with_lane(number, replace(now.lanes[number], until=_until(jobs.clock())))

    while True:
        await asyncio.sleep(BEAT_SECONDS)
        with contextlib.suppress(StorageUnavailable):
            if await jobs.change(job.organization, job.job_id, edit) is None:
                stop()
                return


def _owns(now: Job, claimed: Job, number: int) -> bool:
    return now.lanes[number].owner == claimed.lanes[number].owner


def _until(now: datetime) -> str:
    return (now + LEASE).isoformat()


def _left(lane: Lane, now: datetime) -> timedelta:
    return datetime.fromisoformat(lane.until) - now if lane.until else timedelta()
