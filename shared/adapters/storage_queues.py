"""Queues of the storage account, over azure-storage-queue. What does not fit a message goes to a blob (claim check).

Messages never expire. A missing queue is created on the first 404.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.adapters.storage_answers import answer
from shared.adapters.storage_blobs import LIMITS
from shared.adapters.storage_payloads import StoragePayloads
from shared.errors import HistoryUnavailable, StorageUnavailable
from shared.gateway.history_codec import encode
from shared.gateway.records import HistoryRow
from shared.queue_messages import (
    LARGEST_MESSAGE,
    Message,
    UnreadableMessage,
    as_text,
    claim,
    claimed,
    content_of,
    dump,
    load,
    read,
    traced,
)

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

LONGEST_DELAY_S = 7 * 24 * 3600
_NEVER = -1


class StorageQueues:
    """Make it inside the running loop: the clients belong to that loop."""

    def __init__(self, queues: QueueServiceClient, blobs: BlobServiceClient) -> None:
        self._queues = queues
        self._blobs = blobs
        self._payloads = StoragePayloads(blobs)
        self._clients: dict[str, QueueClient] = {}

    @classmethod
    def connect(cls, connection_string: str) -> StorageQueues:
        """By connection string, as on one machine."""
        return cls(
            QueueServiceClient.from_connection_string(connection_string, **LIMITS),
            BlobServiceClient.from_connection_string(connection_string, **LIMITS),
        )

    @classmethod
    def sign_in(cls, account: str, credential: AsyncTokenCredential) -> StorageQueues:
        """By the account's name and the app's identity."""
        return cls(
            QueueServiceClient(f"https://{account}.queue.core.windows.net", credential=credential, **LIMITS),
            BlobServiceClient(f"https://{account}.blob.core.windows.net", credential=credential, **LIMITS),
        )

    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None:
        """Append a message, hidden for ``delay_seconds`` (at most 7 days). Raises StorageUnavailable."""
        payload = traced(queue, payload)
        content = dump(payload)
        await self._keep_waiting(payload)
        if len(content) > LARGEST_MESSAGE:
            content = dump(claim(await self._payloads.keep(content), payload))
        delay = min(LONGEST_DELAY_S, max(0, round(delay_seconds)))
        await answer(lambda: self._send(queue, as_text(content), delay), {})

    async def open(self, body: bytes | str) -> Message:
        """What a message says, without our own notes on it. Raises as ``resolve`` does."""
        return await self.resolve(read(body))

    async def resolve(self, message: Mapping[str, object]) -> Message:
        """The payload of a message that has been read.

        Raises UnreadableMessage, AlreadyHandled where it was discarded, StorageUnavailable."""
        blob = claimed(message)
        return content_of(message if blob is None else load(await self._payloads.fetch(blob)))

    async def discard(self, message: Mapping[str, object]) -> None:
        """Empty what a handled message left in container ``payloads``, if anything. Raises StorageUnavailable."""
        blob = claimed(message)
        if blob is not None:
            await self._payloads.discard(blob)

    async def depth(self, queue: str) -> int:
        """How many messages the queue holds, about; hidden ones count. Raises StorageUnavailable."""
        client = self._client(queue)
        return await answer(lambda: _depth(client), {})

    async def close(self) -> None:
        await self._queues.close()
        await self._blobs.close()

    async def _keep_waiting(self, message: Mapping[str, object]) -> None:
        """A payload whose message is put back is younger again: retention counts from its last change."""
        with contextlib.suppress(UnreadableMessage, StorageUnavailable):
            blob = claimed(message)
            if blob is not None:
                await self._payloads.touch(blob)

    async def _send(self, queue: str, text: str, delay: int) -> None:
        client = self._client(queue)
        try:
            await client.send_message(text, visibility_timeout=delay, time_to_live=_NEVER)
        except ResourceNotFoundError:
            await _create(client)
            await client.send_message(text, visibility_timeout=delay, time_to_live=_NEVER)

    def _client(self, queue: str) -> QueueClient:
        """Kept, because making one parses URLs and builds a pipeline each time."""
        if queue not in self._clients:
            self._clients[queue] = self._queues.get_queue_client(queue)
        return self._clients[queue]


class HistoryOutbox:
    """Implements Outbox: history rows that SQL could not take, drained by ``functions/history_outbox.py``."""

    QUEUE = "prompt-history"
    FIRST_DELAY_S = 5
    """Whatever keeps SQL away seldom ends sooner."""

    def __init__(self, queues: StorageQueues) -> None:
        self._queues = queues

    async def put(self, rows: Sequence[HistoryRow]) -> None:
        """All rows in one message. Raises HistoryUnavailable: then none of them is kept."""
        try:
            await self._queues.put(self.QUEUE, encode(rows), self.FIRST_DELAY_S)
        except StorageUnavailable as error:
            raise HistoryUnavailable("The prompt history's outbox cannot be reached.", retry_after=5) from error


async def _depth(client: QueueClient) -> int:
    return (await client.get_queue_properties()).approximate_message_count or 0


async def _create(client: QueueClient) -> None:
    try:
        await client.create_queue()
    except ResourceExistsError:
        return
