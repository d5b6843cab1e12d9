"""What failed for good, with its cause and what is needed to try again: table ``Failures``.

PartitionKey is the organization, or ``unknown`` where the message named none. A failure's RowKey, its id, starts with
the time counted backwards, so that the newest is read first. A row ``key-…`` beside it remembers which id the same
work's failure has: recorded twice, it is one failure. Once replayed, the next failure of that work is a new one.
"""

from __future__ import annotations

import contextlib
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from shared.errors import NotFound, NotReplayable, StorageUnavailable
from shared.failure_rows import Failure, KeptFailure, kept_from, log_fields, row_of, short_hash
from shared.queue_messages import PAYLOADS, Message, UnreadableMessage, content_of, dump, load, replayed
from shared.storage import Blobs, Row, Tables, Value
from shared.telemetry.figures import FAILURES
from shared.telemetry.names import ERROR, KIND, ORGANIZATION
from shared.telemetry.telemetry import tell

__all__ = ["ID", "TABLE", "Failure", "FailurePage", "Failures", "KeptFailure"]

log = logging.getLogger(__name__)

TABLE: Final = "Failures"
ID: Final = re.compile(r"\d{14}-[0-9a-f]{16}")
FOLDER: Final = "failures/"
"""Of messages in container payloads."""
FILED: Final = re.compile(r"failures/(?P<organization>[^/]+)/(?P<id>\d{14}-[0-9a-f]{16})-[0-9a-f]{32}\.json")
"""A message's blob in that folder."""
LONGEST_IN_ROW: Final = 30_000
"""Characters of a message kept in the row itself; a longer one goes to container payloads."""
REPLAY_TAKES: Final = timedelta(minutes=1)
"""A replay that did not end after this died on its way, and the next one may take over."""
RECORDING_TAKES: Final = timedelta(days=1)
"""A message whose worker died while it recorded its failure comes back sooner."""
_POINTER: Final = "key-"
_END_OF_TIME_MS: Final = 10**14


@dataclass(frozen=True)
class FailurePage:
    items: tuple[KeptFailure, ...]
    continuation: str | None


class Queues(Protocol):
    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None: ...


def is_pointer(key: str) -> bool:
    """Whether a row's key is that of a ``key-…`` row, whose ``Id`` is the failure it points to."""
    return key.startswith(_POINTER)


def _now() -> datetime:
    return datetime.now(UTC)


class Failures:
    def __init__(self, tables: Tables, blobs: Blobs, queues: Queues, clock: Callable[[], datetime] = _now) -> None:
        self._tables = tables
        self._blobs = blobs
        self._queues = queues
        self._clock = clock

    async def record(self, failure: Failure, message: Mapping[str, object] | None, *, replayable: bool = True) -> str:
        """Keep a failure and the message that a replay puts back. One that no replay can mend is kept all the same.

        Returns the failure's id once it is stored. Raises StorageUnavailable: then record it again."""
        failure_id = await self._id(failure)
        row = row_of(failure, self._clock())
        if message is not None:
            row |= await self._keep_message(failure.organization, failure_id, message)
            row |= {"State": "open"} if replayable else {}
        await self._tables.put(TABLE, failure.organization, failure_id, row)
        log.error("failure.recorded", extra={"failureId": failure_id} | log_fields(failure))
        tell(FAILURES, 1, {KIND: failure.kind, ERROR: failure.code, ORGANIZATION: failure.organization})
        return failure_id

    async def page(self, organization: str, top: int, continuation: str | None = None) -> FailurePage:
        """Newest first. ``continuation`` is the last page's. Raises StorageUnavailable."""
        above = continuation if continuation and ID.fullmatch(continuation) else "0"
        found = await self._tables.between(TABLE, organization, above=above, below=":", top=top + 1)
        items = tuple(kept_from(organization, failure_id, row) for failure_id, row in found[:top])
        return FailurePage(items, items[-1].id if len(found) > top else None)

    async def replay(self, organization: str, failure_id: str) -> KeptFailure:
        """Put the message back into its queue, once: a failure that was replayed stays as it is.

        Raises NotFound, NotReplayable, StorageUnavailable."""
        while True:
            row = await self._find(organization, failure_id)
            if row.text("State") == "replayed" or self._is_being_replayed(row):
                return kept_from(organization, failure_id, row)
            if row.text("State") is None:
                raise NotReplayable("Nothing is left of this message that could be tried again.")
            claimed = {**row.values, "State": "replaying", "ReplayedAt": self._clock()}
            etag = await self._tables.put(TABLE, organization, failure_id, claimed, etag=row.etag)
            if etag:
                return await self._put_back(organization, failure_id, Row(claimed, etag))

    async def _put_back(self, organization: str, failure_id: str, row: Row) -> KeptFailure:
        try:
            message = await self._message(row)
            await self._queues.put(row.text("Queue") or "", replayed(message, failure_id))
        except StorageUnavailable:
            with contextlib.suppress(StorageUnavailable):
                await self._settle(organization, failure_id, row, "open")
            raise
        except UnreadableMessage:
            await self._settle(organization, failure_id, row, None)
            raise NotReplayable("The message's payload is gone from container payloads.") from None
        log.info("failure.replayed", extra={"failureId": failure_id, "organization": organization})
        settled = await self._settle(organization, failure_id, row, "replayed")
        await self._discard(row)
        return kept_from(organization, failure_id, settled)

    async def _settle(self, organization: str, failure_id: str, row: Row, state: str | None) -> Row:
        """Write how a replay ended. Where the row has changed, the replay has failed already and that stands there."""
        values = {name: value for name, value in row.values.items() if name != "State"}
        values |= {"State": state} if state else {}
        await self._tables.put(TABLE, organization, failure_id, values, etag=row.etag)
        return Row(values, row.etag)

    async def _discard(self, row: Row) -> None:
        """The queue has its own copy now; one that cannot be deleted is left to retention."""
        blob = row.text("Blob")
        if blob:
            with contextlib.suppress(StorageUnavailable):
                await self._blobs.delete(PAYLOADS, blob)

    async def _id(self, failure: Failure) -> str:
        """The id of the same work's failure, if it was not replayed since; else a new one."""
        pointer_key = f"{_POINTER}{short_hash(f'{failure.kind}/{failure.key}')}"
        new = f"{self._id_at(self._clock())}-{short_hash(failure.key)[:16]}"
        while True:
            pointer = await self._tables.get(TABLE, failure.organization, pointer_key)
            if pointer is None:
                if await self._tables.insert(TABLE, failure.organization, pointer_key, {"Id": new}):
                    return new
                continue
            known = pointer.text("Id") or new
            row = await self._tables.get(TABLE, failure.organization, known)
            if known == new or (row.text("State") != "replayed" if row else self._is_being_recorded(known)):
                return known
            if await self._tables.put(TABLE, failure.organization, pointer_key, {"Id": new}, etag=pointer.etag):
                return new

    async def _keep_message(
        self, organization: str, failure_id: str, message: Mapping[str, object]
    ) -> dict[str, Value]:
        content = dump(content_of(message))
        if len(content) <= LONGEST_IN_ROW:
            return {"Message": content.decode()}
        # Never an older blob's name: a replay that is ending may be about to delete that one.
        blob = f"{FOLDER}{organization}/{failure_id}-{uuid.uuid4().hex}.json"
        await self._blobs.put(PAYLOADS, blob, content, "application/json")
        return {"Blob": blob}

    async def _message(self, row: Row) -> Message:
        """Raises UnreadableMessage where it is gone, StorageUnavailable."""
        text, blob = row.text("Message"), row.text("Blob")
        found = await self._blobs.get(PAYLOADS, blob) if blob else None
        content = found.content if found else (text or "").encode()
        return load(content)

    async def _find(self, organization: str, failure_id: str) -> Row:
        row = await self._tables.get(TABLE, organization, failure_id) if ID.fullmatch(failure_id) else None
        if row is None:
            raise NotFound("The organization has no failure with this id.")
        return row

    def _is_being_recorded(self, failure_id: str) -> bool:
        """Whether an id without a row is so young that its row may be under way; an old one's was taken away."""
        return failure_id < self._id_at(self._clock() - RECORDING_TAKES)

    @staticmethod
    def _id_at(moment: datetime) -> str:
        return f"{_END_OF_TIME_MS - int(moment.timestamp() * 1000):014d}"

    def _is_being_replayed(self, row: Row) -> bool:
        started = row.time("ReplayedAt")
        return row.text("State") == "replaying" and started is not None and self._clock() < started + REPLAY_TAKES
