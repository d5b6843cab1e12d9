"""The use case of every queue that makes mappings: one delivery of one job, to its one result.

claim the row → make the mapping, under the claim's heartbeat → result blob → row → forget the checkpoints. Each step
may be the last of a worker that dies, and the next delivery goes on from there: a finished row is told again, a blob
that is there is the result, finished calls are answered from their checkpoints.

What must be waited for is raised, so that the message comes back; what ends the job ends in its row.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from pydantic_core import from_json

from shared.checkpoints import BlobCheckpoints
from shared.errors import (
    DependencyUnavailable,
    DeploymentThrottled,
    DeploymentTimeout,
    DeploymentUnavailable,
    StorageUnavailable,
)
from shared.gateway.records import Caller
from shared.mapping.claims import LEASE, Busy, Claim, Claims, Job, Superseded
from shared.mapping.models import Mapping
from shared.mapping.orderly import OrderlyAsker, TimeIsUp
from shared.mapping.run import MappingDesk, Unmakeable, caller_of, outcome_of
from shared.mapping.store import Cause, KeptMapping
from shared.mapping.suggest import Compute, Work
from shared.storage import Blobs

log = logging.getLogger(__name__)

RUN_SECONDS: Final = 420.0
"""After this no further call is sent: with the last call's patience it stays below host.json's functionTimeout."""
WAITING_SECONDS: Final = 30.0
"""What one call may wait for its turn, beside the time it may take."""
BEAT_SECONDS: Final = 2.0
"""Between two looks at the row: who cancels is heard within this time."""
MOST_TIMEOUTS: Final = 8
"""Deliveries that end in a time-out, before it is not an outage any more but a deployment too slow for the work."""
WAITS: Final = (DependencyUnavailable, DeploymentThrottled, DeploymentUnavailable, DeploymentTimeout)
"""What passes: the message comes back later, as often as it takes."""


@dataclass(frozen=True)
class Workshop:
    """What queued mappings are made with."""

    desk: MappingDesk
    claims: Claims
    blobs: Blobs
    compute: Compute
    """Few at a time: the same worker answers HTTP."""


@dataclass(frozen=True)
class Delivery:
    """What is known of this delivery of a job's message."""

    attempts: int = 0
    """How often it was put back."""
    watched: str | None = None
    """The ETag of a row that was seen in other hands, a lease or longer ago."""
    last: bool = False
    """The platform gives up after this one."""


@dataclass(frozen=True)
class Run:
    """What one run of a job works with."""

    desk: MappingDesk
    caller: Caller
    checkpoints: BlobCheckpoints
    compute: Compute
    progress: Callable[[int, int], None]

    def fit(self, work: Work) -> Work:
        """The work as this run does it."""
        return replace(work, compute=self.compute, progress=self.progress)


Make = Callable[[Run], Awaitable[Mapping]]


def given_up(cause: Cause) -> Make:
    """Makes nothing: the job is ended for this cause, unless its result is there already."""

    async def make(run: Run) -> Mapping:
        raise Unmakeable(cause)

    return make


async def carry_out(workshop: Workshop, job: Job, make: Make, delivery: Delivery) -> KeptMapping | None:
    """What the job has come to, now or in an earlier delivery; None where it was forgotten meanwhile.

    Raises Busy while somebody else works on it, TimeIsUp to be delivered again at once, ``WAITS`` to be delivered again
    later, Superseded when there is no such job any more, and what nobody foresaw unless this is the last delivery."""
    claim = await workshop.claims.take(job, delivery.watched)
    if claim is None:
        return await _ended_before(workshop, job)
    try:
        await _work(workshop, claim, make, delivery)
    except Superseded:
        await workshop.claims.withdraw(claim)
        raise
    except BaseException:
        await _let_go(workshop, claim)
        raise
    if claim.lost:
        return await _lost(workshop, job)
    return await _ended_before(workshop, job)


async def _work(workshop: Workshop, claim: Claim, make: Make, delivery: Delivery) -> None:
    """Make the mapping and finish its row. Returns early when the claim is lost."""
    if claim.again and await _adopt(workshop, claim):
        return
    try:
        mapping = await _under_heartbeat(workshop, claim, make)
    except (TimeIsUp, Superseded, asyncio.CancelledError):
        raise
    except Exception as error:
        if _passes(error, delivery):
            raise
        if not claim.lost:
            state, cause = outcome_of(error)
            await workshop.claims.finish(claim, state, cause)
        return
    if mapping is not None:
        await workshop.desk.mappings.keep_result(mapping)
        claim.fields = claim.done = len(mapping.properties)
        await workshop.claims.finish(claim, "succeeded")


async def _under_heartbeat(workshop: Workshop, claim: Claim, make: Make) -> Mapping | None:
    """The mapping; None where the claim was lost on the way, and the work stopped."""
    started = time.monotonic()
    run = _run(workshop, claim, started)
    work = asyncio.ensure_future(make(run))
    stop = asyncio.Event()
    # Told to stop and waited for, never cancelled: a beat cut in the middle would leave an unknown ETag.
    beat = asyncio.create_task(_beat(workshop, claim, work, stop))
    try:
        await asyncio.wait([work])
    finally:
        if not work.done():
            work.cancel()
            await asyncio.wait([work])
        stop.set()
        await beat
    if claim.lost:
        if not work.cancelled():
            work.exception()
        return None
    mapping = work.result()
    workshop.desk.pace.learn(claim.job.organization, mapping, time.monotonic() - started)
    return mapping


def _run(workshop: Workshop, claim: Claim, started: float) -> Run:
    desk, job = workshop.desk, claim.job
    patience = desk.settings.prompt_timeout + WAITING_SECONDS
    checkpoints = BlobCheckpoints(workshop.blobs, job.organization, job.mapping_id)
    caller = caller_of(job.organization, job.mapping_id, job.correlation_id, started + RUN_SECONDS + patience)

    def progress(fields: int, done: int) -> None:
        claim.fields, claim.done = fields, done

    return Run(
        replace(desk, asker=OrderlyAsker(desk.asker, started + RUN_SECONDS, patience)),
        replace(caller, checkpoints=checkpoints),
        checkpoints,
        workshop.compute,
        progress,
    )


async def _beat(workshop: Workshop, claim: Claim, work: asyncio.Future[Mapping], stop: asyncio.Event) -> None:
    """Renew the claim, tell the progress, and stop the work when the claim is lost."""
    while not await _is_set(stop, BEAT_SECONDS):
        with contextlib.suppress(StorageUnavailable):
            if not await workshop.claims.renew(claim):
                log.info("mapping.claim_lost", extra=_fields(claim.job))
                work.cancel()
                return


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _passes(error: Exception, delivery: Delivery) -> bool:
    """Whether a later delivery may do better."""
    if isinstance(error, DeploymentTimeout):
        return delivery.attempts < MOST_TIMEOUTS
    foreseen = isinstance(error, WAITS)
    known = outcome_of(error)[1].code != "internal_error"
    return foreseen or not (known or delivery.last)


async def _adopt(workshop: Workshop, claim: Claim) -> bool:
    """A worker that died between blob and row has left the result."""
    result = await workshop.desk.mappings.result(claim.job.organization, claim.job.mapping_id)
    if result is None:
        return False
    claim.fields = claim.done = len(from_json(result)["properties"])
    await workshop.claims.finish(claim, "succeeded")
    return True


async def _let_go(workshop: Workshop, claim: Claim) -> None:
    """So that the next delivery need not wait for the claim to end. Who cannot write it leaves that to the clock."""
    if not claim.lost:
        with contextlib.suppress(StorageUnavailable):
            await workshop.claims.release(claim)


async def _ended_before(workshop: Workshop, job: Job) -> KeptMapping | None:
    """The row as it stands; what may be left of the work is cleared away."""
    mappings = workshop.desk.mappings
    kept = await mappings.state(job.organization, job.mapping_id)
    if kept is None or kept.state == "cancelled":
        await mappings.discard_work(job.organization, job.mapping_id)
    elif kept.state == "succeeded":
        await mappings.discard_checkpoints(job.organization, job.mapping_id)
    return kept


async def _lost(workshop: Workshop, job: Job) -> KeptMapping | None:
    """Cancelled and forgotten work has ended. Raises Busy where another worker has taken over."""
    kept = await workshop.desk.mappings.state(job.organization, job.mapping_id)
    if kept is not None and kept.state in ("queued", "running"):
        raise Busy(LEASE.total_seconds())
    return await _ended_before(workshop, job)


def _fields(job: Job) -> dict[str, object]:
    return {"organization": job.organization, "mappingId": job.mapping_id, "correlationId": job.correlation_id}
