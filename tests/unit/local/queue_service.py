"""A queue service small enough to read: visibility, pop receipts and dequeue counts behind the client's methods."""

import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError
from azure.storage.queue import QueueMessage


@dataclass
class Stored:
    content: str
    visible_at: float = 0
    dequeue_count: int = 0
    receipt: str = ""


@dataclass
class FakeQueue:
    """Stands in for azure.storage.queue.aio.QueueClient."""

    queue_name: str
    exists: bool = True
    away: bool = False
    stored: dict[str, Stored] = field(default_factory=dict)
    updates: list[int] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=itertools.count)  # type: ignore[type-arg]

    async def send_message(self, content: str, time_to_live: int | None = None) -> None:
        if not self.exists:
            raise ResourceNotFoundError
        self.stored[f"m{next(self._numbers)}"] = Stored(content)

    async def create_queue(self) -> None:
        self.exists = True

    async def receive_messages(
        self, messages_per_page: int, max_messages: int, visibility_timeout: int
    ) -> AsyncIterator[QueueMessage]:
        if self.away:
            raise ServiceRequestError("away")
        if not self.exists:
            raise ResourceNotFoundError
        now = time.monotonic()
        visible = [(name, one) for name, one in self.stored.items() if one.visible_at <= now][:max_messages]
        for name, one in visible:
            one.visible_at, one.receipt = now + visibility_timeout, f"r{next(self._numbers)}"
            one.dequeue_count += 1
            message = QueueMessage(content=one.content, id=name, pop_receipt=one.receipt)
            message.dequeue_count = one.dequeue_count
            message.inserted_on = datetime.now(UTC)
            yield message

    async def update_message(self, name: str, pop_receipt: str, visibility_timeout: int) -> SimpleNamespace:
        one = self._held(name, pop_receipt)
        self.updates.append(visibility_timeout)
        one.visible_at, one.receipt = time.monotonic() + visibility_timeout, f"r{next(self._numbers)}"
        return SimpleNamespace(pop_receipt=one.receipt)

    async def delete_message(self, name: str, pop_receipt: str) -> None:
        self._held(name, pop_receipt)
        del self.stored[name]

    async def close(self) -> None:
        return None

    def _held(self, name: str, pop_receipt: str) -> Stored:
        if name not in self.stored or self.stored[name].receipt != pop_receipt:
            raise ResourceNotFoundError
        return self.stored[name]
