"""Ending what the platform gave up on: a mapping whose worker stopped again and again is not left running for ever.

Its row says failed, its failure is recorded, and its pipeline is told, as if the worker had found the cause itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from functions.queues import Delivery
from functions.workshop import MOST_DELIVERIES, delivery_of, drop_desk, put_back_in_order, workshop
from shared.wiring import services

if TYPE_CHECKING:
    from shared.mapping import queued_run

CODE: Final = "worker_stopped"
STOPPED: Final = "The worker stopped again and again while handling this message; its log of that time may tell why."


async def end_drop(delivery: Delivery) -> bool:
    """False where the message is no drop. Raises Later and StorageUnavailable: then try again."""
    from shared.drops.events import parse_drop
    from shared.drops.models import Ignored, UnusableDrop
    from shared.drops.run_drop import run_drop
    from shared.mapping.store import Cause

    built = services()
    try:
        drop = await built.processor(parse_drop, delivery.content, built.settings.account)
    except UnusableDrop:
        return False
    if isinstance(drop, Ignored):
        return True
    with put_back_in_order():
        await run_drop(drop_desk(), drop, delivery.content, _last(delivery), Cause(CODE, STOPPED))
    return True


async def end_job(delivery: Delivery) -> bool:
    """False where the message is no mapping job. Raises Later and StorageUnavailable: then try again."""
    from shared.mapping.jobs import read_job, run_job
    from shared.mapping.store import Cause

    built = services()
    try:
        job = await read_job(delivery.content)
    except ValueError:
        return False
    with put_back_in_order():
        await run_job(workshop(), built.queues, built.failures, job, _last(delivery), Cause(CODE, STOPPED))
    return True


async def end_values(delivery: Delivery) -> bool:
    """False where the message is no step of a value job. Raises StorageUnavailable: then try again."""
    from pydantic import ValidationError

    from functions.value_jobs import job_desk
    from shared.values.jobs.messages import StepMessage
    from shared.values.jobs.steps import end_job

    try:
        step = StepMessage.model_validate(delivery.content)
    except ValidationError:
        return False
    await end_job(job_desk(), step, CODE, STOPPED, _last(delivery))
    return True


def _last(delivery: Delivery) -> queued_run.Delivery:
    """The platform's tries are counted with our own."""
    return replace(delivery_of(delivery), attempts=delivery.attempts + MOST_DELIVERIES - 1, last=True)
