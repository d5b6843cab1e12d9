"""What a job is to do: checked and resolved when it is accepted, laid down, and read again by every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Final, cast

from pydantic import JsonValue

from shared.settings import Price
from shared.values.jobs.job import Job
from shared.values.jobs.models import SourceIn
from shared.values.jobs.store import ValueJobs
from shared.values.models import Mode
from shared.values.outputs import Output
from shared.values.prompt import Form, form_of
from shared.values.template import Template, parse_template

BLOB: Final = "task.json"
RECORDS: Final = "records.json"
_MILLION: Final = Decimal(1_000_000)


@dataclass(frozen=True)
class JobTask:
    template: Template
    outputs: tuple[Output, ...]
    form: Form
    mode: Mode
    reuse: bool
    source: SourceIn | None
    """None where the records came with the request."""


class TaskGone(Exception):
    """The job's work was discarded: it has ended, or is too old."""


async def keep_task(jobs: ValueJobs, job: Job, task: JobTask) -> None:
    content = {
        "prompt": task.template.text,
        "outputs": [asdict(output) for output in task.outputs],
        "mode": task.mode,
        "reuse": task.reuse,
        "source": task.source.model_dump() if task.source else None,
    }
    await jobs.keep(job, BLOB, cast(JsonValue, content))


async def find_task(jobs: ValueJobs, job: Job) -> JobTask:
    """Raises TaskGone."""
    found = await jobs.find(job, BLOB)
    if not isinstance(found, dict):
        raise TaskGone
    template = parse_template(cast(str, found["prompt"]))
    outputs = tuple(_output(cast("dict[str, JsonValue]", each)) for each in cast("list[JsonValue]", found["outputs"]))
    source = SourceIn.model_validate(found["source"]) if found["source"] else None
    return JobTask(
        template, outputs, form_of(template, outputs), cast(Mode, found["mode"]), found["reuse"] is True, source
    )


def dearest(prices: Mapping[str, tuple[Price, ...]], today: date) -> Price | None:
    """The most that any model may cost now: nobody knows which one answers before it does. None without prices."""
    now = [entry for entries in prices.values() for entry in entries if entry.valid_from <= today]
    if not now:
        return None
    return Price(today, max(p.prompt for p in now), max(p.cached for p in now), max(p.completion for p in now))


def expected_cost(price: Price | None, prompt: int, completion: int) -> Decimal | None:
    return None if price is None else (prompt * price.prompt + completion * price.completion) / _MILLION


def _output(found: Mapping[str, JsonValue]) -> Output:
    return Output(
        cast(str, found["key"]),
        cast(str, found["data_type"]),
        tuple(cast("list[str]", found["allowed"])),
        cast("str | None", found["description"]),
    )
