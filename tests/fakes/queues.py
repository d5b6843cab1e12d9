"""Queues in memory, with claim checks as the real ones make them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import StorageUnavailable
from shared.queue_messages import (
    LARGEST_MESSAGE,
    AlreadyHandled,
    Message,
    UnreadableMessage,
    as_text,
    claim,
    claimed,
    content_of,
    dump,
    load,
    read,
    traced,
)


@dataclass(frozen=True)
class Stored:
    text: str
    delay: float

    @property
    def message(self) -> Message:
        return read(self.text)


class FakeQueues:
    def __init__(self) -> None:
        self.queues: dict[str, list[Stored]] = {}
        self.payloads: dict[str, bytes] = {}
        self.handled: set[str] = set()
        """Payloads that were discarded."""
        self.away = False
        self.payloads_away = False

    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None:
        self._reach(self.away)
        payload = traced(queue, payload)
        content = dump(payload)
        if len(content) > LARGEST_MESSAGE:
            name = uuid.uuid4().hex
            self.payloads[name] = content
            content = dump(claim(name, payload))
        self.queues.setdefault(queue, []).append(Stored(as_text(content), delay_seconds))

    async def open(self, body: bytes | str) -> Message:
        return await self.resolve(read(body))

    async def resolve(self, message: Mapping[str, object]) -> Message:
        blob = claimed(message)
        if blob is None:
            return content_of(message)
        self._reach(self.payloads_away)
        if blob in self.handled:
            raise AlreadyHandled
        if blob not in self.payloads:
            raise UnreadableMessage("the payload is gone")
        return content_of(load(self.payloads[blob]))

    async def discard(self, message: Mapping[str, object]) -> None:
        blob = claimed(message)
        if blob is not None:
            self._reach(self.payloads_away)
            self.payloads.pop(blob, None)
            self.handled.add(blob)

    async def depth(self, queue: str) -> int:
        self._reach(self.away)
        return len(self.queues.get(queue, []))

    def messages(self, queue: str) -> list[Message]:
        return [stored.message for stored in self.queues.get(queue, [])]

    def _reach(self, away: bool) -> None:
        if away:
            raise StorageUnavailable("The app's storage account cannot be reached. Try again.", retry_after=5)
