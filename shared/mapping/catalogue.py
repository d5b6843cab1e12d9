"""An organization's stored vocabularies: one blob, vocabularies/{org}/catalogue.jsonl.gz.

Read with its ETag, so that an unchanged catalogue is neither sent nor unpacked again; changed by reading, writing over
exactly that version, and starting again when somebody else was faster.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from typing import Final

from shared.errors import StorageUnavailable
from shared.mapping.models import Vocabulary
from shared.mapping.stored_catalogue import MEDIA_TYPE, StoredCatalogue, changed, pack, parse, parse_first
from shared.mapping.validate import duplicate_keys, refuse
from shared.storage import Blob, Blobs

CONTAINER: Final = "vocabularies"
CACHED_BYTES: Final = 100_000_000
"""Of catalogues kept in memory over all organizations; the one used last stays, whatever its size."""
TRIES: Final = 20

Vocabularies = tuple[Vocabulary, ...]


class Catalogue:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._cached: OrderedDict[str, StoredCatalogue] = OrderedDict()

    async def read(self, organization: str) -> StoredCatalogue:
        """The current catalogue, empty where none is stored. Raises StorageUnavailable."""
        cached = self._cached.get(organization)
        known = Blob(b"", cached.version) if cached else None
        blob = await self._blobs.get(CONTAINER, _name(organization), known=known)
        if blob is None and await self._carry_over(organization):
            blob = await self._blobs.get(CONTAINER, _name(organization))
        if blob is None:
            self._cached.pop(organization, None)
            return StoredCatalogue()
        if cached and blob is known:
            self._remember(organization, cached)
            return cached
        stored = await asyncio.to_thread(parse, blob.content, blob.etag)
        self._remember(organization, stored)
        return stored

    async def vocabularies(self, organization: str) -> Vocabularies:
        """All of the current catalogue, read: for who needs every key. Raises StorageUnavailable."""
        stored = await self.read(organization)
        return await asyncio.to_thread(lambda: tuple(stored.all()))

    async def replace(self, organization: str, vocabularies: Vocabularies) -> str:
        """Store a whole catalogue, already validated: its version. Raises StorageUnavailable."""
        content = await asyncio.to_thread(pack, vocabularies)
        return await self._blobs.put(CONTAINER, _name(organization), content, MEDIA_TYPE) or ""

    async def put(self, organization: str, vocabulary: Vocabulary) -> tuple[bool, str]:
        """Add one vocabulary or replace it by its keyPrefix: whether it is new, and the catalogue's version.

        Raises InvalidRequest when another vocabulary has one of its keys, StorageUnavailable."""
        for attempt in range(TRIES):
            before = await self.read(organization)
            await asyncio.to_thread(_refuse_clashes, vocabulary, before)
            version = await self._change(organization, before, vocabulary, vocabulary.key_prefix)
            if version:
                return all(head.key_prefix != vocabulary.key_prefix for head in before.heads), version
            await _spread_out(attempt)
        raise _contended()

    async def remove(self, organization: str, key_prefix: str) -> str | None:
        """Remove one vocabulary: the catalogue's version, None where there was none. Raises StorageUnavailable."""
        for attempt in range(TRIES):
            before = await self.read(organization)
            if all(head.key_prefix != key_prefix for head in before.heads):
                return None
            version = await self._change(organization, before, None, key_prefix)
            if version:
                return version
            await _spread_out(attempt)
        raise _contended()

    async def _change(
        self, organization: str, before: StoredCatalogue, vocabulary: Vocabulary | None, key_prefix: str
    ) -> str | None:
        """The new version, None when somebody else was faster."""
        content = await asyncio.to_thread(changed, before, vocabulary, key_prefix)
        return await self._blobs.put(CONTAINER, _name(organization), content, MEDIA_TYPE, over=before.version)

    async def _carry_over(self, organization: str) -> bool:
        """What the first release stored, a list in one piece, is stored anew, once; False where there is none."""
        first = await self._blobs.get(CONTAINER, f"{organization}/catalogue.json.gz")
        if first is None:
            return False
        content = await asyncio.to_thread(lambda: pack(parse_first(first.content)))
        await self._blobs.put(CONTAINER, _name(organization), content, MEDIA_TYPE, over="")
        await self._blobs.delete(CONTAINER, f"{organization}/catalogue.json.gz")
        return True

    def _remember(self, organization: str, stored: StoredCatalogue) -> None:
        self._cached[organization] = stored
        self._cached.move_to_end(organization)
        while len(self._cached) > 1 and sum(each.size for each in self._cached.values()) > CACHED_BYTES:
            self._cached.popitem(last=False)


def _name(organization: str) -> str:
    return f"{organization}/catalogue.jsonl.gz"


async def _spread_out(attempt: int) -> None:
    """Somebody else was faster: so that not all come again together."""
    await asyncio.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 - not a secret


def _contended() -> StorageUnavailable:
    return StorageUnavailable("The vocabularies are being changed by others. Try again.", retry_after=2)


def _refuse_clashes(vocabulary: Vocabulary, stored: StoredCatalogue) -> None:
    """A key begins with its vocabulary's prefix, so only one whose prefix begins the other's can have the same."""
    own = f"{vocabulary.key_prefix}."
    others = [
        stored.vocabulary(number)
        for number, head in enumerate(stored.heads)
        if head.key_prefix.startswith(own) or own.startswith(f"{head.key_prefix}.")
        if head.key_prefix != vocabulary.key_prefix
    ]
    refuse(duplicate_keys([*others, vocabulary], lambda index: "" if index == len(others) else None))
