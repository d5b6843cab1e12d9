"""The use case of every queue that makes mappings: one delivery of one job, to its one result.

claim the row → make the mapping, under the claim's heartbeat → result blob → row → forget the checkpoints. Each step
may be the last of a worker that dies, and the next delivery goes on from there: a finished row is told again, a blob
that is there is the result, finished calls are answered from their checkpoints.

What must be waited for is raised, so that the message comes back; what ends the job ends in its row.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from pydantic_core import from_json

from shared.errors import (
    DependencyUnavailable,
    DeploymentThrottled,
    DeploymentTimeout,
    DeploymentUnavailable,
    StorageUnavailable,
)
from shared.mapping.claims import LEASE, Busy, Claim, Job, Superseded
from shared.mapping.heartbeat import under_heartbeat
from shared.mapping.orderly import TimeIsUp
from shared.mapping.queued_run import Delivery, Make, Run, Workshop, run_of
from shared.mapping.run import outcome_of
from shared.mapping.store import KeptMapping

MOST_TIMEOUTS: Final = 8
"""Deliveries that end in a time-out, before it is not an outage any more but a deployment too slow for the work."""
WAITS: Final = (DependencyUnavailable, DeploymentThrottled, DeploymentUnavailable, DeploymentTimeout)
"""What passes: the message comes back later, as often as it takes."""


async def carry_out(workshop: Workshop, job: Job, make: Make, delivery: Delivery) -> KeptMapping | None:
    """What the job has come to, now or in an earlier delivery; None where it was forgotten meanwhile.

    Raises Busy while somebody else works on it, TimeIsUp to be delivered again at once, ``WAITS`` to be delivered again
    later, Superseded when there is no such job any more, and what nobody foresaw unless this is the last delivery."""
    async with workshop.turns.turn() as turn:
        claim = await workshop.claims.take(job, delivery.watched)
        if claim is None:
            return await _ended_before(workshop, job)
        try:
            kept = await _work(workshop, claim, run_of(workshop, claim, turn), make, delivery)
        except Superseded:
            await workshop.claims.withdraw(claim)
            raise
        except BaseException:
            await _let_go(workshop, claim)
            raise
        return await _lost(workshop, job) if kept is None else kept


async def _work(workshop: Workshop, claim: Claim, run: Run, make: Make, delivery: Delivery) -> KeptMapping | None:
    """Make the mapping and finish its row; None where the claim is lost."""
    if claim.again and await _adopt(workshop, claim):
        return await _succeeded(workshop, claim, run)
    try:
        mapping = await under_heartbeat(workshop, claim, run, make)
    except (TimeIsUp, Superseded, asyncio.CancelledError):
        raise
    except Exception as error:
        if _passes(error, delivery):
            raise
        return None if claim.lost else await workshop.claims.finish(claim, *outcome_of(error))
    if mapping is None:
        return None
    await workshop.desk.mappings.keep_result(mapping)
    claim.fields = claim.done = len(mapping.properties)
    return await _succeeded(workshop, claim, run)


async def _succeeded(workshop: Workshop, claim: Claim, run: Run) -> KeptMapping | None:
    """Finish the row, then clear away what the result was made from; None where the claim is lost."""
    kept = await workshop.claims.finish(claim, "succeeded")
    if kept is not None and claim.again:
        await workshop.desk.mappings.discard_checkpoints(claim.job.organization, claim.job.mapping_id)
    elif kept is not None:
        await run.checkpoints.discard_own()
    return kept


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
