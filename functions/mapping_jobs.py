"""Queue ``mapping-jobs``: mappings that were asked for over HTTP and accepted for later."""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.queues import Delivery, Unusable, handle
from functions.workshop import delivery_of, put_back_in_order, workshop
from shared.wiring import services

bp: Final = func.Blueprint()
QUEUE: Final = "mapping-jobs"


@bp.function_name("mapping_jobs")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def mapping_jobs(message: func.QueueMessage) -> None:
    await handle(QUEUE, message, services().queues, _run)


async def _run(delivery: Delivery) -> None:
    """Raises Unusable for what is no job, Later and what passes for a message to be delivered again."""
    from shared.mapping.jobs import read_job, run_job

    try:
        job = await read_job(delivery.content)
    except ValueError:
        raise Unusable("unreadable_message", "The message is not a mapping job of this app.") from None
    with put_back_in_order():
        await run_job(workshop(), services().queues, services().failures, job, delivery_of(delivery))
