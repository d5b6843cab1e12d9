"""Who works on a queued mapping: a claim on its row in table Mappings, so that there is one result whatever happens.

A message may be delivered twice, and its worker may die. So the worker owns the row for a while (``LEASE``), renews
that while it works, and makes every change over the row's ETag: whoever lost the row, to another worker or to somebody
who cancelled, finds out at the next beat and can store nothing any more.

A claim ends by the clock or, since clocks jump, by the queue: who finds the row owned for longer than any claim lasts
comes back after ``LEASE`` by the storage service's clock, and a row that has not changed since has no living owner.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.mapping.store import (
    KEPT,
    TABLE,
    Cause,
    KeptMapping,
    State,
    blob_name,
    cause_values,
    kept_from,
    keys_values,
    row_values,
)
from shared.storage import Row, Tables, Value

LEASE: Final = timedelta(seconds=15)
SPARE: Final = timedelta(seconds=1)
FINAL: Final = frozenset({"succeeded", "cancelled"})
"""States no delivery changes. What failed or was refused is tried again when its message is sent again."""


@dataclass(frozen=True)
class Job:
    """One mapping to be made by a queue's worker."""

    organization: str
    mapping_id: str
    correlation_id: str
    created_at: datetime
    new: bool
    """Whether it may have no row: a drop at its first delivery, and what is replayed, which may have outlived its own.
    Any other job without a row was forgotten."""
    background: bool = False
    """Nobody waits for it: its prompts leave those who do a share of the deployment's quota (INTERACTIVE_SHARE)."""


@dataclass
class Claim:
    """The right to work on a mapping, as its owner knows it. The owner alone changes it, one call at a time."""

    job: Job
    created_at: datetime
    etag: str
    fields: int
    owner: str
    again: bool
    """Somebody has worked on it before."""
    done: int = 0
    lost: bool = False
    own_keys: str | None = None
    """Of a vocabulary that came with the request: kept with the row, for its review."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Busy(Exception):
    """Somebody else works on the mapping, or did so until a moment ago.

    ``seconds``: when to come back. ``etag``: the row as it was seen, where that is a whole lease later."""

    def __init__(self, seconds: float, etag: str | None = None) -> None:
        super().__init__("somebody else works on the mapping")
        self.seconds = seconds
        self.etag = etag


class Superseded(Exception):
    """What was claimed is not there any more: something newer has taken its place, and has a row of its own."""


def _now() -> datetime:
    return datetime.now(UTC)


class Claims:
    """Every call raises StorageUnavailable when the account cannot be reached."""

    def __init__(self, tables: Tables, clock: Callable[[], datetime] = _now, kept: timedelta = KEPT) -> None:
        self._tables = tables
        self._clock = clock
        self._kept = kept

    async def take(self, job: Job, watched: str | None = None) -> Claim | None:
        """Own the mapping; None where nothing is left to do (done, cancelled or forgotten).

        ``watched``: the ETag a Busy of this delivery carried, ``LEASE`` or longer ago. Raises Busy."""
        owner = uuid.uuid4().hex
        while True:
            row = await self._tables.get(TABLE, job.organization, job.mapping_id)
            if row is None and not job.new:
                return None
            claim = self._claim(job, owner, row)
            if row is None:
                etag = await self._tables.insert(TABLE, job.organization, job.mapping_id, self._running(claim))
            elif row.text("Owner") == owner:
                # Our own write, whose answer got lost: the SDK repeated it and was told that the row has changed.
                etag = row.etag
            else:
                if not self._may_take(row, watched):
                    return None
                etag = await self._put(claim, self._running(claim), row.etag)
            if etag:
                claim.etag = etag
                return claim

    async def renew(self, claim: Claim) -> bool:
        """Keep the claim, and tell how far the work is. False where it is lost."""
        return await self._write(claim, self._running(claim))

    async def release(self, claim: Claim) -> bool:
        """Let the next delivery take it at once."""
        return await self._write(claim, self._row(claim, "queued"))

    async def finish(self, claim: Claim, state: State, cause: Cause | None = None) -> KeptMapping | None:
        """Say what it came to; a result is in its blob by now. None where the claim was lost: then nothing changed."""
        values = self._row(claim, state)
        if cause is None:
            values["Blob"] = blob_name(claim.job.organization, claim.job.mapping_id)
        else:
            values |= cause_values(cause)
        written = await self._write(claim, values)
        return kept_from(claim.job.organization, claim.job.mapping_id, Row(values, claim.etag)) if written else None

    async def withdraw(self, claim: Claim) -> None:
        """Take the row away: there is no such piece of work after all."""
        async with claim.turn:
            await self._tables.delete(TABLE, claim.job.organization, claim.job.mapping_id, etag=claim.etag)

    def _claim(self, job: Job, owner: str, row: Row | None) -> Claim:
        """With the age of the row, unless that is too old to be read any more."""
        known = row.time("CreatedAt") if row and not self._is_past(row) else None
        again = row is not None and row.text("Owner") is not None
        return Claim(job, known or job.created_at, "", row.number("Fields") if row else 0, owner, again)

    def _may_take(self, row: Row, watched: str | None) -> bool:
        """False: nothing is left to do. Raises Busy."""
        state = row.text("State")
        if self._is_past(row):
            return True
        if state in FINAL:
            return False
        until = row.time("LeaseUntil")
        if state != "running" or until is None or row.etag == watched:
            return True
        left = until - self._clock()
        if left > LEASE:  # somebody's clock is wrong: watch the row instead
            raise Busy((LEASE + SPARE).total_seconds(), row.etag)
        if left > timedelta():
            raise Busy((left + SPARE).total_seconds())
        return True

    def _is_past(self, row: Row) -> bool:
        """Too old to be read any more: what is done now is a new mapping."""
        updated = row.time("UpdatedAt")
        return updated is None or updated < self._clock() - self._kept

    async def _write(self, claim: Claim, values: dict[str, Value]) -> bool:
        async with claim.turn:
            etag = await self._put(claim, values, claim.etag)
            if etag is None:
                etag = await self._write_again(claim, values)
            claim.etag, claim.lost = etag or claim.etag, etag is None
            return etag is not None

    async def _write_again(self, claim: Claim, values: dict[str, Value]) -> str | None:
        """The row has changed: by a write of ours whose answer got lost, or by somebody else."""
        row = await self._tables.get(TABLE, claim.job.organization, claim.job.mapping_id)
        if row is None or row.text("Owner") != claim.owner:
            return None
        return await self._put(claim, values, row.etag)

    async def _put(self, claim: Claim, values: dict[str, Value], etag: str) -> str | None:
        return await self._tables.put(TABLE, claim.job.organization, claim.job.mapping_id, values, etag=etag)

    def _running(self, claim: Claim) -> dict[str, Value]:
        return {**self._row(claim, "running"), "LeaseUntil": self._clock() + LEASE}

    def _row(self, claim: Claim, state: State) -> dict[str, Value]:
        """``Owner`` stays after the end: it tells a write whose answer got lost from somebody else's."""
        values = row_values(state, claim.created_at, self._clock(), claim.job.correlation_id, claim.fields, claim.done)
        return {**values, **keys_values(claim.own_keys), "Owner": claim.owner}
