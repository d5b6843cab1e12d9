"""Queue ``callbacks``: POSTs to the receivers that pipelines named, repeated with a growing delay until they are taken.

After MOST_TRIES, about three hours, a callback becomes a failure that can be replayed; one that may not be sent becomes
one at once.
"""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.queues import Delivery, handle
from shared.callbacks import QUEUE, CallbackRefused, Callbacks, read_callback
from shared.drops.models import UNKNOWN
from shared.errors import CallbackUndelivered
from shared.failures import Failure, Failures
from shared.organizations import is_organization
from shared.queue_messages import dump
from shared.wiring import services

bp: Final = func.Blueprint()
MOST_TRIES: Final = 25


@bp.function_name("callbacks")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def callbacks(message: func.QueueMessage) -> None:
    built = services()

    async def send(delivery: Delivery) -> None:
        await deliver(built.callbacks, built.failures, delivery)

    await handle(QUEUE, message, built.queues, send)


async def deliver(sender: Callbacks, failures: Failures, delivery: Delivery) -> None:
    """Raises CallbackUndelivered while there are tries left, SettingsUnavailable, StorageUnavailable."""
    try:
        await sender.deliver(read_callback(delivery.content))
    except CallbackRefused as error:
        await failures.record(_failure(delivery, error.code, error.detail), delivery.content)
    except CallbackUndelivered as error:
        if delivery.attempts + 1 < MOST_TRIES:
            raise
        await failures.record(_failure(delivery, error.code, error.detail), delivery.content)


def _failure(delivery: Delivery, code: str, detail: str) -> Failure:
    content = delivery.content
    named = content.get("organizationId")
    body = content.get("body")
    mapping_id = body.get("mappingId") if isinstance(body, dict) else None
    return Failure(
        key=dump(content).decode(),
        kind="callback",
        queue=QUEUE,
        organization=named if isinstance(named, str) and is_organization(named) else UNKNOWN,
        code=code,
        detail=detail,
        attempts=delivery.attempts + 1,
        mapping_id=mapping_id if isinstance(mapping_id, str) else None,
    )
