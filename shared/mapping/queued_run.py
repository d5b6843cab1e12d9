"""One run of queued work: what it is made with, what is known of its delivery, and what it may take."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from shared.checkpoints import BlobCheckpoints
from shared.gateway.records import Caller
from shared.mapping.claims import Claim, Claims
from shared.mapping.models import Mapping
from shared.mapping.orderly import OrderlyAsker
from shared.mapping.own_keys import own_keys
from shared.mapping.run import MappingDesk, Unmakeable, caller_of
from shared.mapping.store import Cause
from shared.mapping.suggest import Compute, Work, suggest
from shared.mapping.turns import AsideAsker, Turn, Turns
from shared.storage import Blobs

RUN_SECONDS: Final = 420.0
"""After this no further call is sent: with the last call's patience it stays below host.json's functionTimeout."""
WAITING_SECONDS: Final = 30.0
"""What one call may wait for its turn, beside the time it may take."""


@dataclass(frozen=True)
class Workshop:
    """What queued mappings are made with."""

    desk: MappingDesk
    claims: Claims
    blobs: Blobs
    compute: Compute
    """Few at a time: the same worker answers HTTP."""
    turns: Turns


@dataclass(frozen=True)
class Delivery:
    """What is known of this delivery of a job's message."""

    attempts: int = 0
    """How often it was put back."""
    watched: str | None = None
    """The ETag of a row that was seen in other hands, a lease or longer ago."""
    replayed: bool = False
    """An administrator wants it tried again."""
    last: bool = False
    """The platform gives up after this one."""


@dataclass(frozen=True)
class Run:
    """What one run of a job works with."""

    desk: MappingDesk
    caller: Caller
    checkpoints: BlobCheckpoints
    turn: Turn
    """To step aside from, while something slow is waited for that takes nothing of this worker."""
    compute: Compute
    progress: Callable[[int, int], None]
    keep_keys: Callable[[str | None], None]
    """Keeps the keys of a request's own vocabulary with the job's row."""

    def fit(self, work: Work) -> Work:
        """The work as this run does it."""
        return replace(work, compute=self.compute, progress=self.progress)


async def make_mapping(run: Run, work: Work) -> Mapping:
    """Suggest, and keep what a review of the mapping is checked against. Raises as ``suggest`` does."""
    mapping = await suggest(run.fit(work), run.desk.asker)
    run.keep_keys(await own_keys(work.request, mapping))
    return mapping


Make = Callable[[Run], Awaitable[Mapping]]


def given_up(cause: Cause) -> Make:
    """Makes nothing: the job is ended for this cause, unless its result is there already."""

    async def make(run: Run) -> Mapping:
        raise Unmakeable(cause)

    return make


def run_of(workshop: Workshop, claim: Claim, turn: Turn) -> Run:
    """What the job that was claimed is run with, from now on."""
    started = time.monotonic()
    desk, job = workshop.desk, claim.job
    patience = desk.settings.prompt_timeout + WAITING_SECONDS
    checkpoints = BlobCheckpoints(workshop.blobs, job.organization, job.mapping_id)
    caller = caller_of(job.organization, job.mapping_id, job.correlation_id, started + RUN_SECONDS + patience)

    def progress(fields: int, done: int) -> None:
        claim.fields, claim.done = fields, done

    def keep_keys(keys: str | None) -> None:
        claim.own_keys = keys

    return Run(
        replace(desk, asker=OrderlyAsker(AsideAsker(desk.asker, turn), started + RUN_SECONDS, patience)),
        replace(caller, checkpoints=checkpoints, background=job.background, longest_wait=WAITING_SECONDS),
        checkpoints,
        turn,
        workshop.compute,
        progress,
        keep_keys,
    )
