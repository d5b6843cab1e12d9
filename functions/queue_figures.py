"""What is told of a queue when one of its messages is handled: how long it lay there, and how many there are."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import Final, Protocol

import azure.functions as func

from shared.errors import StorageUnavailable
from shared.telemetry import figures, names
from shared.telemetry.telemetry import is_on, tell

EVERY: Final = 30.0
"""Seconds between two looks at how deep one queue is: each is a call to the storage account."""
_looked: Final[dict[str, float]] = {}


class Queues(Protocol):
    async def depth(self, queue: str) -> int: ...


async def tell_of(queue: str, message: func.QueueMessage, queues: Queues) -> None:
    if not is_on():
        return
    put, told = message.insertion_time, {names.QUEUE_NAME: queue}
    if put is not None:
        put = put if put.tzinfo else put.replace(tzinfo=UTC)
        tell(figures.QUEUE_WAIT, max(0.0, (datetime.now(UTC) - put).total_seconds()), told)
    now = time.monotonic()
    if now - _looked.get(queue, now - EVERY) < EVERY:
        return
    _looked[queue] = now
    with contextlib.suppress(StorageUnavailable):
        tell(figures.QUEUE_DEPTH, await queues.depth(queue), told)
