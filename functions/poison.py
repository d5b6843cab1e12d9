"""Queues ``…-poison``: what failed and nothing else is known, drained into the failures, with its cause.

A message lands there in one of two ways. Our own triggers put it there with its cause noted on it; or the platform
does, after the worker stopped again and again while handling it (killed, out of memory), and then nobody knew a cause.
"""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.draining import Poison, drain
from shared.failure_rows import Kind
from shared.wiring import services

bp: Final = func.Blueprint()


@bp.function_name("data_drops_poison")
@bp.queue_trigger(arg_name="message", queue_name="data-drops-poison", connection="AzureWebJobsStorage")
async def data_drops_poison(message: func.QueueMessage) -> None:
    await _drain("data-drops", "drop", message)


@bp.function_name("mapping_jobs_poison")
@bp.queue_trigger(arg_name="message", queue_name="mapping-jobs-poison", connection="AzureWebJobsStorage")
async def mapping_jobs_poison(message: func.QueueMessage) -> None:
    await _drain("mapping-jobs", "mapping", message)


@bp.function_name("value_batches_poison")
@bp.queue_trigger(arg_name="message", queue_name="value-batches-poison", connection="AzureWebJobsStorage")
async def value_batches_poison(message: func.QueueMessage) -> None:
    await _drain("value-batches", "values", message)


@bp.function_name("prompt_history_poison")
@bp.queue_trigger(arg_name="message", queue_name="prompt-history-poison", connection="AzureWebJobsStorage")
async def prompt_history_poison(message: func.QueueMessage) -> None:
    await _drain("prompt-history", "history", message)


@bp.function_name("callbacks_poison")
@bp.queue_trigger(arg_name="message", queue_name="callbacks-poison", connection="AzureWebJobsStorage")
async def callbacks_poison(message: func.QueueMessage) -> None:
    await _drain("callbacks", "callback", message)


@bp.function_name("vocabulary_index_poison")
@bp.queue_trigger(arg_name="message", queue_name="vocabulary-index-poison", connection="AzureWebJobsStorage")
async def vocabulary_index_poison(message: func.QueueMessage) -> None:
    await _drain("vocabulary-index", "index", message)


async def _drain(queue: str, kind: Kind, message: func.QueueMessage) -> None:
    built = services()
    dequeued = message.dequeue_count or 1
    await drain(Poison(queue, kind, message.get_body(), dequeued), built.queues, built.failures)
