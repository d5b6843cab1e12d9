"""The use case of queue ``value-batches``: one delivery of one step of one job.

start (plan, then one message a lane) → fill (a chunk, then the lane's next message) → finish (results, callback).
What must be waited for is raised, so that the message comes back; what ends the job ends in its row.
"""

from __future__ import annotations

import asyncio
from typing import Final

from shared.errors import ProductError
from shared.mapping.carry_out import WAITS
from shared.mapping.orderly import TimeIsUp
from shared.mapping.queued_run import Delivery
from shared.storage import Blobs
from shared.values.jobs.budget import LaneLost, LimitReached
from shared.values.jobs.chunk import Stopped, answer_chunk
from shared.values.jobs.control import resume
from shared.values.jobs.desk import JobDesk, UnreadableSource
from shared.values.jobs.ending import conclude, end_early
from shared.values.jobs.finish import finish, settle
from shared.values.jobs.job import ENDED, Job
from shared.values.jobs.lane import LaneBusy, claim, commit, find_answers, halve, release
from shared.values.jobs.messages import StepMessage, put_step
from shared.values.jobs.planning import plan_job
from shared.values.jobs.task import TaskGone, find_task

_LIMIT: Final = (
    "The next call might have passed the job's limits. What was answered is in its results, "
    "and a resumed job does not pay for it again."
)


async def run_step(desk: JobDesk, blobs: Blobs, step: StepMessage, delivery: Delivery) -> None:
    """Raises ``WAITS``, TimeIsUp and LaneBusy for a message to be delivered again; what nobody foresaw, unless this is
    the last delivery."""
    try:
        await _run(desk, blobs, step, delivery)
    except (*WAITS, TimeIsUp, LaneBusy, asyncio.CancelledError):
        raise
    except (ProductError, UnreadableSource) as error:
        await end_job(desk, step, error.code, error.detail, delivery)
    except TaskGone:
        await end_job(desk, step, "work_gone", "What the job was to do is gone from container results.", delivery)
    except Exception:
        if not delivery.last:
            raise
        await end_job(desk, step, "internal_error", "The job failed unexpectedly.", delivery)


async def end_job(desk: JobDesk, step: StepMessage, code: str, detail: str, delivery: Delivery) -> None:
    """The job has failed, and what was answered before is written. Raises StorageUnavailable, TaskGone."""
    await end_early(desk, step, "failed", code, detail, delivery)


async def _run(desk: JobDesk, blobs: Blobs, step: StepMessage, delivery: Delivery) -> None:
    job = await desk.jobs.get(step.organization_id, step.job_id)
    if job is None:
        return
    if step.step == "resume":
        await resume(desk, job.organization, job.job_id)
    elif job.state in ENDED:
        await settle(desk, job)
    elif job.ends is not None:
        await conclude(desk, job, delivery)
    elif step.step == "finish" and job.planned and job.lanes_done:
        await finish(desk, job)
    elif job.at_work and step.step == "start":
        await _start(desk, job)
    elif job.at_work:
        await _fill(desk, blobs, step, job, delivery)


async def _start(desk: JobDesk, job: Job) -> None:
    """Plan, unless that was done, and set the lanes going where they are."""
    if not job.planned:
        job = await plan_job(desk, job)
    if job.lanes_done:
        await put_step(desk.queues, job, "finish")
    for number, lane in enumerate(job.lanes):
        if lane.next < job.chunks:
            await put_step(desk.queues, job, "fill", number, lane.next)


async def _fill(desk: JobDesk, blobs: Blobs, step: StepMessage, job: Job, delivery: Delivery) -> None:
    """One chunk, then the lane's next message, then the row."""
    task = await find_task(desk.jobs, job)
    size = desk.values.sizes.of(job.organization, task.form.version)
    claimed = await claim(desk.jobs, job, step.lane, step.chunk, size.at_most(task.form.room))
    if claimed is None:
        await _go_on(desk, step)
        return
    try:
        answers = await find_answers(desk.jobs, claimed, step.chunk) or await answer_chunk(
            desk, blobs, claimed, task, step.lane, step.chunk, size
        )
    except (Stopped, LaneLost):
        await release(desk.jobs, claimed, step.lane)
        await _go_on(desk, step)
        return
    except LimitReached:
        if await halve(desk.jobs, claimed, step.lane):
            await put_step(desk.queues, claimed, "fill", step.lane, step.chunk)
            return
        await release(desk.jobs, claimed, step.lane)
        await end_early(desk, step, "stopped_by_limit", "limit_reached", _LIMIT, delivery)
        return
    except BaseException:
        await release(desk.jobs, claimed, step.lane)
        raise
    following = step.chunk + len(claimed.lanes)
    if following < claimed.chunks:
        await put_step(desk.queues, claimed, "fill", step.lane, following)
    await commit(desk.jobs, claimed, step.lane, step.chunk, answers)
    await _go_on(desk, step)


async def _go_on(desk: JobDesk, step: StepMessage) -> None:
    """Whoever finds all lanes done starts the finish: who did the last may have died before he could. Of a job that was
    cancelled meanwhile, what this lane has laid down since is cleared away."""
    job = await desk.jobs.get(step.organization_id, step.job_id)
    if job is not None and job.state == "cancelled":
        await desk.jobs.discard_work(job)
    elif job is not None and job.at_work and job.planned and job.lanes_done:
        await put_step(desk.queues, job, "finish")
