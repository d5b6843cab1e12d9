"""Messages of a storage queue: what a function is given, and how one is put into a poison queue."""

from __future__ import annotations

import base64
import binascii
import contextlib

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.functions.queue import QueueMessage
from azure.storage.queue import QueueMessage as StoredMessage
from azure.storage.queue.aio import QueueClient


def queue_message(stored: StoredMessage, *, base64_encoded: bool) -> QueueMessage:
    """What a function is given. Raises ValueError when the text is not the base64 it should be."""
    body: str | bytes = stored.content
    if base64_encoded:
        try:
            body = base64.b64decode(stored.content, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
    return QueueMessage(
        id=stored.id,
        body=body,
        dequeue_count=stored.dequeue_count,
        expiration_time=stored.expires_on,
        insertion_time=stored.inserted_on,
        time_next_visible=stored.next_visible_on,
        pop_receipt=stored.pop_receipt,
    )


async def put(queue: QueueClient, content: str) -> None:
    """Poison messages never expire, as in the real host; the queue is made when it is missing."""
    try:
        await queue.send_message(content, time_to_live=-1)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):
            await queue.create_queue()
        await queue.send_message(content, time_to_live=-1)
