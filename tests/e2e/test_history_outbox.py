"""The outbox on the running stack: what waits in the queue reaches SQL, also after SQL was locked for a while."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from typing import Any

import pytest

from shared.adapters.storage_queues import HistoryOutbox, StorageQueues
from tests.fakes.history import attempt, outcome

pytestmark = pytest.mark.stack

PATIENCE_S = 60


def written(stack: dict[str, Any], attempt_id: str) -> bool:
    """Both rows of an attempt are in the stack's database."""
    with sqlite3.connect(f"file:{stack['databaseUrl'].removeprefix('sqlite:///')}?mode=ro", uri=True) as connection:
        found = connection.execute(
            "SELECT COUNT(*) FROM prompt_attempts JOIN prompt_outcomes USING (attempt_id) WHERE attempt_id = ?",
            (attempt_id,),
        )
        return bool(found.fetchone()[0])


async def until_written(stack: dict[str, Any], attempt_id: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not written(stack, attempt_id):
            await asyncio.sleep(0.2)


async def queue_rows(stack: dict[str, Any], attempt_id: str, messages: str = "[]") -> None:
    queues = StorageQueues.connect(stack["storageConnectionString"])
    rows = [attempt(attempt_id, messages=messages), outcome(attempt_id)]
    await HistoryOutbox(queues).put(rows)
    await queues.close()


@pytest.mark.parametrize("size", [10, 200_000], ids=["a message", "a claim check"])
async def test_rows_in_the_outbox_reach_sql(stack: dict[str, Any], size: int) -> None:
    attempt_id = f"{uuid.uuid4().hex}-1"
    await queue_rows(stack, attempt_id, f'[{{"role": "user", "content": "{"x" * size}"}}]')
    await until_written(stack, attempt_id)
    assert written(stack, attempt_id)


async def test_rows_wait_while_sql_is_locked_and_are_not_poisoned(stack: dict[str, Any]) -> None:
    attempt_id = f"{uuid.uuid4().hex}-1"
    lock = sqlite3.connect(stack["databaseUrl"].removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    await queue_rows(stack, attempt_id)
    queues = StorageQueues.connect(stack["storageConnectionString"])
    outbox = queues._queues.get_queue_client(HistoryOutbox.QUEUE)
    await asyncio.sleep(HistoryOutbox.FIRST_DELAY_S + 5)  # delivered, refused by the lock, put back
    assert not written(stack, attempt_id)
    assert (await outbox.get_queue_properties()).approximate_message_count
    lock.execute("ROLLBACK")
    lock.close()
    await until_written(stack, attempt_id)
    poison = queues._queues.get_queue_client(f"{HistoryOutbox.QUEUE}-poison")
    names = [queue.name async for queue in queues._queues.list_queues()]
    assert f"{HistoryOutbox.QUEUE}-poison" not in names or not await poison.peek_messages()
    await queues.close()
