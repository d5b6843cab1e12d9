"""Accepting a value job: what can be checked is checked at once, and everything it needs is laid down."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import JsonValue

from shared.callback_address import AddressRefused, host_of
from shared.drops.models import UnusableDrop
from shared.drops.places import check_blob
from shared.errors import InvalidRequest, Violation
from shared.records import RecordIn, check_ids
from shared.values.jobs.control import check_limits
from shared.values.jobs.desk import JobDesk
from shared.values.jobs.job import Job
from shared.values.jobs.messages import put_step
from shared.values.jobs.models import (
    SourceIn,
    ValueJobRequest,
    cost_of,
)
from shared.values.jobs.plan import forecast_tokens
from shared.values.jobs.task import RECORDS, JobTask, dearest, expected_cost, keep_task
from shared.values.questions import distinct, question_of
from shared.values.run import caller_of, check_policy, task_of
from shared.values.template import parse_template


async def accept(desk: JobDesk, organization: str, request: ValueJobRequest, correlation_id: str) -> Job:
    """Check what can be checked at once, lay the job down and start it.

    Raises InvalidRequest, PromptInvalid; what ``Asker.require`` does; StorageUnavailable."""
    template = parse_template(request.prompt)
    await asyncio.to_thread(check_ids, request.records or ())
    _check(desk, organization, request)
    await desk.values.asker.require(caller_of(organization, correlation_id, 0.0))
    await check_policy(desk.values.policies, organization, request.options.samples)
    made = await task_of(desk.values.catalogue, organization, template, request.outputs)
    now = datetime.now(UTC)
    job = Job(
        organization,
        str(uuid.uuid4()),
        "queued",
        now,
        now,
        correlation_id,
        callback_url=request.callback_url,
        max_tokens=request.limits.max_tokens,
        max_cost=cost_of(request.limits),
        records=len(request.records or ()),
    )
    task = JobTask(template, made.outputs, made.form, request.mode, request.options.reuse, request.source)
    await keep_task(desk.jobs, job, task)
    if request.records is not None:
        job = replace(job, forecast=await asyncio.to_thread(_forecast, desk, task, request.records))
        await desk.jobs.keep(job, RECORDS, [_packed(record) for record in request.records])
    await desk.jobs.add(job)
    await put_step(desk.queues, job, "start")
    return job


def _check(desk: JobDesk, organization: str, request: ValueJobRequest) -> None:
    check_limits(desk, request.limits)
    if request.source is not None:
        _check_source(request.source, organization)
    if request.callback_url is not None:
        try:
            host_of(request.callback_url)
        except AddressRefused as error:
            violation = Violation("/callbackUrl", str(error))
            raise InvalidRequest(f"/callbackUrl: {error}", violations=(violation,)) from None


def _check_source(source: SourceIn, organization: str) -> None:
    """Only files of the organization itself: drops/{organization}/…"""
    try:
        check_blob(source.container, source.blob, organization)
        fault = None if source.blob.startswith(f"{organization}/") else f"must begin with the folder {organization}/"
    except UnusableDrop as error:
        fault = error.detail
    if fault:
        raise InvalidRequest(f"/source/blob: {fault}", violations=(Violation("/source/blob", fault),))


def _forecast(desk: JobDesk, task: JobTask, records: Sequence[RecordIn]) -> tuple[int, int, Decimal | None]:
    """Of records that came with the request, before any is asked about."""
    questions = distinct(question_of(record, task.template, task.mode) for record in records)
    characters = sum(len(text) for inputs in questions for text in inputs)
    prompt, completion = forecast_tokens(task.form, len(questions), characters)
    price = dearest(desk.values.settings.prices, datetime.now(UTC).date())
    return prompt, completion, expected_cost(price, prompt, completion)


def _packed(record: RecordIn) -> JsonValue:
    return [record.id, dict(record.properties)]
