"""What the product needs of a storage account's tables and blobs. Adapters implement it, tests fake it.

Rows are read by their whole key, or as a range of keys within one partition: there is no filter anywhere for a name to
break out of, and a row of one organization (its PartitionKey) cannot be reached with the name of another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Value = str | int | bool | float | datetime
"""What a table property may hold here: text up to 32,000 characters, a 32-bit number, a time with its zone."""


@dataclass(frozen=True)
class Row:
    """One table row, without its keys."""

    values: Mapping[str, Value]
    etag: str

    def text(self, name: str) -> str | None:
        """A property that holds text, None where it is missing or something else."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def time(self, name: str) -> datetime | None:
        """A property that holds a time, None where it is missing or something else."""
        value = self.values.get(name)
        return value if isinstance(value, datetime) else None

    def number(self, name: str) -> int:
        """A property that holds a whole number, 0 where it is missing or something else."""
        value = self.values.get(name)
        return value if isinstance(value, int) else 0


@dataclass(frozen=True)
class Blob:
    content: bytes
    etag: str


class Tables(Protocol):
    """Every call raises StorageUnavailable when the account cannot be reached."""

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        """One row, None where there is none."""

    async def between(
        self, table: str, partition: str, *, above: str, below: str, top: int
    ) -> tuple[tuple[str, Row], ...]:
        """Key and row of the first ``top`` (at most 1,000) whose keys lie between the two, both exclusive, by key."""

    async def insert(self, table: str, partition: str, key: str, values: Mapping[str, Value]) -> str | None:
        """Add a row that is not there yet: its ETag, or None when it was there already."""

    async def put(
        self, table: str, partition: str, key: str, values: Mapping[str, Value], *, etag: str | None = None
    ) -> str | None:
        """Write a whole row over whatever is there or, with an ETag, only over that version: the new ETag, or None
        when the row has changed or gone."""

    async def delete(self, table: str, partition: str, key: str, *, etag: str | None = None) -> bool:
        """Remove a row, or only that version of it. False when it has changed; removing what is not there is fine."""


class Blobs(Protocol):
    """Every call raises StorageUnavailable when the account cannot be reached."""

    async def get(self, container: str, name: str, *, known: Blob | None = None) -> Blob | None:
        """A whole blob, None where there is none; ``known`` itself when it is still the current version."""

    async def put(
        self, container: str, name: str, content: bytes, content_type: str, *, over: str | None = None
    ) -> str | None:
        """Write a whole blob over whatever is there or, with ``over``, only over that ETag ("" for no blob at all):
        the new ETag, or None when it has changed."""

    async def delete(self, container: str, name: str) -> None:
        """Remove a blob; removing what is not there is fine."""

    async def names(self, container: str, prefix: str) -> list[str]:
        """The names of all blobs that begin so, in order; none where there is no such container."""


class BlobWriter(Protocol):
    """Blobs too large for memory, written."""

    async def write(self, container: str, name: str, parts: AsyncIterator[bytes], content_type: str) -> None:
        """Write a whole blob over whatever is there, as its parts come. Raises StorageUnavailable, and what the parts
        raise: then what was there stays."""


@dataclass(frozen=True)
class BlobVersion:
    """One version of a blob: an ETag names its content for good. ``size`` in bytes."""

    etag: str
    size: int


class Files(Protocol):
    """Blobs too large for memory, in parts. Every call raises StorageUnavailable when the account cannot be reached."""

    async def version(self, container: str, name: str) -> BlobVersion | None:
        """The current version, None where there is no such blob."""

    async def part(self, container: str, name: str, version: BlobVersion, start: int, length: int) -> bytes | None:
        """Some bytes of that version, ``length`` of them (1 or more, within its size). None when it has changed or
        gone meanwhile."""
