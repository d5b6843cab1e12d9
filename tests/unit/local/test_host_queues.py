"""Queue triggers delete, release, renew and poison as the real host does; with Azurite too where the stack runs."""

import asyncio
import base64
import json
import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local.host_functions import read_functions
from local.host_invocations import Invocations
from local.host_messages import queue_message
from local.host_queues import QueueTrigger, open_trigger
from local.host_settings import QueueSettings
from tests.unit.local.hosted_app import Happened, make_app
from tests.unit.local.queue_service import FakeQueue

PLAIN = QueueSettings(base64=False, max_polling_interval=0.1, max_dequeue_count=3)


class Running:
    def __init__(self, settings: QueueSettings = PLAIN, *, poison: bool = True, lease: float = 30) -> None:
        self.happened = Happened()
        self.queue = FakeQueue("work")
        self.poison = FakeQueue("work-poison", exists=False)
        self.invocations = Invocations()
        function = next(one for one in read_functions(make_app(self.happened).get_functions()) if one.name == "work")
        buried: Any = self.poison if poison else None
        queue: Any = self.queue
        self.trigger = QueueTrigger(function, self.invocations, queue, buried, settings, lease)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.trigger.run())
        yield
        task.cancel()
        self.happened.release.set()
        await self.invocations.drain(5)
        await self.trigger.settle()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_message_that_succeeds_is_deleted() -> None:
    running = Running()
    await running.queue.send_message("héllo")
    async with running.polling():
        await until(lambda: not running.queue.stored)
    [message] = running.happened.messages
    assert message.get_body() == "héllo".encode()
    assert (message.id, message.dequeue_count, message.insertion_time is not None) == ("m0", 1, True)


async def test_a_message_that_fails_is_shown_again_and_poisoned_at_the_limit() -> None:
    running = Running()
    running.happened.fail_messages = lambda message: True
    await running.queue.send_message("bad")
    async with running.polling():
        await until(lambda: bool(running.poison.stored))
        await until(lambda: not running.queue.stored)
    assert [message.dequeue_count for message in running.happened.messages] == [1, 2, 3]
    assert [one.content for one in running.poison.stored.values()] == ["bad"]


async def test_a_failed_message_waits_for_the_visibility_timeout() -> None:
    running = Running(QueueSettings(base64=False, visibility_timeout=30, max_polling_interval=0.1))
    running.happened.fail_messages = lambda message: True
    await running.queue.send_message("bad")
    async with running.polling():
        await until(lambda: running.queue.updates == [30])
    assert len(running.happened.messages) == 1


async def test_a_message_a_dead_worker_took_too_often_is_poisoned_unread() -> None:
    running = Running()
    await running.queue.send_message("killer")
    running.queue.stored["m0"].dequeue_count = 3
    async with running.polling():
        await until(lambda: bool(running.poison.stored))
    assert running.happened.messages == []


async def test_a_poison_queues_own_messages_are_never_moved_or_released() -> None:
    running = Running(poison=False)
    running.happened.fail_messages = lambda message: True
    await running.queue.send_message("bad")
    async with running.polling():
        await until(lambda: len(running.happened.messages) == 1)
    assert (len(running.queue.stored), running.queue.updates) == (1, [])


async def test_the_lease_of_a_long_run_is_renewed_and_the_message_deleted_with_the_new_receipt() -> None:
    running = Running(lease=1)
    await running.queue.send_message("wait")
    async with running.polling():
        await until(lambda: len(running.queue.updates) >= 2)
        running.happened.release.set()
        await until(lambda: not running.queue.stored)
    assert [message.dequeue_count for message in running.happened.messages] == [1]


async def test_no_more_than_a_batch_and_the_threshold_run_at_once() -> None:
    running = Running(QueueSettings(base64=False, batch_size=4, new_batch_threshold=2, max_polling_interval=0.1))
    for _ in range(20):
        await running.queue.send_message("wait")
    async with running.polling():
        await until(lambda: len(running.happened.messages) >= 4)
        await asyncio.sleep(0.3)
        assert len(running.happened.messages) <= 6
        running.happened.release.set()
        await until(lambda: not running.queue.stored)
    assert len(running.happened.finished) == 20


async def test_what_is_not_base64_where_it_should_be_is_poisoned_as_it_was() -> None:
    running = Running(QueueSettings(base64=True, max_polling_interval=0.1))
    await running.queue.send_message("not base64!")
    await running.queue.send_message(base64.b64encode(b"fine").decode())
    async with running.polling():
        await until(lambda: not running.queue.stored)
    assert running.happened.finished == ["fine"]
    assert [one.content for one in running.poison.stored.values()] == ["not base64!"]


@pytest.mark.parametrize("trouble", ["away", "missing"])
async def test_a_queue_that_is_away_or_not_made_yet_is_polled_on(trouble: str) -> None:
    running = Running()
    running.queue.away = trouble == "away"
    running.queue.exists = trouble != "missing"
    async with running.polling():
        await asyncio.sleep(0.2)
        running.queue.away, running.queue.exists = False, True
        await running.queue.send_message("late")
        await until(lambda: running.happened.finished == ["late"])
    assert running.queue.stored == {}


async def test_a_function_cancelled_by_the_drain_leaves_its_message_to_be_tried_again() -> None:
    running = Running()
    await running.queue.send_message("wait")
    task = asyncio.create_task(running.trigger.run())
    await until(lambda: len(running.happened.messages) == 1)
    task.cancel()
    await running.invocations.drain(patience=0.05)
    await running.trigger.settle()
    assert len(running.queue.stored) == 1
    assert running.queue.updates == [0]


def test_base64_is_taken_strictly() -> None:
    stored: Any = type("Stored", (), {"content": "YQ==\n"})()
    with pytest.raises(ValueError, match="base64"):
        queue_message(stored, base64_encoded=True)


@pytest.mark.stack
@pytest.mark.skipif("STACK_JSON" not in os.environ, reason="the local stack is not running")
async def test_on_azurite_a_failing_message_ends_in_the_poison_queue() -> None:
    from azure.storage.queue.aio import QueueClient

    connection = json.loads(Path(os.environ["STACK_JSON"]).read_text())["storageConnectionString"]
    name = f"host-test-{uuid.uuid4().hex[:8]}"
    happened, invocations = Happened(), Invocations()
    happened.fail_messages = lambda message: message.get_body() == b"bad"
    function = next(one for one in read_functions(make_app(happened).get_functions()) if one.name == "work")
    trigger = open_trigger(function, invocations, connection, name, PLAIN, 30)
    async with (
        QueueClient.from_connection_string(connection, name) as queue,
        QueueClient.from_connection_string(connection, name + "-poison") as poison,
    ):
        await queue.create_queue()
        await queue.send_message("bad")
        await queue.send_message("<good> & ünïcode")
        task = asyncio.create_task(trigger.run())
        async with asyncio.timeout(20):
            while "<good> & ünïcode" not in happened.finished or len(happened.messages) < 4:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)
        task.cancel()
        await trigger.settle()
        await trigger.close()
        buried = [message.content async for message in poison.receive_messages()]
        assert buried == ["bad"]
        assert (await queue.get_queue_properties()).approximate_message_count == 0
        await queue.delete_queue()
        await poison.delete_queue()
