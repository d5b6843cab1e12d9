"""Tables and blobs in memory, with the ETag rules of the real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from itertools import count

from shared.errors import StorageUnavailable
from shared.storage import Blob, BlobVersion, Row, Value


class FakeTables:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.written: dict[tuple[str, str, str], datetime] = {}
        self.now = lambda: datetime.now(UTC)
        self.away = False
        self.broken: set[str] = set()
        """Tables that cannot be reached though the others can."""
        self._versions = count(1)

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        self._reach(table)
        return self.rows.get((table, partition, key))

    async def between(
        self, table: str, partition: str, *, above: str, below: str, top: int
    ) -> tuple[tuple[str, Row], ...]:
        self._reach(table)
        found = sorted(
            (key, row)
            for (in_table, in_partition, key), row in self.rows.items()
            if (in_table, in_partition) == (table, partition) and above < key < below
        )
        return tuple(found[:top])

    async def insert(self, table: str, partition: str, key: str, values: Mapping[str, Value]) -> str | None:
        self._reach(table)
        return None if (table, partition, key) in self.rows else self._write(table, partition, key, values)

    async def put(
        self, table: str, partition: str, key: str, values: Mapping[str, Value], *, etag: str | None = None
    ) -> str | None:
        self._reach(table)
        row = self.rows.get((table, partition, key))
        if etag is not None and (row is None or row.etag != etag):
            return None
        return self._write(table, partition, key, values)

    async def delete(self, table: str, partition: str, key: str, *, etag: str | None = None) -> bool:
        self._reach(table)
        row = self.rows.get((table, partition, key))
        if row and etag is not None and row.etag != etag:
            return False
        self.rows.pop((table, partition, key), None)
        return True

    def _write(self, table: str, partition: str, key: str, values: Mapping[str, Value]) -> str:
        etag = f'W/"{next(self._versions)}"'
        self.rows[table, partition, key] = Row(dict(values), etag)
        self.written[table, partition, key] = self.now()
        return etag

    def _reach(self, table: str) -> None:
        if self.away or table in self.broken:
            raise StorageUnavailable("The app's storage account cannot be reached. Try again.", retry_after=5)


class FakeBlobs:
    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], Blob] = {}
        self.written: dict[tuple[str, str], datetime] = {}
        self.now = lambda: datetime.now(UTC)
        self.away = False
        self.downloads = 0
        self._versions = count(1)

    async def get(self, container: str, name: str, *, known: Blob | None = None) -> Blob | None:
        self._reach()
        blob = self.blobs.get((container, name))
        if blob and known and blob.etag == known.etag:
            return known
        self.downloads += blob is not None
        return blob

    async def put(
        self, container: str, name: str, content: bytes, content_type: str, *, over: str | None = None
    ) -> str | None:
        self._reach()
        blob = self.blobs.get((container, name))
        if over is not None and over != (blob.etag if blob else ""):
            return None
        etag = f'"{next(self._versions)}"'
        self.blobs[container, name] = Blob(content, etag)
        self.written[container, name] = self.now()
        return etag

    async def write(self, container: str, name: str, parts: AsyncIterator[bytes], content_type: str) -> None:
        content = b"".join([part async for part in parts])
        await self.put(container, name, content, content_type)

    async def delete(self, container: str, name: str) -> None:
        self._reach()
        self.blobs.pop((container, name), None)

    async def names(self, container: str, prefix: str) -> list[str]:
        self._reach()
        return sorted(name for where, name in self.blobs if where == container and name.startswith(prefix))

    async def version(self, container: str, name: str) -> BlobVersion | None:
        self._reach()
        blob = self.blobs.get((container, name))
        return BlobVersion(blob.etag, len(blob.content)) if blob else None

    async def part(self, container: str, name: str, version: BlobVersion, start: int, length: int) -> bytes | None:
        self._reach()
        blob = self.blobs.get((container, name))
        if blob is None or blob.etag != version.etag:
            return None
        return blob.content[start : start + length]

    def _reach(self) -> None:
        if self.away:
            raise StorageUnavailable("The app's storage account cannot be reached. Try again.", retry_after=5)
