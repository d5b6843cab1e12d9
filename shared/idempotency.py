"""Idempotency-Key: the same key and body within 24 h get the same answer, and the work is done once.

A row in table ``Idempotency`` (PartitionKey organization, RowKey a hash of route and key) is claimed by whoever inserts
it. The claim is a lease that its owner renews while it works; a duplicate waits for the answer, which lies in container
``payloads``. An owner that failed in a way a retry may mend frees the key; one that died is taken over when its lease
ends. Every change is made over the row's ETag, so that two cannot own a key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.errors import IdempotencyConflict, ProductError, StorageUnavailable
from shared.storage import Blobs, Row, Tables, Value

log = logging.getLogger(__name__)

TABLE: Final = "Idempotency"
CONTAINER: Final = "payloads"
FOLDER: Final = "idempotency/"
"""Of kept answers in the container."""
KEPT: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class Key:
    """One use of an Idempotency-Key: two organizations, or two routes, never meet."""

    organization: str
    route: str
    key: str
    body: bytes

    def row(self) -> str:
        return hashlib.sha256(f"{self.route}\n{self.key}".encode()).hexdigest()

    def body_hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was given: its status code and its body (JSON)."""

    status: int
    content: bytes
    keep: bool
    """False frees the key: the answer may be another one next time."""


Work = Callable[[], Awaitable[KeptAnswer]]


def _now() -> datetime:
    return datetime.now(UTC)


class Idempotency:
    def __init__(
        self, tables: Tables, blobs: Blobs, clock: Callable[[], datetime] = _now, poll_seconds: float = 0.25
    ) -> None:
        self._tables = tables
        self._blobs = blobs
        self._clock = clock
        self._poll = poll_seconds

    async def once(self, key: Key, work: Work) -> tuple[KeptAnswer, bool]:
        """Do the work, or give the answer it had before (then True).

        Raises IdempotencyConflict for another body, StorageUnavailable, and whatever ``work`` raises."""
        owner = uuid.uuid4().hex
        row: Row | None = None
        while True:
            claim = await self._claim(key, owner, row)
            if claim:
                return await self._work(key, owner, claim, work), False
            if row:
                kept = await self._kept(key, row)
                if kept:
                    return kept, True
                await asyncio.sleep(self._poll)
            row = await self._tables.get(TABLE, key.organization, key.row())

    async def _claim(self, key: Key, owner: str, row: Row | None) -> str | None:
        """Own the key: the row's ETag, or None when somebody else does. Raises IdempotencyConflict."""
        values = self._running(key, owner)
        if row is None:
            return await self._tables.insert(TABLE, key.organization, key.row(), values)
        if row.text("Owner") == owner:
            # Our own insert, whose answer got lost: the SDK repeated it and was told the row is there.
            return row.etag
        age = self._clock() - (row.time("CreatedAt") or self._clock())
        if age < KEPT and row.text("BodyHash") != key.body_hash():
            raise IdempotencyConflict("This Idempotency-Key was used with another body in the last 24 hours.")
        if age >= KEPT or (row.text("State") == "running" and self._lease_ended(row)):
            return await self._tables.put(TABLE, key.organization, key.row(), values, etag=row.etag)
        return None

    async def _kept(self, key: Key, row: Row) -> KeptAnswer | None:
        if row.text("State") != "done":
            return None
        blob = await self._blobs.get(CONTAINER, row.text("Blob") or "-")
        if blob is None:
            # The answer is gone though its row is not (cleaned up by hand): free the key.
            await self._tables.delete(TABLE, key.organization, key.row(), etag=row.etag)
            return None
        return KeptAnswer(row.number("Status"), blob.content, keep=True)

    async def _work(self, key: Key, owner: str, claim: str, work: Work) -> KeptAnswer:
        lease = _Lease(claim)
        async with self._renewed(key, owner, lease):
            try:
                answer = await work()
            except BaseException:
                await self._free(key, lease)
                raise
        if answer.keep:
            await self._keep(key, owner, lease, answer)
        else:
            await self._free(key, lease)
        return answer

    @contextlib.asynccontextmanager
    async def _renewed(self, key: Key, owner: str, lease: _Lease) -> AsyncIterator[None]:
        stop = asyncio.Event()

        async def renew() -> None:
            while not await _is_set(stop, LEASE.total_seconds() / 3):
                with contextlib.suppress(StorageUnavailable):
                    values = self._running(key, owner)
                    etag = await self._tables.put(TABLE, key.organization, key.row(), values, etag=lease.etag)
                    lease.etag = etag or lease.etag

        # Told to stop and waited for, never cancelled: a renewal cut in the middle would leave an unknown ETag.
        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            stop.set()
            await task

    async def _keep(self, key: Key, owner: str, lease: _Lease, answer: KeptAnswer) -> None:
        """Store the answer. The work is done and paid: where it cannot be stored, it is still answered."""
        blob = f"{FOLDER}{key.organization}/{key.row()}-{owner}.json"
        done = {**self._running(key, owner), "State": "done", "Status": answer.status, "Blob": blob}
        try:
            await self._blobs.put(CONTAINER, blob, answer.content, "application/json")
            if await self._tables.put(TABLE, key.organization, key.row(), done, etag=lease.etag) is None:
                await self._keep_again(key, owner, done)
        except StorageUnavailable:
            log.warning("idempotency.not_kept", extra={"organization": key.organization})

    async def _keep_again(self, key: Key, owner: str, done: dict[str, Value]) -> None:
        """The row has changed: by a renewal of ours whose answer got lost, or by one who took over."""
        row = await self._tables.get(TABLE, key.organization, key.row())
        if row and row.text("Owner") == owner:
            await self._tables.put(TABLE, key.organization, key.row(), done, etag=row.etag)

    async def _free(self, key: Key, lease: _Lease) -> None:
        with contextlib.suppress(ProductError):
            await self._tables.delete(TABLE, key.organization, key.row(), etag=lease.etag)

    def _running(self, key: Key, owner: str) -> dict[str, Value]:
        now = self._clock()
        return {
            "State": "running",
            "Owner": owner,
            "BodyHash": key.body_hash(),
            "CreatedAt": now,
            "LeaseUntil": now + LEASE,
        }

    def _lease_ended(self, row: Row) -> bool:
        until = row.time("LeaseUntil")
        return until is None or until < self._clock()


@dataclass
class _Lease:
    """The row's current version, as its owner knows it."""

    etag: str


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event at most so long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
