"""Jobs in table ``ValueJobs`` (PartitionKey organization, RowKey job id), and their blobs in container ``results``.

``{org}/{job}/results.jsonl`` and ``failures.jsonl`` are for the caller; what lies under ``steps/`` is the app's own and
is deleted when the job has succeeded, as are the checkpoints of its calls: the task, parts of records, chunks of
questions, and their answers.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import JsonValue

from shared import checkpoints
from shared.storage import Blobs, Tables
from shared.together import together
from shared.values.jobs.job import Job, job_of, values_of

TABLE: Final = "ValueJobs"
CONTAINER: Final = "results"
KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 16
"""Blobs deleted at a time: of a large job there are thousands."""

Edit = Callable[[Job], Job | None]
"""A job → the job as it should be; None to leave it as it is."""


def _now() -> datetime:
    return datetime.now(UTC)


class ValueJobs:
    """Every call raises StorageUnavailable when the account cannot be reached."""

    def __init__(self, tables: Tables, blobs: Blobs, clock: Callable[[], datetime] = _now) -> None:
        self._tables = tables
        self._blobs = blobs
        self.clock = clock

    async def add(self, job: Job) -> None:
        await self._tables.put(TABLE, job.organization, job.job_id, values_of(job))

    async def get(self, organization: str, job_id: str) -> Job | None:
        """None where there is none, or it is older than 30 days."""
        row = await self._tables.get(TABLE, organization, job_id)
        job = job_of(organization, job_id, row) if row else None
        return job if job and job.created_at >= self.clock() - KEPT else None

    async def change(self, organization: str, job_id: str, edit: Edit) -> Job | None:
        """The job as changed; None where there is none, or ``edit`` leaves it. ``edit`` may be called several times:
        others change the job too."""
        for attempt in range(1_000):
            row = await self._tables.get(TABLE, organization, job_id)
            edited = edit(job_of(organization, job_id, row)) if row else None
            if row is None or edited is None:
                return None
            changed = replace(edited, updated_at=self.clock())
            if await self._tables.put(TABLE, organization, job_id, values_of(changed), etag=row.etag):
                return changed
            await asyncio.sleep(random.uniform(0, min(0.5, 0.01 * (attempt + 1))))  # noqa: S311 - only spreads
        raise RuntimeError("a job's row is changed all the time")

    async def keep(self, job: Job, name: str, content: JsonValue) -> None:
        """Lay down a blob of the job's work; the same again changes nothing."""
        packed = await asyncio.to_thread(lambda: json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode())
        await self._blobs.put(CONTAINER, work_name(job, name), packed, "application/json")

    async def find(self, job: Job, name: str) -> JsonValue:
        """A blob of the job's work, None where there is none."""
        blob = await self._blobs.get(CONTAINER, work_name(job, name))
        return None if blob is None else await asyncio.to_thread(json.loads, blob.content)

    async def discard_work(self, job: Job) -> None:
        """What lies under ``steps/``, and the checkpoints of its calls. Raises StorageUnavailable."""
        await self._discard(CONTAINER, work_name(job, ""))
        await self._discard(checkpoints.CONTAINER, f"{job.organization}/{job.job_id}/")

    async def _discard(self, container: str, folder: str) -> None:
        names = await self._blobs.names(container, folder)

        async def discard() -> None:
            while names:
                await self._blobs.delete(container, names.pop())

        await together([discard() for _ in range(min(AT_ONCE, len(names)))])


def work_name(job: Job, name: str) -> str:
    return f"{job.organization}/{job.job_id}/steps/{name}"


def result_name(job: Job) -> str:
    return f"{job.organization}/{job.job_id}/results.jsonl"


def failures_name(job: Job) -> str:
    return f"{job.organization}/{job.job_id}/failures.jsonl"


def chunk_name(kind: str, number: int) -> str:
    """``kind``: part, chunk or answer."""
    return f"{kind}-{number:06d}.json"
