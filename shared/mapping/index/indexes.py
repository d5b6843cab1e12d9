"""The index of each organization's stored catalogue: vocabularies/{org}/index/{version}.npz, made in the background.

Whoever needs an index gets one: from memory, else from the blob, else made on the spot from the catalogue; in the last
case the background is told, in case its message was lost or the app reads names in another way since.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, ParamSpec, Protocol, TypeVar

from shared.errors import StorageUnavailable
from shared.failure_rows import short_hash
from shared.mapping.catalogue import CONTAINER, Catalogue
from shared.mapping.stored_catalogue import StoredCatalogue
from shared.storage import Blob

if TYPE_CHECKING:
    from shared.mapping.index.catalogue_index import CatalogueIndex

log = logging.getLogger(__name__)

QUEUE: Final = "vocabulary-index"
CACHED_BYTES: Final = 200_000_000
"""Of indices kept in memory over all organizations; the one used last stays, whatever its size."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Store(Protocol):
    async def get(self, container: str, name: str, *, known: Blob | None = None) -> Blob | None: ...

    async def put(
        self, container: str, name: str, content: bytes, content_type: str, *, over: str | None = None
    ) -> str | None: ...

    async def delete(self, container: str, name: str) -> None: ...

    async def names(self, container: str, prefix: str) -> list[str]: ...


class Queues(Protocol):
    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None: ...


class Compute(Protocol):
    async def __call__(
        self, function: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Result: ...


class Indexes:
    def __init__(self, catalogue: Catalogue, blobs: Store, queues: Queues, most_bytes: int = CACHED_BYTES) -> None:
        self._catalogue = catalogue
        self._blobs = blobs
        self._queues = queues
        self._most_bytes = most_bytes
        self._cached: OrderedDict[str, tuple[str, CatalogueIndex]] = OrderedDict()
        self._making: dict[str, asyncio.Lock] = {}
        """For requests; and for messages, which are no reason for a request to wait."""
        self._background: dict[str, asyncio.Lock] = {}

    async def current(self, organization: str) -> CatalogueIndex:
        """The index of the catalogue as it is now; one of no vocabularies where none is stored.

        Raises StorageUnavailable."""
        stored = await self._catalogue.read(organization)
        async with self._making.setdefault(organization, asyncio.Lock()):
            cached = self._cached.get(organization)
            if cached and cached[0] == stored.version:
                self._remember(organization, *cached)
                return cached[1]
            index = await self._read(organization, stored)
            if index is None:
                index = await asyncio.to_thread(_make, stored)
                await self._tell(organization, stored.version)
            self._remember(organization, stored.version, index)
        return index

    async def request(self, organization: str, version: str, delay_seconds: float = 0) -> None:
        """Have that version of the catalogue indexed in the background. Raises StorageUnavailable."""
        message = {"organizationId": organization, "version": version}
        await self._queues.put(QUEUE, message, delay_seconds)

    async def is_ready(self, organization: str, stored: StoredCatalogue) -> bool:
        """Whether the index of that version is stored. Raises StorageUnavailable."""
        name = _name(organization, stored.version)
        return name in await self._blobs.names(CONTAINER, name)

    async def make(self, organization: str, compute: Compute) -> None:
        """Index the catalogue as it is now and take away what older ones left; nothing where that has been done.

        A version that was replaced meanwhile is left to the message of the newer one. Raises StorageUnavailable."""
        async with self._background.setdefault(organization, asyncio.Lock()):
            await self._make(organization, compute)

    async def _make(self, organization: str, compute: Compute) -> None:
        from shared.mapping.index.stored_index import MEDIA_TYPE, pack

        stored = await self._catalogue.read(organization)
        if not stored.version or await self.is_ready(organization, stored):
            return
        index = await compute(_make, stored)
        content = await compute(pack, index, stored.version)
        if (await self._catalogue.read(organization)).version != stored.version:
            log.info("index.superseded", extra={"organization": organization})
            return
        await self._blobs.put(CONTAINER, _name(organization, stored.version), content, MEDIA_TYPE)
        self._remember(organization, stored.version, index)
        await self._tidy(organization)
        facts = {"organization": organization, "vocabularies": len(stored.heads), "bytes": len(content)}
        log.info("index.made", extra=facts)

    async def _read(self, organization: str, stored: StoredCatalogue) -> CatalogueIndex | None:
        from shared.mapping.index.stored_index import load

        if not stored.version:
            return None
        blob = await self._blobs.get(CONTAINER, _name(organization, stored.version))
        return await asyncio.to_thread(load, blob.content, stored) if blob else None

    async def _tell(self, organization: str, version: str) -> None:
        if not version:
            return
        try:
            await self.request(organization, version)
        except StorageUnavailable:
            log.warning("index.not_requested", extra={"organization": organization})

    async def _tidy(self, organization: str) -> None:
        """Only what is older than the catalogue as it is now: another worker may have stored a newer index."""
        current = _name(organization, (await self._catalogue.read(organization)).version)
        for name in await self._blobs.names(CONTAINER, f"{organization}/index/"):
            if name != current:
                await self._blobs.delete(CONTAINER, name)

    def _remember(self, organization: str, version: str, index: CatalogueIndex) -> None:
        self._cached[organization] = (version, index)
        self._cached.move_to_end(organization)
        while len(self._cached) > 1 and sum(index.size for _, index in self._cached.values()) > self._most_bytes:
            self._cached.popitem(last=False)


def _make(stored: StoredCatalogue) -> CatalogueIndex:
    from shared.mapping.index.catalogue_index import build

    return build(stored.all(), stored.vocabulary)


def _name(organization: str, version: str) -> str:
    from shared.mapping.index.stored_index import reading

    return f"{organization}/index/{short_hash(f'{version} {reading()}')}.npz"
