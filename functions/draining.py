"""One message of a poison queue → a failure with its cause; what the platform gave up on is ended as well.

A poison queue has no poison queue of its own: a message whose draining raises is shown again after the platform's
lease, for ever. So an outage puts it back, and what nobody foresaw is tried LAST_DELIVERY times; then the failure is
recorded without ending anything, since whatever raised would raise again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from functions.giving_up import CODE, STOPPED, end_drop, end_job, end_values
from functions.queues import Delivery, Later, Queues, discard, processing, put_back_later, raw_text
from functions.workshop import LAST_DELIVERY, MOST_DELIVERIES
from shared.drops.models import UNKNOWN
from shared.errors import DependencyUnavailable
from shared.failure_rows import Failure, Kind, short_hash
from shared.failures import Failures
from shared.poisoned import mapping_of, organization_of
from shared.queue_messages import (
    POISON,
    AlreadyHandled,
    Message,
    UnreadableMessage,
    attempts,
    cause_in,
    dump,
    put_back_watched,
    read,
    watched,
)

log = logging.getLogger(__name__)

_ENDS: Final = {"drop": end_drop, "mapping": end_job, "values": end_values}
"""What there is to end, beside recording the failure."""
_SAID: Final = {
    "unreadable_message": "The message cannot be read",
    "rows_rejected": "SQL will never take these rows as they are",
}
_NOT_DRAINED: Final = "The message failed, and so did ending its work: a defect of ours; the log tells more."


@dataclass(frozen=True)
class Poison:
    queue: str
    """The queue it was meant for."""
    kind: Kind
    body: bytes
    dequeued: int = 1
    """How often the platform has delivered it from the poison queue."""


async def drain(poison: Poison, queues: Queues, failures: Failures) -> None:
    """Raises StorageUnavailable when it cannot even be put back, and what nobody foresaw before the last delivery."""
    poisoned = _read(poison.body)
    with processing(poison.queue + POISON, poisoned):
        await _end(poison, poisoned, queues, failures)


async def _end(poison: Poison, poisoned: Message, queues: Queues, failures: Failures) -> None:
    try:
        await _drain(poison, poisoned, queues, failures)
    except AlreadyHandled:
        log.info("queue.delivered_again", extra={"queue": poison.queue + POISON})
    except Later as later:
        await queues.put(poison.queue + POISON, put_back_watched(poisoned, later.watched), later.seconds)
    except DependencyUnavailable as error:
        await put_back_later(poison.queue + POISON, queues, poisoned, error)
    except Exception as error:
        if poison.dequeued < LAST_DELIVERY:
            raise
        log.exception("poison.not_drained", extra={"queue": poison.queue, "error": type(error).__name__})
        await _keep(poison, poisoned, failures, queues)


async def _drain(poison: Poison, poisoned: Message, queues: Queues, failures: Failures) -> None:
    content, whole = await _content(poisoned, queues)
    ended = not cause_in(poisoned) and whole and await _ended(poison.queue, poison.kind, poisoned, content)
    if not ended:
        gone = None if whole else "The message's payload is gone."
        failure = _failure(poison.queue, poison.kind, poisoned, content, gone)
        await failures.record(failure, content, replayable=whole and set(content) != {"raw"})
    await discard(queues, poisoned)


async def _keep(poison: Poison, poisoned: Message, failures: Failures, queues: Queues) -> None:
    """The message as it is, under its organization if that can be told. Raises StorageUnavailable."""
    content, whole = await _content(poisoned, queues)
    failure = Failure(
        key=f"{poison.queue}/{short_hash(poison.body.decode('utf-8', 'replace'))}",
        kind=poison.kind,
        queue=poison.queue,
        organization=_owner(content),
        code="internal_error",
        detail=_NOT_DRAINED,
        attempts=attempts(poisoned) + poison.dequeued,
    )
    await failures.record(failure, content, replayable=whole and "raw" not in content)
    await discard(queues, poisoned)


def _owner(content: Message) -> str:
    try:
        return organization_of(content)
    except Exception:
        return UNKNOWN


async def _ended(queue: str, kind: Kind, poisoned: Message, content: Message) -> bool:
    """Whether it was ended in every respect. Raises Later while a worker may still be at it, StorageUnavailable."""
    end = _ENDS.get(kind)
    delivery = Delivery(queue, poisoned, content, attempts(poisoned), watched(poisoned))
    return end is not None and await end(delivery)


def _read(body: bytes) -> Message:
    """Whatever it is: a poison queue has no place to put what it cannot read."""
    try:
        return read(body)
    except UnreadableMessage as error:
        cause = {"code": "unreadable_message", "detail": str(error)}
        return {"raw": raw_text(body), "failure": cause}


async def _content(poisoned: Message, queues: Queues) -> tuple[Message, bool]:
    """The message's content, and whether it is all there. Raises StorageUnavailable."""
    try:
        return await queues.resolve(poisoned), True
    except UnreadableMessage:
        return {name: value for name, value in poisoned.items() if name == "payload"}, False


def _failure(queue: str, kind: Kind, poisoned: Message, content: Message, gone: str | None) -> Failure:
    cause = cause_in(poisoned)
    mapping_id = mapping_of(content)
    known = _text(cause, "code")
    return Failure(
        key=mapping_id or f"{queue}/{dump(content).decode('utf-8', 'replace')}",
        kind=kind,
        queue=queue,
        organization=organization_of(content),
        code=known or ("unreadable_message" if gone else CODE),
        detail=_sentence(known, _text(cause, "detail")) or gone or STOPPED,
        attempts=_tries(poisoned, known is not None),
        mapping_id=mapping_id,
    )


def _text(cause: Mapping[str, object], member: str) -> str | None:
    value = cause.get(member)
    return value if isinstance(value, str) and value else None


def _sentence(code: str | None, detail: str | None) -> str | None:
    """Our triggers note some causes in a few words."""
    said = _SAID.get(code or "")
    return f"{said}: {detail}." if said and detail and not detail.endswith(".") else detail


def _tries(poisoned: Message, told: bool) -> int:
    """Ours, and the platform's where it was the platform that gave up."""
    return attempts(poisoned) + (1 if told else MOST_DELIVERIES)
