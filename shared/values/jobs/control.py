"""A job's life as its caller sees it: looked at, paused, resumed, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from shared.errors import InvalidRequest, NotFound, Violation
from shared.usage_out import usage_out
from shared.values.jobs.budget import taken_over
from shared.values.jobs.desk import JobDesk
from shared.values.jobs.job import ENDED, Job, Tally
from shared.values.jobs.messages import put_step
from shared.values.jobs.models import (
    Forecast,
    JobProgress,
    LimitsIn,
    Place,
    ValueJobState,
    cost_of,
)
from shared.values.jobs.plan import forecast_now
from shared.values.jobs.store import CONTAINER, Edit, failures_name, result_name
from shared.values.jobs.task import dearest
from shared.values.models import Cause

RESUMABLE: Final = frozenset({"paused", "failed", "stopped_by_limit"})


async def find(desk: JobDesk, organization: str, job_id: str) -> Job:
    """Raises NotFound, StorageUnavailable."""
    job = await desk.jobs.get(organization, job_id)
    if job is None:
        raise NotFound("The organization has no value job with this id, or it is older than 30 days.")
    return job


async def pause(desk: JobDesk, organization: str, job_id: str) -> Job:
    """Calls in flight are finished and kept; no further one is sent. One that has ended stays as it is."""
    return await _change(desk, organization, job_id, lambda job: replace(job, state="paused") if job.at_work else None)


async def cancel(desk: JobDesk, organization: str, job_id: str) -> Job:
    """For good; what was written stays. One that has ended stays as it is."""

    def edit(job: Job) -> Job | None:
        return None if job.state in ENDED else replace(job, state="cancelled", ends=None)

    job = await _change(desk, organization, job_id, edit)
    if job.state == "cancelled":
        await desk.jobs.discard_work(job)
    return job


async def resume(desk: JobDesk, organization: str, job_id: str, limits: LimitsIn | None = None) -> Job:
    """Go on with a paused job, or with one that failed or met its limits, where it stopped.

    Raises InvalidRequest, NotFound, StorageUnavailable."""
    if limits is not None:
        check_limits(desk, limits)
    if (await find(desk, organization, job_id)).max_cost is not None and not _priced(desk):
        raise InvalidRequest(
            "The job has a maxCost, and PRICES were taken away since: nobody can tell what a call costs."
        )

    def edit(job: Job) -> Job | None:
        if job.state not in RESUMABLE:
            return None
        lanes = tuple(replace(lane, owner="", until="", calls=taken_over(lane.calls)) for lane in job.lanes)
        if limits is not None:
            # One that is not given stays as it is.
            tokens, cost = limits.max_tokens or job.max_tokens, cost_of(limits) or job.max_cost
            job = replace(job, max_tokens=tokens, max_cost=cost)
        return replace(
            job,
            state="running" if job.planned else "queued",
            lanes=lanes,
            begun=Tally(),
            ends=None,
            error=None,
            told=False,
        )

    job = await _change(desk, organization, job_id, edit)
    if job.at_work:
        await put_step(desk.queues, job, "start")
    return job


def state_of(job: Job, currency: str) -> ValueJobState:
    prompt, completion, cost = forecast_now(job)
    counted = job.begun + Tally(job.done, job.failed, job.reused, job.usage)
    return ValueJobState(
        job_id=job.job_id,
        organization_id=job.organization,
        state=job.state,
        progress=JobProgress(records=job.records, done=counted.done, failed=counted.failed, reused=counted.reused),
        forecast=Forecast(
            prompt_tokens=prompt, completion_tokens=completion, cost=None if cost is None else float(cost)
        ),
        usage=usage_out(counted.usage, currency),
        results=Place(container=CONTAINER, blob=result_name(job)) if job.has_results else None,
        failures=Place(container=CONTAINER, blob=failures_name(job)) if job.has_results and counted.failed else None,
        created_at=job.created_at,
        updated_at=job.updated_at,
        error=Cause(code=job.error[0], detail=job.error[1]) if job.error else None,
    )


async def _change(desk: JobDesk, organization: str, job_id: str, edit: Edit) -> Job:
    changed = await desk.jobs.change(organization, job_id, edit)
    return changed or await find(desk, organization, job_id)


def check_limits(desk: JobDesk, limits: LimitsIn) -> None:
    """Raises InvalidRequest for a cost that nobody could tell."""
    if limits.max_cost is not None and not _priced(desk):
        message = "there are no PRICES, so nobody can tell what a call costs; use maxTokens, or have PRICES set"
        raise InvalidRequest(f"/limits/maxCost: {message}", violations=(Violation("/limits/maxCost", message),))


def _priced(desk: JobDesk) -> bool:
    return dearest(desk.values.settings.prices, datetime.now(UTC).date()) is not None
