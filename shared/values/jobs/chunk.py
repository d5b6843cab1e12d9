"""One chunk of a job, asked about by the owner of its lane."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from shared.checkpoints import BlobCheckpoints
from shared.gateway.ports import Asker
from shared.mapping.orderly import OrderlyAsker
from shared.mapping.queued_run import RUN_SECONDS, WAITING_SECONDS
from shared.storage import Blobs
from shared.values.answers import Values
from shared.values.batches import BatchSize, FixedSize
from shared.values.fill import Filled, fill
from shared.values.jobs.budget import BudgetedAsker
from shared.values.jobs.desk import JobDesk
from shared.values.jobs.job import Job
from shared.values.jobs.lane import ChunkAnswers, keep_answers, leased
from shared.values.jobs.store import ValueJobs, chunk_name
from shared.values.jobs.task import JobTask, dearest
from shared.values.questions import Inputs
from shared.values.run import caller_of, check_policy, model_of


class Stopped(Exception):
    """The job was paused or cancelled, or the lane is somebody else's."""


async def answer_chunk(
    desk: JobDesk, blobs: Blobs, job: Job, task: JobTask, number: int, chunk: int, size: BatchSize
) -> ChunkAnswers:
    """Raises LimitReached, LaneLost, Stopped, PromptInvalid, and what ``require`` and ``fill`` raise."""
    questions = await find_questions(desk.jobs, job, chunk)
    await desk.values.asker.require(caller_of(job.organization, job.correlation_id, 0.0))
    await check_policy(desk.values.policies, job.organization, None)
    model = await model_of(desk.values.credentials, job.organization)
    known: dict[Inputs, Values] = {}
    if task.reuse:
        known = await desk.values.known.find(job.organization, task.form, model, questions)
    to_ask = tuple(inputs for inputs in questions if inputs not in known)
    filled = Filled()
    try:
        await _fill(desk, blobs, job, task, (number, chunk), to_ask, size, filled)
    except Exception:
        if filled.values:
            await keep_answers(desk.jobs, job, chunk, questions, known, filled, "begun")
        raise
    if task.reuse:
        await desk.values.known.keep(job.organization, task.form, model, filled.values)
    return await keep_answers(desk.jobs, job, chunk, questions, known, filled)


async def find_questions(jobs: ValueJobs, job: Job, chunk: int) -> tuple[Inputs, ...]:
    """A chunk's questions, none where its blob is gone. Raises StorageUnavailable."""
    found = await jobs.find(job, chunk_name("chunk", chunk))
    return tuple(tuple(cast("list[str]", inputs)) for inputs in cast("list[object]", found or []))


async def _fill(
    desk: JobDesk,
    blobs: Blobs,
    job: Job,
    task: JobTask,
    place: tuple[int, int],
    to_ask: tuple[Inputs, ...],
    size: BatchSize,
    filled: Filled,
) -> None:
    number, chunk = place
    started, patience = time.monotonic(), desk.values.settings.prompt_timeout + WAITING_SECONDS
    orderly = OrderlyAsker(_asker(desk, job, number), started + RUN_SECONDS, patience)
    caller = replace(
        caller_of(job.organization, job.correlation_id, started + RUN_SECONDS + patience),
        mapping_id=job.job_id,
        background=True,
        checkpoints=BlobCheckpoints(blobs, job.organization, f"{job.job_id}/{chunk}"),
    )
    async with leased(desk.jobs, job, number, lambda: orderly.stop(Stopped())):
        await fill(orderly, caller, task.form, to_ask, FixedSize(job.lanes[number].size, size), filled)


def _asker(desk: JobDesk, job: Job, number: int) -> Asker:
    if not job.limited:
        return desk.values.asker
    price = dearest(desk.values.settings.prices, datetime.now(UTC).date())
    return BudgetedAsker(desk.values.asker, desk.jobs, job, number, price)
