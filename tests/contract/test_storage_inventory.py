"""One suite for the fake inventory and the real one (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.storage_blobs import StorageBlobs
from shared.adapters.storage_inventory import StorageInventory
from shared.adapters.storage_queues import StorageQueues
from shared.adapters.storage_tables import StorageTables
from shared.queue_messages import LARGEST_MESSAGE, claimed, put_back, read
from shared.retention.ports import Inventory, OldBlob, OldRow
from shared.storage import Blobs, Tables
from tests.fakes.inventory import FakeInventory
from tests.fakes.storage import FakeBlobs, FakeTables
from tests.running import connection_string

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Account:
    tables: Tables
    blobs: Blobs
    inventory: Inventory


@pytest.fixture(params=["fake", "azurite"])
async def account(request: pytest.FixtureRequest) -> AsyncIterator[Account]:
    """Pages of two."""
    if request.param == "fake":
        tables, blobs = FakeTables(), FakeBlobs()
        yield Account(tables, blobs, FakeInventory(tables, blobs, page=2))
        return
    connection = connection_string()
    real = (StorageTables.connect(connection), StorageBlobs.connect(connection), StorageInventory.connect(connection))
    real[2].page = 2
    yield Account(*real)
    for client in real:
        await client.close()


@pytest.fixture
def table() -> str:
    """A table that does not exist yet."""
    return f"Contract{uuid.uuid4().hex[:16]}"


async def every_row(account: Account, table: str, before: datetime) -> list[OldRow]:
    found, cursor = [], None
    while True:
        page = await account.inventory.rows(table, before, cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


async def every_blob(account: Account, container: str) -> list[OldBlob]:
    found, cursor = [], None
    while True:
        page = await account.inventory.blobs(container, cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


async def test_there_is_nothing_in_what_does_not_exist(account: Account, table: str, container: str) -> None:
    assert await every_row(account, table, datetime.now(UTC)) == []
    assert await every_blob(account, container) == []


async def test_all_rows_of_all_partitions_come_page_by_page(account: Account, table: str) -> None:
    for number in range(5):
        await account.tables.put(table, f"org{number % 2}", f"k {number} é", {"State": "done", "N": number})
    rows = await every_row(account, table, datetime.now(UTC) + HOUR)
    assert sorted((old.partition, old.key, old.row.number("N")) for old in rows) == sorted(
        (f"org{number % 2}", f"k {number} é", number) for number in range(5)
    )
    assert all(abs(old.written - datetime.now(UTC)) < HOUR for old in rows)


async def test_rows_written_later_are_not_listed(account: Account, table: str) -> None:
    await account.tables.put(table, "acme", "k", {"State": "done"})
    assert await every_row(account, table, datetime.now(UTC) - HOUR) == []


async def test_a_row_is_removed_as_the_version_that_was_seen(account: Account, table: str) -> None:
    await account.tables.put(table, "acme", "k", {"N": 1})
    (seen,) = await every_row(account, table, datetime.now(UTC) + HOUR)
    await account.tables.put(table, "acme", "k", {"N": 2})
    assert not await account.inventory.remove_row(table, seen)
    (now,) = await every_row(account, table, datetime.now(UTC) + HOUR)
    assert await account.inventory.remove_row(table, now)
    await account.inventory.remove_row(table, now)  # gone already: fine
    assert await account.tables.get(table, "acme", "k") is None


async def test_all_blobs_come_page_by_page(account: Account, container: str) -> None:
    names = [f"acme/é {number}/a.json" for number in range(5)]
    for name in names:
        await account.blobs.put(container, name, b"{}", "application/json")
    blobs = await every_blob(account, container)
    assert [old.name for old in blobs] == names
    assert all(abs(old.written - datetime.now(UTC)) < HOUR for old in blobs)


async def test_a_blob_is_removed_as_the_version_that_was_seen(account: Account, container: str) -> None:
    await account.blobs.put(container, "a", b"1", "text/plain")
    (seen,) = await every_blob(account, container)
    await account.blobs.put(container, "a", b"2", "text/plain")
    assert not await account.inventory.remove_blob(container, seen)
    (now,) = await every_blob(account, container)
    assert await account.inventory.remove_blob(container, now)
    await account.inventory.remove_blob(container, now)  # gone already: fine
    assert await account.blobs.get(container, "a") is None


async def test_a_payload_whose_message_is_put_back_counts_as_written_now() -> None:
    queues = StorageQueues.connect(connection_string())
    inventory = StorageInventory.connect(connection_string())
    queue = f"contract-{uuid.uuid4().hex[:16]}"
    await queues.put(queue, {"text": "x" * LARGEST_MESSAGE})
    (text,) = [one.content async for one in queues._queues.get_queue_client(queue).receive_messages()]
    name = claimed(read(text))

    async def written() -> datetime:
        found, cursor = {}, None
        while True:
            page = await inventory.blobs("payloads", cursor)
            found |= {old.name: old.written for old in page.items}
            cursor = page.cursor
            if cursor is None:
                return found[str(name)]

    before = await written()
    await asyncio.sleep(1.1)  # the service tells whole seconds
    await queues.put(queue, put_back(read(text)))
    assert await written() > before
    await queues.discard(read(text))
    await queues.close()
    await inventory.close()
