"""The last step of a job: one result per record, in input order, as JSONL; failures in a file of their own; told.

Read and written as a stream. The answers of all chunks are put on disk first, since any record may need any of them.
Finishing again writes the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Final, cast

from pydantic import JsonValue

from shared.values.jobs.answered import AnsweredRecord, JobAnswers, answer_of
from shared.values.jobs.chunk import find_questions
from shared.values.jobs.control import state_of
from shared.values.jobs.desk import JobDesk
from shared.values.jobs.job import ENDED, Job, Tally
from shared.values.jobs.lane import find_answers, tally_of
from shared.values.jobs.models import State
from shared.values.jobs.plan import CHUNK, PART
from shared.values.jobs.store import CONTAINER, chunk_name, failures_name, result_name
from shared.values.jobs.task import JobTask, find_task

JSONL: Final = "application/jsonl"

Line = Callable[[AnsweredRecord], str | None]


async def finish(desk: JobDesk, job: Job) -> None:
    """Write the results and end the job. Raises StorageUnavailable, TaskGone."""
    ends: State = job.ends or "succeeded"
    begun = await _write(desk, job) if job.planned else Tally()

    def edit(now: Job) -> Job | None:
        if now.state not in ("queued", "running") or now.ends != job.ends:
            return None
        return replace(now, state=ends, ends=None, has_results=job.planned, begun=begun)

    ended = await desk.jobs.change(job.organization, job.job_id, edit)
    if ended is not None:
        await settle(desk, ended)


async def settle(desk: JobDesk, job: Job) -> None:
    """What follows a job's end, once: who wrote the end may have died before this. A job that may be resumed keeps its
    work; one that was cancelled is not announced. Raises StorageUnavailable."""
    if job.told or job.state not in ENDED:
        return
    if job.state in ("succeeded", "cancelled"):
        await desk.jobs.discard_work(job)
    if job.callback_url and job.state != "cancelled":
        body = state_of(job, desk.values.settings.currency).model_dump(mode="json", by_alias=True)
        await desk.callbacks.announce(job.callback_url, job.organization, job.job_id, body)

    def edit(now: Job) -> Job | None:
        return replace(now, told=True) if now.state == job.state else None

    await desk.jobs.change(job.organization, job.job_id, edit)


async def _write(desk: JobDesk, job: Job) -> Tally:
    """What of the results is not counted in the job's row."""
    task = await find_task(desk.jobs, job)
    answers, begun = JobAnswers(), Tally()
    try:
        for chunk in range(job.chunks):
            found = await find_answers(desk.jobs, job, chunk)
            if found is None and (found := await find_answers(desk.jobs, job, chunk, "begun")):
                begun += await tally_of(desk.jobs, job, chunk, found)
            if found is not None:
                questions = await find_questions(desk.jobs, job, chunk) if any(found.causes) else ()
                answers.add(chunk * CHUNK, found, questions)
        for name, write in ((result_name(job), _result_line), (failures_name(job), _failure_line)):
            await desk.writer.write(CONTAINER, name, _lines(desk, job, task, answers, write), JSONL)
        return begun
    finally:
        answers.close()


async def _lines(desk: JobDesk, job: Job, task: JobTask, answers: JobAnswers, write: Line) -> AsyncIterator[bytes]:
    for part in range(-(-job.records // PART)):
        rows = cast("list[list[JsonValue]]", await desk.jobs.find(job, chunk_name("part", part)) or [])
        found = [write(answer_of(row, task, answers)) for row in rows]
        lines = [line for line in found if line]
        if lines:
            yield ("\n".join(lines) + "\n").encode()
        await asyncio.sleep(0)


def _result_line(answered: AnsweredRecord) -> str:
    return answered.result.model_dump_json(by_alias=True)


def _failure_line(answered: AnsweredRecord) -> str | None:
    """A record that failed, with what it was asked about: the file can be another job's source."""
    result = answered.result
    if result.status != "Failed" or result.error is None:
        return None
    line = {"id": result.id, "properties": dict(answered.properties), "error": result.error.model_dump()}
    return json.dumps(line, ensure_ascii=False)
