"""Work under a claim's heartbeat: renewed while it lasts, its progress told, and stopped when the claim is lost."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Final

from shared.errors import StorageUnavailable
from shared.mapping.claims import Claim
from shared.mapping.models import Mapping
from shared.mapping.queued_run import Make, Run, Workshop

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 2.0
"""Between two looks at the row: who cancels is heard within this time."""


async def under_heartbeat(workshop: Workshop, claim: Claim, run: Run, make: Make) -> Mapping | None:
    """The mapping; None where the claim was lost on the way, and the work stopped."""
    started = time.monotonic()
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


async def _beat(workshop: Workshop, claim: Claim, work: asyncio.Future[Mapping], stop: asyncio.Event) -> None:
    """Renew the claim, tell the progress, and stop the work when the claim is lost."""
    while not await _is_set(stop, BEAT_SECONDS):
        with contextlib.suppress(StorageUnavailable):
            if not await workshop.claims.renew(claim):
                log.info("mapping.claim_lost", extra=_fields(claim))
                work.cancel()
                return


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _fields(claim: Claim) -> dict[str, object]:
    job = claim.job
    return {"organization": job.organization, "mappingId": job.mapping_id, "correlationId": job.correlation_id}
