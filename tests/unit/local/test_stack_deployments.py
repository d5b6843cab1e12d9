"""Which deployment is used, from what make was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import deployments
from local.processes import Failed
from local.stack import environment


def test_a_real_model_is_the_default() -> None:
    made = deployments.choose({})
    assert (made.kind, made.name, made.local) == ("model", "qwen2.5-coder-0.5b", True)


@pytest.mark.parametrize("kind", ["model", "model-1.5b", "simulated"])
def test_local_deployments_get_two_different_keys(kind: str) -> None:
    made = deployments.choose({"DEPLOYMENT": kind})
    assert made.api_key != made.resource_key
    assert len(made.api_key) == len(made.resource_key) == 32


def test_none_has_nothing() -> None:
    made = deployments.choose({"DEPLOYMENT": "none"})
    assert (made.base_url, made.api_key, made.resource_key, made.name, made.local) == ("", "", "", "", False)


def test_an_endpoint_of_ones_own_wins_and_its_host_is_allowed() -> None:
    given = {
        "DEPLOYMENT": "simulated",
        "DEPLOYMENT_BASE_URL": "https://llm.example.com/v1",
        "DEPLOYMENT_API_KEY": "key",
        "DEPLOYMENT_NAME": "gpt",
    }
    made = deployments.choose(given)
    assert (made.kind, made.base_url, made.resource_key) == ("external", "https://llm.example.com/v1", "key")
    assert (made.host, made.local) == ("llm.example.com", False)


def test_an_endpoint_without_its_settings_names_them() -> None:
    with pytest.raises(Failed, match="DEPLOYMENT_API_KEY and DEPLOYMENT_NAME"):
        deployments.choose({"DEPLOYMENT_BASE_URL": "https://llm.example.com/v1"})


def test_any_gguf_file_can_be_served(tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    file.touch()
    made = deployments.choose({"MODEL_FILE": str(file)})
    assert (made.kind, made.name, made.model_file) == ("model", "mine", file)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(Failed, match=r"nowhere\.gguf"):
        deployments.choose({"MODEL_FILE": "nowhere.gguf"})


def test_the_app_is_not_led_elsewhere_by_the_users_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_CLIENT_ID", "OPENAI_API_KEY", "AzureWebJobsDashboard", "MAKEFLAGS"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("NO_PROXY", "intern")
    made = environment({"KEY_VAULT_URL": "here"})
    assert "elsewhere" not in made.values()
    assert (made["KEY_VAULT_URL"], made["NO_PROXY"]) == ("here", "intern,127.0.0.1,localhost")
