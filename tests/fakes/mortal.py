"""A worker that can be killed between any two steps of its event loop, and what it leaves behind.

Everything outside the worker (tables, blobs, queues, history, deployment) outlives it. A call to one of them takes two
steps: the worker may die before it arrives, or when it was done and the answer is under way. After a kill nothing the
worker's code still tries has any effect, as after ``kill -9``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from azure.functions.queue import QueueMessage

from shared import wiring
from shared.failures import Failures
from shared.gateway.gateway import Gateway
from shared.gateway.ports import ChatRequest, Completion
from shared.gateway.records import HistoryRow
from shared.mapping.catalogue import Catalogue
from shared.mapping.claims import Claims
from shared.mapping.organization_meaning import OrganizationMeaning
from shared.mapping.reviews import Reviews
from shared.mapping.store import MappingStore
from shared.organization_settings import OrganizationSettings
from shared.queue_messages import Message, as_text, dump
from shared.values.batches import BatchSizes
from shared.values.jobs.store import ValueJobs
from shared.values.reuse import KnownAnswers
from tests.fakes.app import Stand, indexed
from tests.fakes.clock import VirtualLoop
from tests.fakes.deployment import FakeHistory, completion
from tests.fakes.gateway import answer

START = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Killed(BaseException):
    """The worker is dead: whatever it still tries has no effect."""


class Worker(VirtualLoop):
    """One process. It dies at the start of its ``dies_at``-th step."""

    def __init__(self, dies_at: int | None = None) -> None:
        super().__init__()
        self.steps = 0
        self.dead = False
        self._dies_at = dies_at
        self.set_exception_handler(lambda loop, context: None)

    def _run_once(self) -> None:
        self.steps += 1
        if self.steps == self._dies_at:
            self.dead = True
            self.stop()
            return
        super()._run_once()  # type: ignore[misc]

    def work(self, job: Awaitable[None]) -> bool:
        """→ whether it lived to the end."""
        try:
            self.run_until_complete(job)
        except RuntimeError:
            if not self.dead:
                raise
        return not self.dead

    def bury(self) -> None:
        """Unwind what it was doing, without any effect."""
        self.dead = True
        self._dies_at = None
        for _ in range(5):
            tasks = asyncio.all_tasks(self)
            for task in tasks:
                task.cancel()
            if tasks:
                self.run_until_complete(asyncio.wait(tasks))
        self.close()


class Wire:
    """Something outside, as the worker reaches it."""

    def __init__(self, worker: Worker, end: object) -> None:
        self._worker = worker
        self._end = end

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        called = getattr(self._end, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            await self._step()
            result = await called(*arguments, **named)
            await self._step()
            return result

        return call

    async def _step(self) -> None:
        if not self._worker.dead:
            await asyncio.sleep(0)
        if self._worker.dead:
            raise Killed


def _first(request: ChatRequest) -> object:
    shape = cast("dict[str, Any]", request.response_format)
    return answer(shape["json_schema"]["schema"])


class Deployment:
    """Answers every prompt with the first thing its schema allows, or as told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.asked: list[int] = []
        """With how many output tokens each."""
        self.answerer: Callable[[ChatRequest], object] = _first
        self.needs = 0
        """Output tokens below which nothing but hidden reasoning comes, and the answer is cut off."""

    async def send(self, request: ChatRequest) -> Completion:
        self.sent.append(json.dumps([message.content for message in request.messages]))
        self.asked.append(int(str(request.parameters["max_tokens"])))
        if self.asked[-1] < self.needs:
            return completion("", finish_reason="length")
        return completion(json.dumps(self.answerer(request)))


class Outside:
    """What there is beside the worker, and a queue that delivers until a message is done with."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.now = START
        self.stand = Stand()
        self.stand.allow("acme")
        self.history, self.deployment = FakeHistory(), Deployment()
        self.skew = timedelta()
        """How far the next worker's clock is wrong."""

    async def put(self, message: Message) -> None:
        await self.stand.queues.put(self.queue, message)

    def deliver(self, dies_at: int | None = None) -> tuple[bool, int]:
        """The oldest message to a new worker: whether it lived, and how many steps it took."""
        stored = self.stand.queues.queues[self.queue][0]
        self.now += timedelta(seconds=stored.delay)
        worker = Worker(dies_at)
        asyncio.set_event_loop(worker)
        try:
            self._start(worker)
            lived = worker.work(self._invoke(as_text(dump(stored.message))))
            if lived:
                self.stand.queues.queues[self.queue].remove(stored)
            return lived, worker.steps
        finally:
            wiring.use(None)
            worker.bury()
            asyncio.set_event_loop(None)

    def waiting(self) -> bool:
        return bool(self.stand.queues.queues.get(self.queue))

    async def _invoke(self, text: str) -> None:
        (function,) = [one for one in indexed() if one.get_function_name() == self.queue.replace("-", "_")]
        await function.get_user_function()(QueueMessage(id="1", body=text.encode(), dequeue_count=1))

    def _start(self, worker: Worker) -> None:
        """A process of its own: only what is outside is the same."""
        stand, clock = self.stand, lambda: self.now + self.skew
        tables, blobs = cast(Any, Wire(worker, stand.tables)), cast(Any, Wire(worker, stand.blobs))
        queues, chat = cast(Any, Wire(worker, stand.queues)), cast(Any, Wire(worker, self.deployment))
        services, history = stand.services, cast(Any, Wire(worker, self.history))
        gateway = Gateway(services.flags, services.credentials, chat, history, services.settings)
        wiring.use(
            replace(
                services,
                gateway=gateway,
                meaning=OrganizationMeaning(gateway),
                queues=queues,
                blobs=blobs,
                catalogue=Catalogue(blobs),
                mappings=MappingStore(tables, blobs, clock),
                reviews=Reviews(blobs),
                claims=Claims(tables, clock),
                failures=Failures(tables, blobs, queues),
                policies=OrganizationSettings(tables, services.settings.samples),
                processor=cast(Any, at_once),
                value_jobs=ValueJobs(tables, blobs, clock),
                value_sizes=BatchSizes(),
                value_answers=KnownAnswers(tables),
            )
        )

    def rows(self, table: str = "Mappings") -> list[str]:
        return [row.text("State") or "" for key, row in self.stand.tables.rows.items() if key[0] == table]

    def blobs(self, container: str) -> list[bytes]:
        return [blob.content for (where, _), blob in self.stand.blobs.blobs.items() if where == container]

    def told(self) -> list[Message]:
        return self.stand.queues.messages("mapping-results")

    def attempts(self) -> set[str]:
        return {row.attempt_id for row in self.history.attempts}

    def outcomes(self) -> dict[str, HistoryRow]:
        return {row.attempt_id: row for row in self.history.outcomes}


async def at_once(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """In no thread: every run takes the same steps."""
    await asyncio.sleep(0)
    return function(*arguments, **named)
