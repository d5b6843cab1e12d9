"""Mappings asked for over HTTP and made later, through queue ``mapping-jobs``."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping as Members
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from shared.errors import StorageUnavailable
from shared.failures import Failure, Failures
from shared.mapping.carry_out import carry_out
from shared.mapping.claims import Job
from shared.mapping.models import DataSetRef, Mapping, MappingRequest
from shared.mapping.pace import fields_in
from shared.mapping.queued_run import Delivery, Run, Workshop, given_up, make_mapping
from shared.mapping.recall import fields_to_ask
from shared.mapping.results import QUEUE as RESULTS
from shared.mapping.results import Queues, notification
from shared.mapping.run import MappingDesk, caller_of, check_request, prepare
from shared.mapping.store import Cause, KeptMapping

QUEUE: Final = "mapping-jobs"
VERSION: Final = 1


class JobMessage(BaseModel):
    """A message on the queue. It outlives deployments of the app: what is added gets a default here."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)

    version: int
    organization_id: str
    mapping_id: str
    correlation_id: str
    created_at: datetime
    request: MappingRequest


async def will_take_long(desk: MappingDesk, organization: str, request: MappingRequest) -> bool:
    """Whether the caller should not wait for the mapping."""
    if request.options.engine == "auto":
        return False
    memory = await desk.reviews.read(organization)
    fields = await asyncio.to_thread(fields_to_ask, request.data_set, memory)
    return fields > 0 and desk.pace.expected(organization, fields) > desk.settings.sync_deadline


async def enqueue(
    desk: MappingDesk, queues: Queues, organization: str, request: MappingRequest, correlation_id: str
) -> KeptMapping:
    """Accept a mapping that a worker will make: refused at once is what would be refused at once anyway.

    Raises as ``run_mapping`` does before anything is sent."""
    await check_request(request)
    mapping_id, now = str(uuid.uuid4()), datetime.now(UTC)
    await prepare(desk, request, caller_of(organization, mapping_id, correlation_id, 0.0))
    fields = await asyncio.to_thread(fields_in, request.data_set)
    kept = await desk.mappings.add_queued(organization, mapping_id, now, correlation_id, fields)
    message = JobMessage(
        version=VERSION,
        organization_id=organization,
        mapping_id=mapping_id,
        correlation_id=correlation_id,
        created_at=now,
        request=request,
    )
    try:
        await queues.put(QUEUE, _members(message))
    except StorageUnavailable:
        await desk.mappings.end(organization, mapping_id)
        raise
    return kept


async def read_job(message: Members[str, object]) -> JobMessage:
    """Raises ValueError for a message that no version of the app has written."""
    return await asyncio.to_thread(JobMessage.model_validate, message)


async def run_job(
    workshop: Workshop,
    queues: Queues,
    failures: Failures,
    message: JobMessage,
    delivery: Delivery,
    gave_up: Cause | None = None,
) -> KeptMapping | None:
    """One delivery of a message: what the mapping has come to, told on queue mapping-results.

    With ``gave_up`` it is not tried any more, but ended. Raises as ``carry_out`` does."""
    named = (message.organization_id, message.mapping_id, message.correlation_id)
    job = Job(*named, message.created_at, new=delivery.replayed)

    async def make(run: Run) -> Mapping:
        await check_request(message.request)
        work = await prepare(run.desk, message.request, run.caller)
        return await make_mapping(run, work)

    kept = await carry_out(workshop, job, make if gave_up is None else given_up(gave_up), delivery)
    if kept is not None:
        await _record_failure(failures, kept, message, delivery)
        data_set = message.request.data_set
        await queues.put(RESULTS, notification(kept, DataSetRef(id=data_set.id, name=data_set.name)))
    return kept


async def _record_failure(failures: Failures, kept: KeptMapping, message: JobMessage, delivery: Delivery) -> None:
    if kept.cause is None:
        return
    failure = Failure(
        key=kept.mapping_id,
        kind="mapping",
        queue=QUEUE,
        organization=kept.organization,
        code=kept.cause.code,
        detail=kept.cause.detail,
        attempts=delivery.attempts + 1,
        mapping_id=kept.mapping_id,
    )
    await failures.record(failure, _members(message))


def _members(message: JobMessage) -> dict[str, object]:
    """The message as it travels."""
    return {
        "version": message.version,
        "organizationId": message.organization_id,
        "mappingId": message.mapping_id,
        "correlationId": message.correlation_id,
        "createdAt": message.created_at.isoformat(),
        "request": message.request.model_dump(by_alias=True, exclude_unset=True),
    }
