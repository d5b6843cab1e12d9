"""Tables FeatureFlags and FlagChanges of the storage account. A missing table is created at the first write."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.storage_tables import StorageTables
from shared.errors import FlagsUnavailable, StorageUnavailable
from shared.gateway.ports import FlagRow
from shared.storage import Value

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

FLAGS = "FeatureFlags"
CHANGES = "FlagChanges"
LIMITS: dict[str, Any] = {"retry_total": 1, "retry_backoff_factor": 0.1, "connection_timeout": 1, "read_timeout": 2}
"""Of the SDK's own retries and seconds. The reader gives up after two seconds anyhow."""


class AzureFlagTable:
    """Implements ``ports.FlagTable``. Make it inside the running loop: the client belongs to that loop."""

    def __init__(self, tables: StorageTables) -> None:
        self._tables = tables

    @classmethod
    def connect(cls, connection_string: str) -> AzureFlagTable:
        """By connection string, as on one machine."""
        return cls(StorageTables.connect(connection_string, LIMITS))

    @classmethod
    def sign_in(cls, account: str, credential: AsyncTokenCredential) -> AzureFlagTable:
        """By the account's name and the app's identity."""
        return cls(StorageTables.sign_in(account, credential, LIMITS))

    async def read(self, organization: str, flag: str) -> FlagRow | None:
        """One point read. A missing row or table is None; Enabled counts only as the Boolean true."""
        with _told():
            row = await self._tables.get(FLAGS, organization, flag)
        if row is None:
            return None
        return FlagRow(row.values.get("Enabled") is True, str(row.values.get("Status") or ""))

    async def write(self, organization: str, flag: str, row: FlagRow) -> None:
        with _told():
            await self._tables.put(FLAGS, organization, flag, {"Enabled": row.enabled, "Status": row.status})

    async def write_audit(
        self, organization: str, flag: str, before: FlagRow | None, after: FlagRow, correlation_id: str
    ) -> None:
        now = datetime.now(UTC)
        change: dict[str, Value] = {
            "Flag": flag,
            "ChangedAt": now,
            "CorrelationId": correlation_id,
            "EnabledAfter": after.enabled,
            "StatusAfter": after.status,
        }
        if before is not None:
            change |= {"EnabledBefore": before.enabled, "StatusBefore": before.status}
        with _told():
            await self._tables.put(CHANGES, organization, f"{now:%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}", change)

    async def close(self) -> None:
        await self._tables.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StorageUnavailable as error:
        detail = "The feature flags cannot be read now, so nothing is sent"
        raise FlagsUnavailable(detail, retry_after=2) from error
