"""An organization's stored vocabularies: one gzip blob, vocabularies/{org}/catalogue.json.gz.

Read with its ETag, so that an unchanged catalogue is neither sent nor parsed again; changed by reading, writing over
exactly that version, and starting again when somebody else was faster.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter

from shared.errors import StorageUnavailable
from shared.mapping.models import Vocabulary
from shared.mapping.validate import duplicate_keys, refuse
from shared.storage import Blob, Blobs

CONTAINER: Final = "vocabularies"
CACHED_KEYS: Final = 200_000
"""Vocabulary keys kept in memory over all organizations; some 1.5 KB each."""
TRIES: Final = 20

Vocabularies = tuple[Vocabulary, ...]
_LIST: Final = TypeAdapter(Vocabularies)


@dataclass(frozen=True)
class StoredCatalogue:
    vocabularies: Vocabularies
    """Sorted by keyPrefix. The same object as long as nothing changed: what is derived from it may be cached by it."""
    blob: Blob | None = field(default=None, repr=False)

    def find(self, key_prefix: str) -> Vocabulary | None:
        """The vocabulary with exactly this keyPrefix."""
        return next((v for v in self.vocabularies if v.key_prefix == key_prefix), None)


class Catalogue:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._cached: OrderedDict[str, StoredCatalogue] = OrderedDict()

    async def read(self, organization: str) -> StoredCatalogue:
        """The current catalogue, empty where none is stored. Raises StorageUnavailable."""
        cached = self._cached.get(organization)
        known = cached.blob if cached else None
        blob = await self._blobs.get(CONTAINER, _name(organization), known=known)
        if blob is None:
            self._cached.pop(organization, None)
            return StoredCatalogue(())
        if cached and blob is known:
            self._cached.move_to_end(organization)
            return cached
        stored = StoredCatalogue(await asyncio.to_thread(_parse, blob.content), blob)
        self._remember(organization, stored)
        return stored

    async def replace(self, organization: str, vocabularies: Vocabularies) -> None:
        """Store a whole catalogue, already validated. Raises StorageUnavailable."""
        await self._blobs.put(CONTAINER, _name(organization), await asyncio.to_thread(_pack, vocabularies), _TYPE)

    async def put(self, organization: str, vocabulary: Vocabulary) -> bool:
        """Add one vocabulary or replace it by its keyPrefix; True when it is new.

        Raises InvalidRequest when another vocabulary has one of its keys, StorageUnavailable."""
        existed = False

        def change(before: Vocabularies) -> Vocabularies:
            nonlocal existed
            existed = any(v.key_prefix == vocabulary.key_prefix for v in before)
            others = [v for v in before if v.key_prefix != vocabulary.key_prefix]
            _refuse_clashes(vocabulary, others)
            return (*others, vocabulary)

        await self._change(organization, change)
        return not existed

    async def remove(self, organization: str, key_prefix: str) -> bool:
        """Remove one vocabulary; False where there was none. Raises StorageUnavailable."""
        if (await self.read(organization)).find(key_prefix) is None:
            return False
        await self._change(organization, lambda before: tuple(v for v in before if v.key_prefix != key_prefix))
        return True

    async def _change(self, organization: str, change: Callable[[Vocabularies], Vocabularies]) -> None:
        for attempt in range(TRIES):
            stored = await self.read(organization)
            content = await asyncio.to_thread(_pack, change(stored.vocabularies))
            version = stored.blob.etag if stored.blob else ""
            if await self._blobs.put(CONTAINER, _name(organization), content, _TYPE, over=version):
                return
            # Somebody else was faster: spread out, so that not all come again together.
            await asyncio.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 - not a secret
        raise StorageUnavailable("The vocabularies are being changed by others. Try again.", retry_after=2)

    def _remember(self, organization: str, stored: StoredCatalogue) -> None:
        self._cached[organization] = stored
        self._cached.move_to_end(organization)
        while len(self._cached) > 1 and sum(map(_size, self._cached.values())) > CACHED_KEYS:
            self._cached.popitem(last=False)


_TYPE: Final = "application/gzip"


def _name(organization: str) -> str:
    return f"{organization}/catalogue.json.gz"


def _size(stored: StoredCatalogue) -> int:
    return sum(len(v.keys) + 1 for v in stored.vocabularies)


def _pack(vocabularies: Vocabularies) -> bytes:
    ordered = tuple(sorted(vocabularies, key=lambda v: v.key_prefix))
    return gzip.compress(_LIST.dump_json(ordered, by_alias=True, exclude_defaults=True), compresslevel=5, mtime=0)


def _parse(content: bytes) -> Vocabularies:
    # One at a time: a thread holds the interpreter for the whole of one validation, and others want to run meanwhile.
    return tuple(Vocabulary.model_validate(item) for item in json.loads(gzip.decompress(content)))


def _refuse_clashes(vocabulary: Vocabulary, others: list[Vocabulary]) -> None:
    refuse(duplicate_keys([*others, vocabulary], lambda index: "" if index == len(others) else None))
