"""Queue ``data-drops``: files and records that land are mapped, by our own message or an event of blob storage."""

from __future__ import annotations

import logging
from typing import Final

import azure.functions as func

from functions.queues import Delivery, Unusable, handle
from functions.workshop import delivery_of, drop_desk, put_back_in_order
from shared.wiring import services

log = logging.getLogger(__name__)

bp: Final = func.Blueprint()
QUEUE: Final = "data-drops"


@bp.function_name("data_drops")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def data_drops(message: func.QueueMessage) -> None:
    await handle(QUEUE, message, services().queues, _run)


async def _run(delivery: Delivery) -> None:
    """Raises Unusable for what never can be mapped, Later and what passes for a message to be delivered again."""
    from shared.drops.events import parse_drop
    from shared.drops.models import Ignored, UnusableDrop
    from shared.drops.run_drop import run_drop

    built = services()
    try:
        drop = await built.processor(parse_drop, delivery.content, built.settings.account)
    except UnusableDrop as error:
        raise Unusable(error.code, error.detail) from None
    if isinstance(drop, Ignored):
        log.info("drop.ignored", extra={"kind": drop.kind, "reason": drop.reason})
        return
    with put_back_in_order():
        await run_drop(drop_desk(), drop, delivery.content, delivery_of(delivery))
