"""Everything there is in a table or a container, page by page, with when the service says it was last written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from azure.core import MatchConditions
from azure.data.tables import TableEntity
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters import storage_blobs, storage_tables
from shared.adapters.storage_answers import answer
from shared.adapters.storage_network import NETWORK
from shared.adapters.storage_tables import row_of
from shared.retention.ports import BlobPage, OldBlob, OldRow, RowPage

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

PAGE: Final = 500
_BEFORE: Final = "Timestamp lt @before"
_TABLES: Final = {**NETWORK, **storage_tables.LIMITS}


class StorageInventory:
    """Implements ``shared.retention.ports.Inventory``. Make it inside the running loop."""

    def __init__(self, tables: TableServiceClient, blobs: BlobServiceClient) -> None:
        self._tables = tables
        self._blobs = blobs
        self.page = PAGE

    @classmethod
    def connect(cls, connection_string: str) -> StorageInventory:
        """By connection string, as on one machine."""
        return cls(
            TableServiceClient.from_connection_string(connection_string, **_TABLES),
            BlobServiceClient.from_connection_string(connection_string, **storage_blobs.LIMITS),
        )

    @classmethod
    def sign_in(cls, account: str, credential: AsyncTokenCredential) -> StorageInventory:
        """By the account's name and the app's identity."""
        return cls(
            TableServiceClient(f"https://{account}.table.core.windows.net", credential=credential, **_TABLES),
            BlobServiceClient(
                f"https://{account}.blob.core.windows.net", credential=credential, **storage_blobs.LIMITS
            ),
        )

    async def rows(self, table: str, before: datetime, cursor: str | None) -> RowPage:
        client = self._tables.get_table_client(table)

        async def read() -> RowPage:
            found = client.query_entities(_BEFORE, parameters={"before": before}, results_per_page=self.page)
            pages = found.by_page(continuation_token=json.loads(cursor) if cursor else None)
            items = [_old(entity) async for entity in await anext(pages)]
            token = pages.continuation_token  # type: ignore[attr-defined]
            return RowPage(tuple(items), json.dumps(token) if token else None)

        return await answer(read, {404: RowPage((), None)})

    async def blobs(self, container: str, cursor: str | None) -> BlobPage:
        client = self._blobs.get_container_client(container)

        async def read() -> BlobPage:
            pages = client.list_blobs(results_per_page=self.page).by_page(continuation_token=cursor)
            page = await anext(pages)
            items = [OldBlob(blob.name, str(blob.etag), blob.last_modified) async for blob in page]
            token = pages.continuation_token  # type: ignore[attr-defined]
            return BlobPage(tuple(items), token or None)

        return await answer(read, {404: BlobPage((), None)})

    async def remove_row(self, table: str, old: OldRow) -> bool:
        client = self._tables.get_table_client(table)

        async def remove() -> bool:
            await client.delete_entity(
                old.partition, old.key, etag=old.row.etag, match_condition=MatchConditions.IfNotModified
            )
            return True

        return await answer(remove, {404: False, 412: False})

    async def remove_blob(self, container: str, old: OldBlob) -> bool:
        client = self._blobs.get_blob_client(container, old.name)

        async def remove() -> bool:
            await client.delete_blob(etag=old.etag, match_condition=MatchConditions.IfNotModified)
            return True

        return await answer(remove, {404: False, 412: False})

    async def close(self) -> None:
        await self._tables.close()
        await self._blobs.close()


def _old(entity: TableEntity) -> OldRow:
    said = entity.metadata["timestamp"]
    written = datetime.fromisoformat(said.isoformat()) if said else datetime.now(UTC)
    return OldRow(str(entity["PartitionKey"]), str(entity["RowKey"]), row_of(entity), written.astimezone(UTC))
