"""Queue triggers, by the rules of the real host's queue listener.

- polls after 0.1 s, then ever more slowly up to ``maxPollingInterval``; at once again when something came
- takes ``batchSize`` messages whenever no more than ``newBatchThreshold`` are running
- a running message stays hidden: its lease is renewed at half time
- success deletes it; failure shows it again after ``visibilityTimeout``; at ``maxDequeueCount`` it moves to
  ``QUEUE-poison`` (a queue that is itself a poison queue has none: its message just comes back after the lease)
- a message that is not base64 where base64 is expected goes to the poison queue at once

Different here: the real host's lease is 10 minutes; LOCAL_HOST_LEASE_SECONDS (30) says what it is here, so that the
messages of a killed host come back while somebody is waiting. Only connection strings are served, no identities.
Source: Azure.WebJobs.Extensions.Storage.Queues (QueueListener, QueueProcessor).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.functions.queue import QueueMessage
from azure.storage.queue import QueueMessage as StoredMessage
from azure.storage.queue.aio import QueueClient

from local.host_functions import Function
from local.host_invocations import Invocations
from local.host_messages import put, queue_message
from local.host_settings import QueueSettings

log = logging.getLogger("local.host")
SHORTEST_WAIT = 0.1
POISON = "-poison"


class QueueTrigger:
    def __init__(
        self,
        function: Function,
        invocations: Invocations,
        queue: QueueClient,
        poison: QueueClient | None,
        settings: QueueSettings,
        lease: float = 30,
    ) -> None:
        self._function = function
        self._invocations = invocations
        self._queue = queue
        self._poison = poison
        self._settings = settings
        self._lease = max(1, int(lease))
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()

    async def run(self) -> None:
        """Poll until cancelled. What runs then is left running: the host's drain waits for it."""
        wait = SHORTEST_WAIT
        while True:
            if len(self._running) > self._settings.new_batch_threshold:
                self._room.clear()
                await self._room.wait()
                continue
            found = await self._receive()
            if found:
                wait = SHORTEST_WAIT
                continue
            await asyncio.sleep(wait)
            longest = max(SHORTEST_WAIT, self._settings.max_polling_interval)
            wait = min(longest, wait * (1.5 + random.random()))

    async def settle(self) -> None:
        """Wait until what ran has been deleted, released or moved."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def close(self) -> None:
        for client in (self._queue, self._poison):
            if client is not None:
                await client.close()

    async def _receive(self) -> int:
        count = 0
        try:
            batch = self._settings.batch_size
            pages = self._queue.receive_messages(
                messages_per_page=batch, max_messages=batch, visibility_timeout=self._lease
            )
            async for message in pages:
                self._begin(message)
                count += 1
        except ResourceNotFoundError:
            return 0
        except AzureError as error:
            log.warning("queue.unreachable", extra={"queue": self._queue.queue_name, "error": type(error).__name__})
        return count

    def _begin(self, message: StoredMessage) -> None:
        task = asyncio.get_running_loop().create_task(self._process(message))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._room.set()

    async def _process(self, message: StoredMessage) -> None:
        if (message.dequeue_count or 1) > self._settings.max_dequeue_count and self._poison is not None:
            await self._settled(lambda: self._bury(message))
            return
        try:
            argument = queue_message(message, base64_encoded=self._settings.base64)
        except ValueError:
            log.warning("queue.not_base64", extra={"queue": self._queue.queue_name, "messageId": message.id})
            await self._settled(lambda: self._bury(message))
            return
        succeeded = await self._invoke(message, argument)
        await self._settled(lambda: self._delete(message) if succeeded else self._failed(message))

    async def _invoke(self, message: StoredMessage, argument: QueueMessage) -> bool:
        renewing = asyncio.get_running_loop().create_task(self._renew(message))
        try:
            await self._invocations.start(self._function, argument)
        except (Exception, asyncio.CancelledError):
            return False
        else:
            return True
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self, message: StoredMessage) -> None:
        while True:
            await asyncio.sleep(self._lease / 2)
            with contextlib.suppress(AzureError):
                # Shielded: a renewal that was sent has changed the pop receipt, and we must know the new one.
                await asyncio.shield(self._show_after(message, self._lease))

    async def _show_after(self, message: StoredMessage, delay: float) -> None:
        updated = await self._queue.update_message(message.id, message.pop_receipt, visibility_timeout=int(delay))
        message.pop_receipt = updated.pop_receipt

    async def _failed(self, message: StoredMessage) -> None:
        if self._poison is None:
            return
        if (message.dequeue_count or 1) >= self._settings.max_dequeue_count:
            await self._bury(message)
        else:
            await self._show_after(message, self._settings.visibility_timeout)

    async def _bury(self, message: StoredMessage) -> None:
        if self._poison is None:
            return
        await put(self._poison, message.content)
        log.warning("queue.poisoned", extra={"queue": self._queue.queue_name, "messageId": message.id})
        await self._delete(message)

    async def _delete(self, message: StoredMessage) -> None:
        await self._queue.delete_message(message.id, message.pop_receipt)

    async def _settled(self, act: Callable[[], Awaitable[Any]]) -> None:
        try:
            await act()
        except ResourceNotFoundError:
            log.warning("queue.lease_lost", extra={"queue": self._queue.queue_name})
        except AzureError as error:
            log.warning("queue.not_settled", extra={"queue": self._queue.queue_name, "error": type(error).__name__})


def open_trigger(
    function: Function, invocations: Invocations, connection: str, name: str, settings: QueueSettings, lease: float
) -> QueueTrigger:
    """Clients without message policies: the text is taken and copied exactly as it was stored."""

    def client(queue: str) -> QueueClient:
        return QueueClient.from_connection_string(connection, queue)

    poison = None if name.endswith(POISON) else client(name + POISON)
    return QueueTrigger(function, invocations, client(name), poison, settings, lease)
