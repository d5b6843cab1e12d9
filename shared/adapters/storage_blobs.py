"""Blobs of the storage account, over azure-storage-blob. A missing container is created on the first 404."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TypedDict

from azure.core import MatchConditions
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from shared.adapters.storage_answers import answer
from shared.adapters.storage_network import NETWORK
from shared.storage import Blob, BlobVersion

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

LIMITS: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0,
    "increment_base": 1,
    "random_jitter_range": 1,
    "connection_timeout": 3,
    "read_timeout": 20,
    **NETWORK,
}
"""Of the SDK's own retries and seconds: an account that is away is told within some seconds, not minutes."""


class Condition(TypedDict, total=False):
    etag: str
    match_condition: MatchConditions
    overwrite: bool


class StorageBlobs:
    """Implements ``shared.storage.Blobs``. Make it inside the running loop: the client belongs to that loop."""

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service

    @classmethod
    def connect(cls, connection_string: str) -> StorageBlobs:
        """By connection string, as on one machine."""
        return cls(BlobServiceClient.from_connection_string(connection_string, **LIMITS))

    @classmethod
    def sign_in(cls, account: str, credential: AsyncTokenCredential) -> StorageBlobs:
        """By the account's name and the app's identity."""
        endpoint = f"https://{account}.blob.core.windows.net"
        return cls(BlobServiceClient(endpoint, credential=credential, **LIMITS))

    async def get(self, container: str, name: str, *, known: Blob | None = None) -> Blob | None:
        condition = _changed_since(known.etag) if known else Condition()

        async def download() -> Blob | None:
            stream = await self._client(container, name).download_blob(**condition)
            return Blob(await stream.readall(), str(stream.properties.etag))

        return await answer(download, {404: None, 304: known})

    async def put(
        self, container: str, name: str, content: bytes, content_type: str, *, over: str | None = None
    ) -> str | None:
        condition = _version(over)

        async def upload() -> str | None:
            made = await self._client(container, name).upload_blob(
                content, content_settings=ContentSettings(content_type=content_type), **condition
            )
            return str(made["etag"])

        changed = {409: None, 412: None} if over is not None else {}
        made = await answer(upload, {**changed, 404: ""})
        if made != "":
            return made
        await self._create(container)
        return await answer(upload, changed)

    async def write(self, container: str, name: str, parts: AsyncIterator[bytes], content_type: str) -> None:
        """In blocks of 4 MB: in memory there are no more than two."""
        await self._create(container)

        async def upload() -> None:
            settings = ContentSettings(content_type=content_type)
            await self._client(container, name).upload_blob(
                parts, overwrite=True, content_settings=settings, max_concurrency=1
            )

        await answer(upload, {})

    async def delete(self, container: str, name: str) -> None:
        async def remove() -> None:
            await self._client(container, name).delete_blob()

        await answer(remove, {404: None})

    async def names(self, container: str, prefix: str) -> list[str]:
        async def read() -> list[str]:
            found = self._service.get_container_client(container).list_blob_names(name_starts_with=prefix)
            return [name async for name in found]

        return await answer(read, {404: []})

    async def version(self, container: str, name: str) -> BlobVersion | None:
        async def read() -> BlobVersion | None:
            found = await self._client(container, name).get_blob_properties()
            return BlobVersion(str(found.etag), int(found.size))

        return await answer(read, {404: None})

    async def part(self, container: str, name: str, version: BlobVersion, start: int, length: int) -> bytes | None:
        """Each part on the condition that the blob still is that version. The SDK's own stream would hold the first
        32 MB in memory."""

        async def read() -> bytes | None:
            stream = await self._client(container, name).download_blob(
                start, length, etag=version.etag, match_condition=MatchConditions.IfNotModified
            )
            return await stream.readall()

        return await answer(read, {404: None, 412: None})

    async def close(self) -> None:
        await self._service.close()

    def _client(self, container: str, name: str) -> BlobClient:
        return self._service.get_blob_client(container, name)

    async def _create(self, container: str) -> None:
        async def create() -> None:
            await self._service.create_container(container)

        await answer(create, {409: None})


def _changed_since(etag: str) -> Condition:
    return {"etag": etag, "match_condition": MatchConditions.IfModified}


def _version(over: str | None) -> Condition:
    if over is None:
        return {"overwrite": True}
    if over == "":
        return {"overwrite": False}
    return {"overwrite": True, "etag": over, "match_condition": MatchConditions.IfNotModified}
