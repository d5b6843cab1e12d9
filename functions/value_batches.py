"""Queue ``value-batches``: value jobs, one step a message."""

from __future__ import annotations

from typing import Final

import azure.functions as func
from pydantic import ValidationError

from functions.queues import Delivery, Later, Unusable, handle
from functions.value_jobs import job_desk
from functions.workshop import delivery_of
from shared.wiring import services

bp: Final = func.Blueprint()
QUEUE: Final = "value-batches"


@bp.function_name("value_batches")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def value_batches(message: func.QueueMessage) -> None:
    await handle(QUEUE, message, services().queues, _run)


async def _run(delivery: Delivery) -> None:
    """Raises Unusable for what is no step of a job, Later and what passes for a message to be delivered again."""
    from shared.mapping.orderly import TimeIsUp
    from shared.values.jobs.lane import LaneBusy
    from shared.values.jobs.messages import StepMessage
    from shared.values.jobs.steps import run_step

    try:
        step = StepMessage.model_validate(delivery.content)
    except ValidationError:
        raise Unusable("unreadable_message", "The message is not a step of a value job of this app.") from None
    try:
        await run_step(job_desk(), services().blobs, step, delivery_of(delivery))
    except LaneBusy as busy:
        raise Later(busy.seconds) from busy
    except TimeIsUp as up:
        raise Later(0) from up
