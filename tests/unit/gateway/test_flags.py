"""Flags are closed by default, at most three seconds old, and read once for all who ask at the same time."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import FeatureDisabled, FlagsUnavailable
from shared.gateway.flags import Flags
from shared.gateway.ports import FlagRow
from shared.gateway.records import Feature
from tests.fakes.deployment import SlowFlagTable

MAPPING, RULES = Feature.AI_MAPPING, Feature.RULE_ENGINE


def made(table: SlowFlagTable, production: bool = True) -> Flags:
    return Flags(table, production, asyncio.get_running_loop().time)


@pytest.mark.parametrize(
    ("own", "default", "source", "effective"),
    [
        (None, None, "missing", False),
        (FlagRow(True, "Production"), None, "organization", True),
        (FlagRow(False, "Production"), FlagRow(True, "Production"), "organization", False),
        (FlagRow(True, "Production"), FlagRow(False, "Production"), "organization", True),
        (None, FlagRow(True, "Production"), "default", True),
        (None, FlagRow(False, "Production"), "default", False),
    ],
)
async def test_the_organizations_row_wins_and_a_missing_one_is_off(
    own: FlagRow | None, default: FlagRow | None, source: str, effective: bool
) -> None:
    table = SlowFlagTable()
    for organization, row in (("acme", own), ("default", default)):
        if row is not None:
            table.rows[organization, MAPPING] = row
    flags = made(table)
    for _ in range(2):  # read, then cached
        state = await flags.effective("acme", MAPPING)
        assert (state.source, state.effective) == (source, effective)


@pytest.mark.parametrize("status", ["Deprecated", "Development", "Alpha", "Beta", "ReleaseCandidate", "", "prod"])
async def test_in_production_only_status_production_is_on(status: str) -> None:
    table = SlowFlagTable()
    table.rows["acme", MAPPING] = FlagRow(True, status)
    assert not (await made(table).effective("acme", MAPPING)).effective
    assert (await made(table, production=False).effective("acme", MAPPING)).effective


async def test_both_rows_are_read_at_the_same_time() -> None:
    table = SlowFlagTable()
    clock = asyncio.get_running_loop().time
    started = clock()
    await made(table).effective("acme", MAPPING)
    assert clock() - started == pytest.approx(table.latency)


async def test_hundreds_of_readers_cause_one_read_of_each_row() -> None:
    table = SlowFlagTable()
    flags = made(table)
    await asyncio.gather(*(flags.effective("acme", MAPPING) for _ in range(300)))
    assert sorted(table.reads) == [("acme", MAPPING), ("default", MAPPING)]


async def test_a_row_is_used_three_seconds_from_when_its_read_began_and_no_longer() -> None:
    table = SlowFlagTable()
    table.latency = 1.0
    table.rows["acme", MAPPING] = FlagRow(True, "Production")
    flags = made(table)
    await flags.effective("acme", MAPPING)
    table.rows["acme", MAPPING] = FlagRow(False, "Production")
    await asyncio.sleep(1.9)
    assert (await flags.effective("acme", MAPPING)).effective
    await asyncio.sleep(0.2)
    assert not (await flags.effective("acme", MAPPING)).effective


async def test_a_table_that_is_away_means_no() -> None:
    table = SlowFlagTable()
    table.away = True
    with pytest.raises(FlagsUnavailable) as caught:
        await made(table).require("acme", [MAPPING])
    assert caught.value.retry_after


async def test_a_table_that_hangs_means_no_after_two_seconds() -> None:
    table = SlowFlagTable()
    table.latency = 3600
    clock = asyncio.get_running_loop().time
    started = clock()
    with pytest.raises(FlagsUnavailable) as caught:
        await made(table).require("acme", [MAPPING])
    assert clock() - started == pytest.approx(2.0)
    assert caught.value.retry_after


async def test_readers_that_fail_together_get_errors_of_their_own() -> None:
    table = SlowFlagTable()
    table.latency = 3600
    flags = made(table)
    errors = await asyncio.gather(*(flags.effective("acme", MAPPING) for _ in range(2)), return_exceptions=True)
    assert all(isinstance(error, FlagsUnavailable) for error in errors)
    assert errors[0] is not errors[1]


async def test_a_reader_that_leaves_does_not_take_the_read_with_it() -> None:
    table = SlowFlagTable()
    table.rows["acme", MAPPING] = FlagRow(True, "Production")
    flags = made(table)
    leaver = asyncio.create_task(flags.effective("acme", MAPPING))
    stayer = asyncio.create_task(flags.effective("acme", MAPPING))
    await asyncio.sleep(0)
    leaver.cancel()
    assert (await stayer).effective
    assert len(table.reads) == 2


async def test_any_one_of_the_callers_features_is_enough() -> None:
    table = SlowFlagTable()
    table.rows["acme", RULES] = FlagRow(True, "Production")
    flags = made(table)
    await flags.require("acme", [MAPPING, RULES])
    with pytest.raises(FeatureDisabled, match="AiMapping is switched off"):
        await flags.require("acme", [MAPPING])


async def test_setting_a_flag_writes_the_audit_first_and_holds_at_once() -> None:
    table = SlowFlagTable()
    flags = made(table)
    assert not (await flags.effective("acme", MAPPING)).effective
    state = await flags.set("acme", MAPPING, FlagRow(True, "Production"), "c-1")
    assert state.effective
    assert (await flags.effective("acme", MAPPING)).effective
    assert table.audit == [("acme", MAPPING, None, FlagRow(True, "Production"))]


async def test_all_flags_are_read_with_their_sources() -> None:
    table = SlowFlagTable()
    table.rows["acme", RULES] = FlagRow(True, "Production")
    states = await made(table).read_all("acme")
    assert {state.flag: state.source for state in states} == {
        MAPPING: "missing",
        RULES: "organization",
        Feature.COPILOT: "missing",
    }
