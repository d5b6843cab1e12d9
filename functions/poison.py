"""Queues ``…-poison``: what failed and nothing else is known, drained into the failures, with its cause.

A message lands there in one of two ways. Our own triggers put it there with its cause noted on it; or the platform
does, after the worker stopped again and again while handling it (killed, out of memory), and then nobody knew a cause.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

import azure.functions as func

from functions.giving_up import CODE, STOPPED, end_drop, end_job
from functions.queues import Delivery, Later, Queues, discard, put_back_later
from functions.workshop import MOST_DELIVERIES
from shared.errors import DependencyUnavailable
from shared.failure_rows import Kind
from shared.failures import Failure, Failures
from shared.poisoned import mapping_of, organization_of
from shared.queue_messages import (
    POISON,
    Message,
    UnreadableMessage,
    attempts,
    cause_in,
    dump,
    put_back_watched,
    read,
    watched,
)
from shared.wiring import services

log = logging.getLogger(__name__)

bp: Final = func.Blueprint()
_ENDS: Final = {"drop": end_drop, "mapping": end_job}
"""What there is to end, beside recording the failure."""
_SAID: Final = {
    "unreadable_message": "The message cannot be read",
    "rows_rejected": "SQL will never take these rows as they are",
}
_LONGEST_RAW: Final = 20_000


@bp.function_name("data_drops_poison")
@bp.queue_trigger(arg_name="message", queue_name="data-drops-poison", connection="AzureWebJobsStorage")
async def data_drops_poison(message: func.QueueMessage) -> None:
    await _drain("data-drops", "drop", message)


@bp.function_name("mapping_jobs_poison")
@bp.queue_trigger(arg_name="message", queue_name="mapping-jobs-poison", connection="AzureWebJobsStorage")
async def mapping_jobs_poison(message: func.QueueMessage) -> None:
    await _drain("mapping-jobs", "mapping", message)


@bp.function_name("prompt_history_poison")
@bp.queue_trigger(arg_name="message", queue_name="prompt-history-poison", connection="AzureWebJobsStorage")
async def prompt_history_poison(message: func.QueueMessage) -> None:
    await _drain("prompt-history", "history", message)


@bp.function_name("callbacks_poison")
@bp.queue_trigger(arg_name="message", queue_name="callbacks-poison", connection="AzureWebJobsStorage")
async def callbacks_poison(message: func.QueueMessage) -> None:
    await _drain("callbacks", "callback", message)


async def _drain(queue: str, kind: Kind, message: func.QueueMessage) -> None:
    built = services()
    await drain(queue, kind, message.get_body(), built.queues, built.failures)


async def drain(queue: str, kind: Kind, body: bytes, queues: Queues, failures: Failures) -> None:
    """One poisoned message of ``queue`` → a failure. Raises StorageUnavailable when it cannot even be put back."""
    poisoned = _read(body)
    try:
        content, whole = await _content(poisoned, queues)
        if not cause_in(poisoned) and whole and await _ended(queue, kind, poisoned, content):
            return await discard(queues, poisoned)
        failure = _failure(queue, kind, poisoned, content, None if whole else "The message's payload is gone.")
        await failures.record(failure, content, replayable=whole and set(content) != {"raw"})
    except Later as later:
        await queues.put(queue + POISON, put_back_watched(poisoned, later.watched), later.seconds)
    except DependencyUnavailable as error:
        await put_back_later(queue + POISON, queues, poisoned, error)
    else:
        await discard(queues, poisoned)


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
        return {"raw": body[:_LONGEST_RAW].decode("utf-8", "replace"), "failure": cause}


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
