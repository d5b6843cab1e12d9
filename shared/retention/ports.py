"""What retention needs of the storage account: everything there is of a kind, with when it was last written.

That time is the storage service's own, so that no worker's wrong clock makes anything look old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.storage import Row


@dataclass(frozen=True)
class OldRow:
    partition: str
    key: str
    row: Row
    written: datetime


@dataclass(frozen=True)
class OldBlob:
    name: str
    etag: str
    written: datetime


@dataclass(frozen=True)
class RowPage:
    items: tuple[OldRow, ...]
    cursor: str | None
    """Where the next page begins; None after the last one."""


@dataclass(frozen=True)
class BlobPage:
    items: tuple[OldBlob, ...]
    cursor: str | None


class Inventory(Protocol):
    """Every call raises StorageUnavailable when the account cannot be reached."""

    async def rows(self, table: str, before: datetime, cursor: str | None) -> RowPage:
        """Rows of all partitions last written before that time. Nothing where there is no such table."""

    async def blobs(self, container: str, cursor: str | None) -> BlobPage:
        """All blobs of a container, by name. Nothing where there is no such container."""

    async def remove_row(self, table: str, old: OldRow) -> bool:
        """False when it has been written since, and so stays. One that is gone already is fine."""

    async def remove_blob(self, container: str, old: OldBlob) -> bool:
        """As ``remove_row``."""
