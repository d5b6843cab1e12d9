"""Claim checks: payloads too large for a queue message, in container ``payloads`` of the app's own account.

A handled payload is not deleted but emptied to a mark: its message may be delivered again, or lie on the queue twice,
and must then not look like one whose payload got lost. Retention takes the mark away.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters.storage_answers import answer
from shared.queue_messages import LARGEST_PAYLOAD, PAYLOADS, AlreadyHandled, UnreadableMessage

_HANDLED = b"handled"
"""No JSON, so no payload."""


class StoragePayloads:
    def __init__(self, service: BlobServiceClient) -> None:
        self._container = service.get_container_client(PAYLOADS)

    async def keep(self, content: bytes) -> str:
        """Store a payload under the day and a random name, which is returned. Raises StorageUnavailable."""
        name = f"{datetime.now(UTC):%Y/%m/%d}/{uuid.uuid4().hex}.json"

        async def upload() -> None:
            try:
                await self._container.upload_blob(name, content)
            except ResourceNotFoundError:
                await self._create()
                await self._container.upload_blob(name, content)

        await answer(upload, {})
        return name

    async def fetch(self, name: str) -> bytes:
        """Raises UnreadableMessage where there is none or it is above LARGEST_PAYLOAD, AlreadyHandled where it was
        discarded, StorageUnavailable."""

        async def download() -> bytes | None:
            stream = await self._container.download_blob(name)
            if stream.size > LARGEST_PAYLOAD:
                raise UnreadableMessage("the payload is too large")
            return await stream.readall()

        found = await answer(download, {404: None})
        if found is None:
            raise UnreadableMessage("the payload is gone")
        if found == _HANDLED:
            raise AlreadyHandled
        return found

    async def touch(self, name: str) -> None:
        """Its message still waits: it counts as written now. Raises StorageUnavailable."""

        async def mark() -> None:
            await self._container.get_blob_client(name).set_blob_metadata({})

        await answer(mark, {404: None})

    async def discard(self, name: str) -> None:
        """Leave nothing of a payload but that it was handled. Raises StorageUnavailable."""

        async def mark() -> None:
            await self._container.upload_blob(name, _HANDLED, overwrite=True)

        await answer(mark, {404: None})

    async def _create(self) -> None:
        try:
            await self._container.create_container()
        except ResourceExistsError:
            return
