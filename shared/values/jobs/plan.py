"""The first step of a job: its records read once, its questions found, everything laid down for the lanes.

Parts of records and chunks of questions go to blobs as they fill up, and what was seen is remembered on disk: memory
stays the same for a thousand records and for a million. Planning again lays down the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, cast

from pydantic import JsonValue

from shared.gateway.records import Usage
from shared.values.batches import START
from shared.values.jobs.job import Job, Lane
from shared.values.jobs.store import ValueJobs, chunk_name
from shared.values.prompt import Form
from shared.values.questions import Asked, Inputs, NotAsked

PART: Final = 5_000
"""Records in one blob."""
CHUNK: Final = 400
"""Questions in one blob, and for one message: some ten calls."""
LANES: Final = 8
COUNTED: Final = 50
"""Chunks whose counts are in one blob."""
KEEPING: Final = 8
"""Blobs on their way at a time."""

Keep = Callable[[str, JsonValue], Coroutine[None, None, None]]
"""Name and content of a blob of the job's work."""


@dataclass
class Plan:
    """The job's records on their way into parts and chunks. ``close`` it."""

    keep: Keep

    def __post_init__(self) -> None:
        self.records = self.skipped = self.questions = self.characters = 0
        self._keeping: set[asyncio.Task[None]] = set()
        self._part: list[JsonValue] = []
        self._chunk: list[JsonValue] = []
        # A database without a name is a file that nobody else sees and that is gone when it is closed.
        self._seen = sqlite3.connect("", check_same_thread=False)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, number INTEGER, records INTEGER) WITHOUT ROWID")

    async def add(self, batch: Iterable[Asked | NotAsked]) -> None:
        """The next records, in order."""
        for one in batch:
            self.records += 1
            self._part.append(self._row(one))
            if len(self._chunk) == CHUNK:
                await self._keep_chunk()
            if len(self._part) == PART:
                await self._keep_part()

    async def end(self) -> None:
        """Lay down what is left, and how many records each question stands for."""
        if self._part:
            await self._keep_part()
        if self._chunk:
            await self._keep_chunk()
        counts = self._seen.execute("SELECT records FROM seen ORDER BY number")
        for number in range(-(-self.chunks // COUNTED)):
            await self._lay_down("count", number, [count for (count,) in counts.fetchmany(CHUNK * COUNTED)])
        while self._keeping:
            await self._room_for(1)

    def close(self) -> None:
        for task in self._keeping:
            task.cancel()
        self._seen.close()

    @property
    def chunks(self) -> int:
        return -(-self.questions // CHUNK)

    def _row(self, one: Asked | NotAsked) -> JsonValue:
        """Id, and either the number of its question with what it holds now, or why it has none."""
        if isinstance(one, NotAsked):
            self.skipped += 1
            return [one.id, None, one.cause.code, one.cause.detail]
        return [one.id, self._number(one.inputs), dict(one.present)]

    def _number(self, inputs: Inputs) -> int:
        digest = hashlib.blake2b(json.dumps(inputs).encode(), digest_size=16).digest()
        known = self._seen.execute("UPDATE seen SET records = records + 1 WHERE digest = ? RETURNING number", [digest])
        found = known.fetchone()
        if found:
            return int(found[0])
        number = self.questions
        self._seen.execute("INSERT INTO seen VALUES (?, ?, 1)", [digest, number])
        self.questions += 1
        self.characters += sum(map(len, inputs))
        self._chunk.append(list(inputs))
        return number

    async def _keep_part(self) -> None:
        await self._lay_down("part", (self.records - 1) // PART, self._part)
        self._part = []

    async def _keep_chunk(self) -> None:
        await self._lay_down("chunk", (self.questions - 1) // CHUNK, self._chunk)
        self._chunk = []

    async def _lay_down(self, kind: str, number: int, content: JsonValue) -> None:
        """Some at a time: the account answers each within milliseconds, and there may be thousands."""
        await self._room_for(KEEPING)
        self._keeping.add(asyncio.ensure_future(self.keep(chunk_name(kind, number), content)))

    async def _room_for(self, most: int) -> None:
        """Until fewer than this are on their way. Raises what one of them came to."""
        while len(self._keeping) >= most:
            done, self._keeping = await asyncio.wait(self._keeping, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()


async def find_counts(jobs: ValueJobs, job: Job, chunk: int) -> list[int]:
    """For each question of a chunk, how many records it stands for. Raises StorageUnavailable."""
    found = cast("list[int]", await jobs.find(job, chunk_name("count", chunk // COUNTED)) or [])
    first = chunk % COUNTED * CHUNK
    return found[first : first + CHUNK]


def planned(job: Job, plan: Plan, form: Form, price: Callable[[int, int], Decimal | None]) -> Job:
    """The job with its plan. ``price``: the cost of prompt and completion tokens, None where nobody knows."""
    prompt, completion = forecast_tokens(form, plan.questions, plan.characters)
    return replace(
        job,
        state="running",
        planned=True,
        records=plan.records,
        skipped=plan.skipped,
        questions=plan.questions,
        chunks=plan.chunks,
        done=plan.skipped,
        forecast=(prompt, completion, price(prompt, completion)),
        lanes=tuple(Lane(number) for number in range(min(LANES, plan.chunks))),
    )


def forecast_tokens(form: Form, questions: int, characters: int) -> tuple[int, int]:
    """Prompt and completion tokens expected of so many questions: four characters a token, calls of the first size."""
    fixed = (len(form.system) + len(json.dumps(form.schema))) // 4
    calls = -(-questions // START)
    return calls * fixed + characters // 4 + questions * 6, questions * max(8, form.room // 4)


def forecast_now(job: Job) -> tuple[int | None, int | None, Decimal | None]:
    """What is expected of the whole job: at first its plan, then what the records done so far took, carried on."""
    if job.forecast is None:
        return None, None, None
    asked, total = job.done - job.skipped, job.records - job.skipped
    if asked <= 0 or job.usage.prompts == 0:
        return job.forecast
    return _carried_on(job.usage, Decimal(total) / Decimal(asked))


def _carried_on(usage: Usage, times: Decimal) -> tuple[int, int, Decimal | None]:
    cost = None if usage.cost is None else (usage.cost * times).quantize(Decimal("0.000001"))
    return int(usage.prompt_tokens * times), int(usage.completion_tokens * times), cost
