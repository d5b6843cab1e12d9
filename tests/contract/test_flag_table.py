"""One suite for the fake flag table and the real one (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.errors import FlagsUnavailable
from shared.gateway.ports import FlagRow, FlagTable
from tests.fakes.gateway import FakeFlagTable
from tests.running import connection_string


@pytest.fixture(params=["fake", "azurite"])
async def table(request: pytest.FixtureRequest) -> AsyncIterator[FlagTable]:
    if request.param == "fake":
        yield FakeFlagTable()
        return
    from shared.adapters.flag_table import AzureFlagTable

    made = AzureFlagTable.connect(connection_string())
    yield made
    await made.close()


@pytest.fixture
def organization() -> str:
    return f"contract-{uuid.uuid4().hex[:12]}"


async def test_a_row_that_is_not_there_is_none(table: FlagTable, organization: str) -> None:
    assert await table.read(organization, "AiMapping") is None


@pytest.mark.parametrize("row", [FlagRow(True, "Production"), FlagRow(False, "Beta"), FlagRow(True, "")])
async def test_a_row_reads_as_it_was_written(table: FlagTable, organization: str, row: FlagRow) -> None:
    await table.write(organization, "AiMapping", FlagRow(not row.enabled, "Alpha"))
    await table.write(organization, "AiMapping", row)
    assert await table.read(organization, "AiMapping") == row


async def test_rows_are_apart_by_organization_and_flag(table: FlagTable, organization: str) -> None:
    await table.write(organization, "AiMapping", FlagRow(True, "Production"))
    assert await table.read(organization, "RuleEngine") is None
    assert await table.read(f"{organization}-other", "AiMapping") is None


async def test_each_change_adds_an_audit_row(table: FlagTable, organization: str) -> None:
    first, second = FlagRow(True, "Production"), FlagRow(False, "Production")
    await table.write_audit(organization, "AiMapping", None, first, "c-1")
    await table.write_audit(organization, "AiMapping", first, second, "c-2")
    if isinstance(table, FakeFlagTable):
        assert [(before, after) for _, _, before, after in table.audit] == [(None, first), (first, second)]
        return
    rows = await _audit_rows(organization)
    assert [(row.get("EnabledBefore"), row["EnabledAfter"]) for row in rows] == [(None, True), (True, False)]
    assert [(row["Flag"], row["CorrelationId"]) for row in rows] == [("AiMapping", "c-1"), ("AiMapping", "c-2")]


async def _audit_rows(organization: str) -> list[dict[str, Any]]:
    from azure.data.tables.aio import TableClient

    async with TableClient.from_connection_string(connection_string(), "FlagChanges") as changes:
        found = changes.query_entities("PartitionKey eq @org", parameters={"org": organization})
        return sorted([dict(row) async for row in found], key=lambda row: str(row["RowKey"]))


@pytest.mark.parametrize("enabled", ["true", 1, None])
async def test_only_the_boolean_true_switches_a_flag_on(organization: str, enabled: object) -> None:
    """A row edited by hand with another type stays off."""
    from azure.data.tables.aio import TableClient

    from shared.adapters.flag_table import AzureFlagTable

    text = connection_string()
    made = AzureFlagTable.connect(text)
    await made.write(organization, "AiMapping", FlagRow(True, "Production"))
    async with TableClient.from_connection_string(text, "FeatureFlags") as flags:
        await flags.upsert_entity(
            {"PartitionKey": organization, "RowKey": "AiMapping", "Enabled": enabled, "Status": "Production"},
            mode="replace",  # type: ignore[arg-type]
        )
    row = await made.read(organization, "AiMapping")
    assert row is not None
    assert not row.enabled
    await made.close()


async def test_a_table_that_cannot_be_reached_is_told_apart_from_a_missing_row() -> None:
    from shared.adapters.flag_table import AzureFlagTable

    away = AzureFlagTable.connect(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:9/a;"
    )
    with pytest.raises(FlagsUnavailable):
        await away.read("acme", "AiMapping")
    with pytest.raises(FlagsUnavailable):
        await away.write("acme", "AiMapping", FlagRow(True, "Production"))
    with pytest.raises(FlagsUnavailable):
        await away.write_audit("acme", "AiMapping", None, FlagRow(True, "Production"), "c-1")
    await away.close()
