"""docs/security.md and docs/cost.md: what they name is there, all there is is named, and the sums are right."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from local.provision import CONTAINERS, QUEUES, TABLES
from shared.adapters.sql_schema import metadata
from shared.gateway.prices import cost_of
from shared.settings import load
from tests.unit.test_infrastructure import listed
from tests.unit.test_settings import names_in_code

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "docs/security.md").read_text()
COST = (ROOT / "docs/cost.md").read_text()
STORAGE = (ROOT / "infra/modules/storage.bicep").read_text()
KEPT = SECURITY.split("## What is kept, where and how long\n")[1].split("\n## ")[0]
THREATS = SECURITY.split("## Threat model\n")[1].split("\n### ")[0]
PLATFORMS = {"SAMPLES", "USE_PRIVATE_LINK"}


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`([\w.-]+)`", text))


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("table", {*TABLES, *listed(STORAGE, "tables")}),
        ("container", {*CONTAINERS, *listed(STORAGE, "containers")}),
        ("queue", {*QUEUES, *listed(STORAGE, "queues")}),
        ("SQL", set(metadata.tables)),
    ],
)
def test_all_that_is_kept_is_told_and_nothing_else(kind: str, there: set[str]) -> None:
    places = [line.split(" | ")[0] for line in KEPT.splitlines() if line.startswith((f"| {kind} ", f"| {kind}s "))]
    assert names_in("".join(places)) - {"…-poison"} == there


def test_the_settings_that_say_how_long_are_settings() -> None:
    said = {name for name in names_in(KEPT) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", name)}
    assert {"HISTORY_DAYS", "MAPPING_DAYS", "FAILURE_DAYS"} <= said <= names_in_code()


def test_each_threat_names_tests_that_are_there() -> None:
    rows = [line for line in THREATS.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", row.split(" | ")[2])
        assert named, row
        assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_prices_are_a_setting_and_the_table_is_their_sum() -> None:
    """Each row: units, tokens a unit to and from the model, and what they cost together."""
    (prices,) = re.findall(r"^PRICES='(.*)'$", COST, re.MULTILINE)
    said = load({"AzureWebJobsStorage": "x", "KEY_VAULT_URL": "x", "DATABASE_URL": "x", "PRICES": prices}).prices
    (model,) = json.loads(prices)
    rows = [re.findall(r"[\d,.]+", line.split("|", 2)[2]) for line in COST.splitlines() if line.startswith("| **")]
    total = 0.0
    for units, prompt, completion, told in ([float(each.replace(",", "")) for each in row] for row in rows[:-1]):
        cost = cost_of(said, model, round(units * prompt), 0, round(units * completion), date(2026, 12, 1))
        assert cost is not None
        assert float(cost) == pytest.approx(told, abs=0.005)
        total += told
    assert float(rows[-1][-1]) == pytest.approx(total, abs=0.005)
