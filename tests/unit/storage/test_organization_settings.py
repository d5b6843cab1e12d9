"""An organization's own samples policy."""

from __future__ import annotations

import pytest

from shared.errors import StorageUnavailable
from shared.organization_settings import CACHE_SECONDS, TABLE, OrganizationSettings, stricter
from tests.fakes.storage import FakeTables


async def test_its_own_row_wins_over_the_app_setting() -> None:
    tables = FakeTables()
    await tables.put(TABLE, "acme", "samples", {"Value": "masked"})
    policies = OrganizationSettings(tables, "full")
    assert await policies.samples("acme") == "masked"
    assert await policies.samples("other") == "full"


async def test_without_a_row_the_app_setting_counts() -> None:
    assert await OrganizationSettings(FakeTables(), "none").samples("acme") == "none"


@pytest.mark.parametrize("value", ["some", "", 3, " Nothing "])
async def test_a_row_nobody_understands_counts_as_the_strictest(value: str | int) -> None:
    tables = FakeTables()
    await tables.put(TABLE, "acme", "samples", {"Value": value})
    assert await OrganizationSettings(tables).samples("acme") == "none"


async def test_a_change_works_within_seconds() -> None:
    now = 0.0
    tables = FakeTables()
    policies = OrganizationSettings(tables, "full", lambda: now)
    await policies.samples("acme")
    await tables.put(TABLE, "acme", "samples", {"Value": " Masked "})
    assert await policies.samples("acme") == "full"
    now += CACHE_SECONDS
    assert await policies.samples("acme") == "masked"


async def test_a_policy_that_cannot_be_read_permits_nothing() -> None:
    tables = FakeTables()
    tables.away = True
    with pytest.raises(StorageUnavailable):
        await OrganizationSettings(tables).samples("acme")


async def test_many_organizations_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.organization_settings.CACHED_ORGANIZATIONS", 3)
    policies = OrganizationSettings(FakeTables())
    for number in range(10):
        assert await policies.samples(f"org{number}") == "full"


@pytest.mark.parametrize("value", ["30", " 30 ", 30])
async def test_days_may_be_a_text_or_a_number(value: str | int) -> None:
    tables = FakeTables()
    await tables.put(TABLE, "acme", "historyDays", {"Value": value})
    assert await OrganizationSettings(tables).history_days("acme", 90) == 30
    assert await OrganizationSettings(tables).history_days("other", 90) == 90
    assert await OrganizationSettings(tables).history_days("other", None) is None


@pytest.mark.parametrize("value", ["thirty", "", "0", -1, 0, 1.5, True, "36501", "³"])
async def test_days_nobody_understands_delete_nothing_and_are_told(
    value: str | float, caplog: pytest.LogCaptureFixture
) -> None:
    tables = FakeTables()
    await tables.put(TABLE, "acme", "historyDays", {"Value": value})
    assert await OrganizationSettings(tables).history_days("acme", None) is None
    assert await OrganizationSettings(tables).history_days("acme", 90) == 90
    assert "organization_settings.malformed" in caplog.messages


def test_the_stricter_of_two_policies_lets_less_leave() -> None:
    assert stricter("full", "masked") == stricter("masked", "full") == "masked"
    assert stricter("masked", "none") == "none"
