"""The use case of queue ``data-drops``: one delivery of one drop, to its one mapping.

which drop it is → claim, gate, profile, suggest, result (``carry_out``) → a failure, if it is one → told on queue
mapping-results → callback.
"""

from __future__ import annotations

from collections.abc import Mapping as Members
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared.callbacks import Callbacks
from shared.drops.files import DropFiles
from shared.drops.identity import mapping_id
from shared.drops.models import Drop
from shared.failures import Failure, Failures
from shared.mapping.carry_out import carry_out
from shared.mapping.claims import Job, Superseded
from shared.mapping.models import DataSetIn, DataSetRef, FieldIn, Mapping, MappingRequest
from shared.mapping.models import Warning as Note
from shared.mapping.queued_run import Delivery, Run, Workshop, given_up, make_mapping
from shared.mapping.results import QUEUE as RESULTS
from shared.mapping.results import Queues, notification
from shared.mapping.run import Unmakeable, prepare
from shared.mapping.store import Cause, KeptMapping
from shared.profiling.models import DataSetProfile
from shared.storage import BlobVersion

QUEUE: Final = "data-drops"
MOST_CHANGES: Final = 5
"""Of a blob while it is read, before the drop is given up."""


@dataclass(frozen=True)
class DropDesk:
    """What a drop needs from outside."""

    workshop: Workshop
    files: DropFiles
    queues: Queues
    failures: Failures
    callbacks: Callbacks


async def run_drop(
    desk: DropDesk, drop: Drop, message: Members[str, object], delivery: Delivery, gave_up: Cause | None = None
) -> KeptMapping | None:
    """What the drop has come to, told to its pipeline. ``message``: as it was read, for its identity and a replay.

    With ``gave_up`` it is not tried any more, but ended. Raises as ``carry_out`` does."""
    kept = await _map(desk, drop, message, delivery, gave_up)
    if kept is None:
        return None
    if kept.cause is not None:
        await desk.failures.record(_failure(kept, kept.cause, delivery), message)
    told = notification(kept, DataSetRef(id=drop.data_set_id, name=drop.data_set_name))
    await desk.queues.put(RESULTS, told)
    if drop.callback_url:
        await desk.callbacks.announce(drop.callback_url, drop.organization, kept.mapping_id, told)
    return kept


async def _map(
    desk: DropDesk, drop: Drop, message: Members[str, object], delivery: Delivery, gave_up: Cause | None
) -> KeptMapping | None:
    """A blob that is written anew while it is read is another drop, which is mapped instead."""
    changes = 0
    while True:
        version = await desk.files.version(drop.source) if drop.source else None
        job = await _job(desk, drop, message, version)
        make = _Maker(desk, drop, version, changes) if gave_up is None else given_up(gave_up)
        try:
            return await carry_out(desk.workshop, job, make, delivery)
        except Superseded:
            changes += 1


async def _job(desk: DropDesk, drop: Drop, message: Members[str, object], version: BlobVersion | None) -> Job:
    announced = drop.source.etag if drop.source else None
    etag = version.etag if version else announced
    named = await desk.workshop.compute(mapping_id, drop, message, etag)
    correlation_id = drop.correlation_id or named
    return Job(drop.organization, named, correlation_id, datetime.now(UTC), new=True, background=True)


@dataclass(frozen=True)
class _Maker:
    desk: DropDesk
    drop: Drop
    version: BlobVersion | None
    changes: int

    async def __call__(self, run: Run) -> Mapping:
        drop = self.drop
        if drop.source is None:
            work = await prepare(run.desk, _request(drop, None), run.caller)
            return await make_mapping(run, work)
        if drop.options.engine == "ai":
            await run.desk.asker.require(run.caller)
        if self.changes >= MOST_CHANGES:
            raise Unmakeable(Cause("blob_changing", "The blob was written anew each time it was read."))
        async with run.turn.aside():
            found = await self.desk.files.profile(drop, self.version, run)
        work = await prepare(run.desk, _request(drop, found.profile), run.caller)
        notes = tuple(Note(code=note.code, detail=note.detail, field=note.field) for note in found.warnings)
        return await make_mapping(run, replace(work, profile=found.profile, notes=(*work.notes, *notes)))


def _request(drop: Drop, profile: DataSetProfile | None) -> MappingRequest:
    """As over HTTP. Not validated anew: messages are checked when they are read, and a file's names are its own."""
    fields = None if profile is None else [FieldIn.model_construct(name=field.name) for field in profile.fields]
    data_set = DataSetIn.model_construct(
        id=drop.data_set_id,
        name=drop.data_set_name,
        description=None,
        fields=fields,
        records=None if drop.records is None else [dict(record) for record in drop.records],
    )
    vocabularies = None if drop.vocabularies is None else list(drop.vocabularies)
    return MappingRequest.model_construct(data_set=data_set, vocabularies=vocabularies, options=drop.options)


def _failure(kept: KeptMapping, cause: Cause, delivery: Delivery) -> Failure:
    return Failure(
        key=kept.mapping_id,
        kind="drop",
        queue=QUEUE,
        organization=kept.organization,
        code=cause.code,
        detail=cause.detail,
        attempts=delivery.attempts + 1,
        mapping_id=kept.mapping_id,
    )
