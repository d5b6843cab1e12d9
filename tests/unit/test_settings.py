"""The app's settings: read strictly, and named the same everywhere."""

import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared import settings
from shared.version import VERSION

ROOT = Path(__file__).parents[2]
MINIMAL = {"AzureWebJobsStorage": "x", "KEY_VAULT_URL": "https://v", "DATABASE_URL": "sqlite://"}
PLATFORM = {"FUNCTIONS_WORKER_RUNTIME"}


def names_in_code() -> set[str]:
    text = (ROOT / "shared/settings.py").read_text()
    return set(re.findall(r'^    """([A-Za-z_]+):', text, re.MULTILINE))


def test_sample_settings_name_exactly_the_settings_in_code() -> None:
    sample = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    assert set(sample) - PLATFORM == names_in_code()


def test_the_readme_names_exactly_the_settings_in_code() -> None:
    section = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Za-z_]+)`", section, re.MULTILINE)) == names_in_code()


def test_defaults_are_the_safe_ones() -> None:
    loaded = settings.load(MINIMAL)
    assert loaded.production
    assert not loaded.allow_loopback_deployments
    assert loaded.key_vault_verify_challenge
    assert loaded.prices == {}


@pytest.mark.parametrize("name", ["AzureWebJobsStorage", "KEY_VAULT_URL", "DATABASE_URL"])
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(settings.ConfigurationError, match=name):
        settings.load({key: value for key, value in MINIMAL.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNC_DEADLINE_SECONDS", "soon"),
        ("SYNC_DEADLINE_SECONDS", "0"),
        ("HTTP_DEADLINE_SECONDS", "nan"),
        ("PROMPT_TIMEOUT_SECONDS", "inf"),
        ("HISTORY_DAYS", "-3"),
        ("HISTORY_DAYS", "1.5"),
        ("SAMPLES", "some"),
        ("ALLOW_LOOPBACK_DEPLOYMENTS", "yes"),
        ("PRICES", "{oops"),
        ("PRICES", "[]"),
        ("PRICES", '{"m": {"prompt": 1}}'),
        ("PRICES", '{"m": {"prompt": "dear", "completion": 1}}'),
        ("PRICES", '{"m": {"prompt": -1, "completion": 1}}'),
        ("PRICES", '{"m": {"from": "yesterday", "prompt": 1, "completion": 1}}'),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(settings.ConfigurationError, match=name):
        settings.load(MINIMAL | {name: value})


def test_prices_may_be_dated_and_are_sorted_by_their_first_day() -> None:
    since_june = '{"from": "2026-06-01", "prompt": 0.3, "completion": 2}'
    prices = f'{{"m": [{since_june}, {{"prompt": 0.4, "cached": 0.1, "completion": 2}}]}}'
    first, second = settings.load(MINIMAL | {"PRICES": prices}).prices["m"]
    assert (first.valid_from, first.cached) == (date.min, Decimal("0.1"))
    assert (second.valid_from, second.cached) == (date(2026, 6, 1), Decimal("0.3"))


def test_hosts_are_a_list_in_lower_case() -> None:
    loaded = settings.load(MINIMAL | {"ALLOWED_DEPLOYMENT_HOSTS": "LLM.example.com, *.corp.example ,"})
    assert loaded.allowed_deployment_hosts == ("llm.example.com", "*.corp.example")


def test_the_version_that_history_records_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
