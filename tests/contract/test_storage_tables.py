"""One suite for the fake tables and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from shared.errors import StorageUnavailable
from shared.storage import Tables
from tests.fakes.storage import FakeTables
from tests.running import connection_string


@pytest.fixture(params=["fake", "azurite"])
async def tables(request: pytest.FixtureRequest) -> AsyncIterator[Tables]:
    if request.param == "fake":
        yield FakeTables()
        return
    from shared.adapters.storage_tables import StorageTables

    made = StorageTables.connect(connection_string())
    yield made
    await made.close()


@pytest.fixture
def table() -> str:
    """A table that does not exist yet."""
    return f"contract{uuid.uuid4().hex[:16]}"


async def test_what_is_not_there_reads_as_none(tables: Tables, table: str) -> None:
    assert await tables.get(table, "acme", "a") is None


async def test_a_missing_table_is_made_by_the_first_insert(tables: Tables, table: str) -> None:
    etag = await tables.insert(table, "acme", "a", {"Name": "x"})
    row = await tables.get(table, "acme", "a")
    assert row
    assert (row.text("Name"), row.etag) == ("x", etag)


async def test_a_missing_table_is_made_by_the_first_put(tables: Tables, table: str) -> None:
    assert await tables.put(table, "acme", "a", {"Name": "x"})
    assert await tables.get(table, "acme", "a")


async def test_values_come_back_as_they_were(tables: Tables, table: str) -> None:
    time = datetime(2026, 11, 25, 1, 2, 3, 456_000, tzinfo=UTC)
    values = {"Text": "naïve 名前 ' \" \n", "Number": 7, "Flag": False, "Share": 0.5, "Time": time, "Empty": ""}
    await tables.put(table, "acme", "a", values)
    row = await tables.get(table, "acme", "a")
    assert row
    assert dict(row.values) == values | {k: v for k, v in row.values.items() if k in ("PartitionKey", "RowKey")}
    assert type(row.values["Flag"]) is bool
    assert row.time("Time") == time


async def test_a_row_holds_three_long_texts(tables: Tables, table: str) -> None:
    await tables.put(table, "acme", "a", {f"Result{number}": "x" * 30_000 for number in range(3)})
    row = await tables.get(table, "acme", "a")
    assert row
    assert [len(row.text(f"Result{number}") or "") for number in range(3)] == [30_000] * 3


async def test_a_second_insert_changes_nothing(tables: Tables, table: str) -> None:
    await tables.insert(table, "acme", "a", {"Name": "first"})
    assert await tables.insert(table, "acme", "a", {"Name": "second"}) is None
    row = await tables.get(table, "acme", "a")
    assert row
    assert row.text("Name") == "first"


async def test_a_put_replaces_the_whole_row(tables: Tables, table: str) -> None:
    await tables.put(table, "acme", "a", {"Name": "x", "Old": "y"})
    await tables.put(table, "acme", "a", {"Name": "z"})
    row = await tables.get(table, "acme", "a")
    assert row
    assert (row.text("Name"), row.text("Old")) == ("z", None)


async def test_a_put_over_a_version_works_once(tables: Tables, table: str) -> None:
    etag = await tables.insert(table, "acme", "a", {"N": 1})
    assert await tables.put(table, "acme", "a", {"N": 2}, etag=etag)
    assert await tables.put(table, "acme", "a", {"N": 3}, etag=etag) is None
    row = await tables.get(table, "acme", "a")
    assert row
    assert row.number("N") == 2


async def test_a_put_over_a_version_that_is_gone_does_nothing(tables: Tables, table: str) -> None:
    etag = await tables.insert(table, "acme", "a", {"N": 1})
    await tables.delete(table, "acme", "a")
    assert await tables.put(table, "acme", "a", {"N": 2}, etag=etag) is None
    assert await tables.get(table, "acme", "a") is None


async def test_a_delete_of_an_older_version_does_nothing(tables: Tables, table: str) -> None:
    etag = await tables.insert(table, "acme", "a", {"N": 1})
    newer = await tables.put(table, "acme", "a", {"N": 2})
    assert not await tables.delete(table, "acme", "a", etag=etag)
    assert await tables.get(table, "acme", "a")
    assert await tables.delete(table, "acme", "a", etag=newer)
    assert await tables.get(table, "acme", "a") is None


async def test_deleting_what_is_not_there_is_fine(tables: Tables, table: str) -> None:
    assert await tables.delete(table, "acme", "a")
    await tables.insert(table, "acme", "b", {})
    assert await tables.delete(table, "acme", "a")


async def test_organizations_do_not_meet(tables: Tables, table: str) -> None:
    await tables.insert(table, "acme", "a", {"Name": "x"})
    assert await tables.get(table, "acme-2", "a") is None
    assert await tables.get(table, "acm", "ea") is None


async def test_a_range_is_read_by_key_without_its_bounds(tables: Tables, table: str) -> None:
    for key in ("1-c", "1-a", "2-b", "1-b", "1-d"):
        await tables.insert(table, "acme", key, {"Name": key})
    await tables.insert(table, "acme-2", "1-aa", {"Name": "another's"})
    found = await tables.between(table, "acme", above="1-a", below="2", top=10)
    assert [(key, row.text("Name")) for key, row in found] == [(k, k) for k in ("1-b", "1-c", "1-d")]


async def test_a_range_gives_no_more_than_asked_and_versions_that_hold(tables: Tables, table: str) -> None:
    for key in ("a", "b", "c"):
        await tables.insert(table, "acme", key, {})
    found = await tables.between(table, "acme", above="", below="z", top=2)
    assert [key for key, _ in found] == ["a", "b"]
    assert await tables.put(table, "acme", "b", {"N": 1}, etag=found[1][1].etag)


async def test_a_range_of_a_missing_table_is_empty_and_quotes_break_out_of_nothing(tables: Tables, table: str) -> None:
    assert await tables.between(table, "acme", above="", below="z", top=2) == ()
    await tables.insert(table, "acme", "a", {})
    assert await tables.between(table, "acme", above="x' or RowKey eq 'a", below="z", top=2) == ()


@pytest.mark.parametrize("key", ["a/b", "a\\b", "a#b", "a?b", "a\nb", "a\u0085b", "x" * 501])
async def test_a_key_that_was_not_made_safe_is_a_mistake_of_ours(key: str) -> None:
    from shared.adapters.storage_tables import StorageTables

    tables = StorageTables.connect(AWAY)
    with pytest.raises(ValueError, match="hashed or escaped"):
        await tables.get("t", "acme", key)
    await tables.close()


async def test_an_account_that_is_away_is_told() -> None:
    from shared.adapters.storage_tables import StorageTables

    tables = StorageTables.connect(AWAY)
    with pytest.raises(StorageUnavailable) as told:
        await tables.get("t", "acme", "a")
    await tables.close()
    assert told.value.retry_after
    assert "127.0.0.1" not in told.value.detail


AWAY = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;"
    "TableEndpoint=http://127.0.0.1:9/devstoreaccount1;BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;"
)
