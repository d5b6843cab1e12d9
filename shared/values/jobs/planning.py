"""A job's records, from wherever they are, into its plan."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final, cast

from shared.records import PropertyValue, RecordIn
from shared.values.jobs.desk import JobDesk, UnreadableSource
from shared.values.jobs.job import Job
from shared.values.jobs.models import MOST_RECORDS
from shared.values.jobs.plan import Plan, planned
from shared.values.jobs.task import RECORDS, JobTask, dearest, expected_cost, find_task
from shared.values.questions import question_of

BATCH: Final = 500
"""Records planned at a time: between two batches others have their turn."""


async def plan_job(desk: JobDesk, job: Job) -> Job:
    """The job with its lanes, whoever planned it. Raises TaskGone, UnreadableSource, StorageUnavailable."""
    task = await find_task(desk.jobs, job)
    plan = Plan(lambda name, content: desk.jobs.keep(job, name, content))
    try:
        await _read(desk, job, task, plan)
        await plan.end()
    finally:
        plan.close()
    price = dearest(desk.values.settings.prices, datetime.now(UTC).date())

    def edit(now: Job) -> Job | None:
        if now.state != "queued" or now.planned:
            return None
        return planned(now, plan, task.form, lambda prompt, completion: expected_cost(price, prompt, completion))

    return await desk.jobs.change(job.organization, job.job_id, edit) or await _as_it_stands(desk, job)


async def _read(desk: JobDesk, job: Job, task: JobTask, plan: Plan) -> None:
    if task.source is None:
        found = cast("list[tuple[str, dict[str, PropertyValue]]]", await desk.jobs.find(job, RECORDS) or [])
        for first in range(0, len(found), BATCH):
            batch = [RecordIn.model_construct(id=name, properties=held) for name, held in found[first : first + BATCH]]
            await plan.add(question_of(record, task.template, task.mode) for record in batch)
            await asyncio.sleep(0)
        return
    async for records in desk.files.records(task.source):
        await plan.add(question_of(record, task.template, task.mode) for record in records)
        if plan.records > MOST_RECORDS:
            raise UnreadableSource("too_many_records", f"The file has more than {MOST_RECORDS:,} records; split it.")


async def _as_it_stands(desk: JobDesk, job: Job) -> Job:
    return await desk.jobs.get(job.organization, job.job_id) or job
