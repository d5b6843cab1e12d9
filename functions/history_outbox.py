"""Queue ``prompt-history``: history rows that SQL could not take when they were written, drained with patience.

While SQL is away a message is put back with a growing delay, up to ten minutes, and is never poisoned. What can never
become rows (not JSON, unknown version) or what SQL will never take goes to ``prompt-history-poison``, with its cause.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

import azure.functions as func

from functions.queues import Delivery, Unusable, handle
from shared.gateway.history_codec import UnreadableRows, decode, encode
from shared.gateway.ports import HistoryStore, RowsRejected
from shared.telemetry.rows import drained
from shared.wiring import services

bp: Final = func.Blueprint()
QUEUE: Final = "prompt-history"


@bp.function_name("history_outbox")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def history_outbox(message: func.QueueMessage) -> None:
    built = services()

    async def drain(delivery: Delivery) -> None:
        await insert(built.history, delivery)

    await handle(QUEUE, message, built.queues, drain)


async def insert(history: HistoryStore, delivery: Delivery) -> None:
    """Raises Unusable for what will never be rows, HistoryUnavailable while SQL is away."""
    try:
        rows = decode(delivery.content)
    except UnreadableRows as error:
        raise Unusable("unreadable_message", str(error)) from error
    drained(rows)
    try:
        await asyncio.get_running_loop().run_in_executor(_threads(), history.insert, rows)
    except RowsRejected as error:
        raise Unusable("rows_rejected", error.reason, encode(error.rows)) from error


@cache
def _threads() -> ThreadPoolExecutor:
    """Few, and its own: while SQL hangs, the drain must not take the threads that requests need."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="outbox")
