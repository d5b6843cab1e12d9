"""Tables FeatureFlags and FlagChanges, over azure-data-tables. A missing table is created at the first write."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from shared.errors import FlagsUnavailable
from shared.gateway.ports import FlagRow

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

FLAGS = "FeatureFlags"
CHANGES = "FlagChanges"
LIMITS: dict[str, Any] = {"retry_total": 1, "retry_backoff_factor": 0.1, "connection_timeout": 1, "read_timeout": 2}
"""Of the SDK's own retries and seconds. The reader gives up after two seconds anyhow."""


class AzureFlagTable:
    """Implements ``ports.FlagTable``. Make it inside the running loop: the client belongs to that loop."""

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._flags = service.get_table_client(FLAGS)
        self._changes = service.get_table_client(CHANGES)

    @classmethod
    def connect(cls, connection_string: str) -> AzureFlagTable:
        """By connection string, as on one machine."""
        return cls(TableServiceClient.from_connection_string(connection_string, **LIMITS))

    @classmethod
    def sign_in(cls, account: str, credential: AsyncTokenCredential) -> AzureFlagTable:
        """By the account's name and the app's identity."""
        endpoint = f"https://{account}.table.core.windows.net"
        return cls(TableServiceClient(endpoint, credential=credential, **LIMITS))

    async def read(self, organization: str, flag: str) -> FlagRow | None:
        """One point read. A missing row or table is None; Enabled counts only as the Boolean true."""
        async with _told():
            try:
                entity = await self._flags.get_entity(organization, flag)
            except ResourceNotFoundError:
                return None
        return FlagRow(entity.get("Enabled") is True, str(entity.get("Status") or ""))

    async def write(self, organization: str, flag: str, row: FlagRow) -> None:
        entity = {"PartitionKey": organization, "RowKey": flag, "Enabled": row.enabled, "Status": row.status}
        await self._upsert(FLAGS, entity)

    async def write_audit(self, organization: str, flag: str, before: FlagRow | None, after: FlagRow) -> None:
        now = datetime.now(UTC)
        entity: dict[str, str | bool | datetime] = {
            "PartitionKey": organization,
            "RowKey": f"{now:%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}",
            "Flag": flag,
            "ChangedAt": now,
            "EnabledAfter": after.enabled,
            "StatusAfter": after.status,
        }
        if before is not None:
            entity |= {"EnabledBefore": before.enabled, "StatusBefore": before.status}
        await self._upsert(CHANGES, entity)

    async def close(self) -> None:
        await self._service.close()

    async def _upsert(self, table: str, entity: Mapping[str, object]) -> None:
        client = self._flags if table == FLAGS else self._changes
        async with _told():
            try:
                await client.upsert_entity(dict(entity), mode=UpdateMode.REPLACE)
            except ResourceNotFoundError:
                await self._create(table)
                await client.upsert_entity(dict(entity), mode=UpdateMode.REPLACE)

    async def _create(self, table: str) -> None:
        try:
            await self._service.create_table(table)
        except ResourceExistsError:
            return  # another worker was first


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    try:
        yield
    except (AzureError, TimeoutError, OSError) as error:
        detail = "The feature flags cannot be read now, so nothing is sent"
        raise FlagsUnavailable(detail, retry_after=2) from error
