"""What all queue triggers share: message → content, transient or permanent, put back with a delay and our own count.

The platform tries a failed message some times at once and then calls it poisoned, which a minute of throttling would
use up. So an outage or a throttled deployment puts the message back, hidden for a while, as often as it takes; one that
can never be handled goes to the poison queue at once, with its cause. Only what nobody foresaw is raised.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import azure.functions as func

from functions.queue_figures import tell_of
from shared.errors import DependencyUnavailable, DeploymentError, DeploymentThrottled, ProductError
from shared.queue_messages import (
    POISON,
    AlreadyHandled,
    Message,
    UnreadableMessage,
    attempts,
    handling,
    put_back,
    put_back_watched,
    read,
    trace_of,
    watched,
)
from shared.telemetry import names
from shared.telemetry.telemetry import Attributes, Span, span

log = logging.getLogger(__name__)

FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 600.0
LONGEST_THROTTLED_S = 60.0
"""A quota is measured by the minute: who stays away for longer leaves some of it unused."""
_LONGEST_RAW = 20_000


class Queues(Protocol):
    async def put(self, queue: str, payload: Message, delay_seconds: float = 0) -> None: ...

    async def resolve(self, message: Message) -> Message: ...

    async def discard(self, message: Message) -> None: ...

    async def depth(self, queue: str) -> int: ...


@dataclass(frozen=True)
class Delivery:
    queue: str
    message: Message
    """As it came: perhaps a claim check, perhaps with our count."""
    content: Message
    attempts: int
    """How often it was put back."""
    watched: str | None = None
    """How a row in other hands looked when it was put back last."""
    dequeued: int = 1
    """How often the platform has delivered it."""


class Unusable(Exception):
    """Raised by a handler for a message it will never be able to use. ``code`` and ``detail`` may be shown."""

    def __init__(self, code: str, detail: str, rest: Message | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.rest = rest
        """What is left of the message; None means all of it."""


class Later(Exception):
    """Raised by a handler to have the message delivered again, not counted as tried: after a time, or at once."""

    def __init__(self, seconds: float, watched: str | None = None) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds
        self.watched = watched


Handler = Callable[[Delivery], Awaitable[None]]


async def handle(queue: str, message: func.QueueMessage, queues: Queues, handler: Handler) -> None:
    """Run ``handler`` on a message, and see to it that the message is neither lost nor poisoned by an outage.

    Raises what nobody foresaw, and StorageUnavailable when the message cannot be put back: the platform retries."""
    body = message.get_body()
    try:
        read_message = read(body)
    except UnreadableMessage as error:
        await _bury(queue, queues, {"raw": raw_text(body)}, "unreadable_message", str(error))
        return
    dequeued = message.dequeue_count or 1

    async def work(content: Message) -> None:
        await handler(Delivery(queue, read_message, content, attempts(read_message), watched(read_message), dequeued))

    with processing(queue, read_message) as step, handling(queue, read_message):
        await tell_of(queue, message, queues)
        step.set({names.OUTCOME: await _handle(queue, read_message, queues, work)})


def processing(queue: str, message: Message) -> AbstractContextManager[Span]:
    """The step of the trace that handles a message: of the trace it names, else the first of a new one."""
    told: Attributes = {
        names.MESSAGING: "azure_storage_queue",
        names.QUEUE: queue,
        names.PROCESS: "process",
        names.QUEUE_NAME: queue,
        names.DELIVERIES: attempts(message),
    }
    return span(f"process {queue}", told, kind="consumer", parent=trace_of(message))


async def _handle(queue: str, message: Message, queues: Queues, work: Callable[[Message], Awaitable[None]]) -> str:
    """What became of the message, in a word."""
    try:
        await work(await queues.resolve(message))
    except AlreadyHandled:
        log.info("queue.delivered_again", extra={"queue": queue})
        return "handled"
    except UnreadableMessage as error:
        await _bury(queue, queues, message, "unreadable_message", str(error))
        return "buried"
    except Unusable as error:
        await _bury(queue, queues, message if error.rest is None else error.rest, error.code, error.detail)
        if error.rest is not None:
            await discard(queues, message)
        return "buried"
    except Later as later:
        await queues.put(queue, put_back_watched(message, later.watched), later.seconds)
        return "later"
    except (DependencyUnavailable, DeploymentError) as error:
        await put_back_later(queue, queues, message, error)
        return "put_back"
    await discard(queues, message)
    return "handled"


def delay_after(attempts_so_far: int, retry_after: float | None = None) -> float:
    """Seconds until the next try: doubling up to ten minutes, never sooner than asked, spread a little."""
    growing = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(attempts_so_far, 20))
    spread = growing * random.uniform(0.8, 1.0)  # noqa: S311 - only spreads the load
    return max(spread, retry_after or 0.0)


async def put_back_later(queue: str, queues: Queues, message: Message, error: ProductError) -> None:
    """The message again, after a while and counted. Raises StorageUnavailable."""
    tried = attempts(message)
    delay = delay_after(tried, error.retry_after)
    if isinstance(error, DeploymentThrottled):
        delay = max(error.retry_after or 0.0, min(delay, LONGEST_THROTTLED_S))
    await queues.put(queue, put_back(message), delay)
    log.warning("queue.put_back", extra={"queue": queue, "attempts": tried + 1, "delay": delay, "code": error.code})


async def _bury(queue: str, queues: Queues, message: Message, code: str, detail: str) -> None:
    """To the poison queue ourselves: the same place the platform would use, without its tries, and with the cause."""
    failure = {"code": code, "detail": detail, "attempts": attempts(message), "failedAt": datetime.now(UTC).isoformat()}
    await queues.put(queue + POISON, {**message, "failure": failure})
    log.error("queue.message_unusable", extra={"queue": queue, "code": code, "detail": detail})


async def discard(queues: Queues, message: Message) -> None:
    """The work is done: a payload that cannot be emptied now is left to retention."""
    try:
        await queues.discard(message)
    except (DependencyUnavailable, UnreadableMessage):
        log.warning("queue.payload_left")


def raw_text(body: bytes) -> str:
    """A message that cannot be read, to be shown: what there is of it, at most _LONGEST_RAW bytes."""
    return body[:_LONGEST_RAW].decode("utf-8", "replace")
