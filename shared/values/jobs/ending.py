"""How a job ends before its last chunk: it failed, or it met its limits.

First its row says how it will end, so that no lane goes on. Lanes with calls in flight are waited for: what they are
answered belongs into the results. Then the failure is recorded and the results are written, by whoever comes next.
"""

from __future__ import annotations

from dataclasses import replace

from shared.failures import Failure
from shared.mapping.queued_run import Delivery
from shared.values.jobs.desk import JobDesk
from shared.values.jobs.finish import finish
from shared.values.jobs.job import Job
from shared.values.jobs.lane import LaneBusy, seconds_held
from shared.values.jobs.messages import QUEUE, StepMessage, put_step
from shared.values.jobs.models import State


async def end_early(desk: JobDesk, step: StepMessage, state: State, code: str, detail: str, delivery: Delivery) -> None:
    """Nothing where the job has another end already. Raises StorageUnavailable, TaskGone."""

    def edit(job: Job) -> Job | None:
        return replace(job, ends=state, error=(code, detail)) if job.at_work else None

    job = await desk.jobs.change(step.organization_id, step.job_id, edit)
    if job is None:
        return
    if seconds_held(job, desk.jobs.clock()) > 0:
        await put_step(desk.queues, job, "finish")
    else:
        await conclude(desk, job, delivery)


async def conclude(desk: JobDesk, job: Job, delivery: Delivery) -> None:
    """Write what there is, now that no lane goes on. A job that has failed is a failure, which a replay resumes.

    Raises LaneBusy, StorageUnavailable, TaskGone."""
    held = seconds_held(job, desk.jobs.clock())
    if held > 0:
        raise LaneBusy(min(held, 1.0))
    if job.ends == "failed" and job.error is not None:
        code, detail = job.error
        replay = StepMessage(organization_id=job.organization, job_id=job.job_id, step="resume")
        failure = Failure(
            key=job.job_id,
            kind="values",
            queue=QUEUE,
            organization=job.organization,
            code=code,
            detail=detail,
            attempts=delivery.attempts + 1,
        )
        await desk.failures.record(failure, replay.model_dump(by_alias=True))
    await finish(desk, job)
