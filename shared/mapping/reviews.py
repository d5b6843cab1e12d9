"""What an organization's stewards decided: one gzip blob, reviews/{org}/reviews.json.gz, and never another's.

It stays until it is forgotten; mappings themselves go after 30 days. Read at most every 3 seconds, with its ETag, so
that a review and its withdrawal work within seconds in every worker, and at once in the one that was told. Changed by
reading, writing over exactly that version, and starting again when another worker was faster.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from shared.errors import StorageUnavailable
from shared.gateway.reads import Reads
from shared.mapping.review import Memory, Review, UnreadableReviews, pack, unpack
from shared.storage import Blob, Blobs

CONTAINER: Final = "reviews"
MAX_AGE: Final = 3.0
"""Seconds."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one organization's reviews as JSON, some 150,000 decisions: past it the oldest reviews go."""
ORGANIZATIONS: Final = 200
"""Kept in memory."""
TRIES: Final = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    memory: Memory
    version: Blob | None = field(repr=False)
    """Without its content."""


class Reviews:
    def __init__(self, blobs: Blobs, clock: Callable[[], float] = time.monotonic, most_bytes: int = MOST_BYTES) -> None:
        self._blobs = blobs
        self._clock = clock
        self._most = most_bytes
        self._known: Reads[str, _Known] = Reads(self._read, clock, ORGANIZATIONS)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(self, organization: str, max_age: float = MAX_AGE) -> Memory:
        """The organization's reviews, at most so many seconds old. Raises StorageUnavailable."""
        return (await self._known.get(organization, self._clock() - max_age)).value.memory

    async def keep(self, organization: str, review: Review) -> int:
        """Keep a review as the newest, in place of an earlier one of the same mapping.

        Returns how many of the oldest reviews had to go. Raises StorageUnavailable."""
        return await self._change(organization, lambda before: (*_without(before, review.mapping_id), review))

    async def forget(self, organization: str, mapping_id: str) -> bool:
        """Forget the review of one mapping; False where there is none. Raises StorageUnavailable."""
        if (await self.read(organization, 0)).of(mapping_id) is None:
            return False
        await self._change(organization, lambda before: _without(before, mapping_id))
        return True

    async def _change(self, organization: str, change: Callable[[tuple[Review, ...]], tuple[Review, ...]]) -> int:
        turn = self._turns.setdefault(organization, asyncio.Lock())
        async with turn:
            for attempt in range(TRIES):
                known = (await self._known.get(organization, self._clock())).value
                content, dropped = await asyncio.to_thread(pack, change(known.memory.reviews), self._most)
                version = known.version.etag if known.version else ""
                try:
                    written = await self._blobs.put(CONTAINER, _name(organization), content, _TYPE, over=version)
                finally:
                    self._known.forget(organization)
                if written:
                    return dropped
                # Another worker was faster: spread out, so that not all come again together.
                await asyncio.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 - not a secret
        raise StorageUnavailable("The reviews are being changed by others. Try again.", retry_after=2)

    async def _read(self, organization: str) -> _Known:
        last = self._known.kept(organization)
        version = last.value.version if last else None
        blob = await self._blobs.get(CONTAINER, _name(organization), known=version)
        if blob is None:
            return _Known(Memory(), None)
        if last and blob is version:
            return last.value
        try:
            memory = await asyncio.to_thread(unpack, blob.content)
        except UnreadableReviews as error:
            log.error("reviews.unreadable", extra={"organization": organization, "reason": str(error)})
            raise StorageUnavailable("The organization's reviews cannot be read.", retry_after=30) from None
        return _Known(memory, Blob(b"", blob.etag))


_TYPE: Final = "application/gzip"


def _name(organization: str) -> str:
    return f"{organization}/reviews.json.gz"


def _without(reviews: tuple[Review, ...], mapping_id: str) -> tuple[Review, ...]:
    return tuple(review for review in reviews if review.mapping_id != mapping_id)
