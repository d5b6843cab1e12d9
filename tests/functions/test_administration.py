"""Flags, settings, their administration, and health."""

from __future__ import annotations

import json

import pytest

from shared.errors import DeploymentUnauthorized
from shared.gateway.ports import FlagRow
from shared.version import VERSION
from tests.fakes.app import Stand, call

FLAG = "/organizations/acme/flags/Copilot"
SETTINGS = "/organizations/acme/settings"
ADMIN = {"x-admin-key": "open"}
ON = {"enabled": True, "status": "Production"}


async def test_a_flag_tells_where_it_comes_from(stand: Stand) -> None:
    stand.flag_table.rows["default", "Copilot"] = FlagRow(True, "Beta")
    flags = (await call("GET", "/organizations/acme/flags")).json["items"]
    assert flags == [
        {"flag": "AiMapping", "enabled": True, "status": "Production", "source": "organization", "effective": True},
        {"flag": "RuleEngine", "enabled": False, "status": "", "source": "missing", "effective": False},
        {"flag": "Copilot", "enabled": True, "status": "Beta", "source": "default", "effective": False},
    ]


async def test_an_administrator_sets_a_flag_and_it_is_audited(stand: Stand) -> None:
    answer = await call("PUT", FLAG, ON, headers={**ADMIN, "x-correlation-id": "change-7"})
    assert answer.status == 200
    assert answer.json == (await call("GET", FLAG)).json
    assert answer.json["effective"] is True
    assert stand.flag_table.audit == [("acme", "Copilot", None, FlagRow(True, "Production"))]
    assert stand.flag_table.audited_by == ["change-7"]


async def test_without_an_admin_secret_administration_is_off(stand: Stand) -> None:
    del stand.secrets.values["admin-key"]
    for method, path, body in (("PUT", FLAG, ON), ("POST", f"{SETTINGS}/verify", {})):
        answer = await call(method, path, body, headers={"x-admin-key": ""})
        assert (answer.status, answer.json["code"]) == (403, "admin_disabled")
    assert stand.is_empty()


@pytest.mark.parametrize("given", ["", "ope", "opens", "OPEN", "öpen", "open "])
async def test_a_wrong_admin_key_is_refused(stand: Stand, given: str) -> None:
    answer = await call("PUT", FLAG, ON, headers={"x-admin-key": given})
    assert (answer.status, answer.json["code"]) == (403, "admin_required")
    assert stand.is_empty()


async def test_flags_that_cannot_be_read_are_told(stand: Stand) -> None:
    stand.flag_table.away = True
    answer = await call("GET", FLAG)
    assert (answer.status, answer.json["code"]) == (503, "flags_unavailable")


async def test_settings_tell_presence_and_never_a_value(stand: Stand) -> None:
    del stand.secrets.values["acme--openai-resource-key"]
    answer = await call("GET", SETTINGS)
    assert answer.json == {
        "settings": [
            {"name": "apiKey", "present": True},
            {"name": "baseUrl", "present": True},
            {"name": "resourceKey", "present": False},
            {"name": "deploymentName", "present": True},
        ],
        "complete": False,
    }


async def test_a_foreign_organizations_settings_are_not_ours(stand: Stand) -> None:
    present = [setting["present"] for setting in (await call("GET", "/organizations/other/settings")).json["settings"]]
    assert present == [False] * 4


@pytest.mark.parametrize("body", [b"", {}])
async def test_verifying_sends_one_prompt(stand: Stand, body: object) -> None:
    answer = await call("POST", f"{SETTINGS}/verify", body, headers=ADMIN)
    assert answer.status == 200
    assert answer.json["ok"] is True
    assert answer.json["promptId"] == "prompt-1-1"
    assert [caller.history_feature for caller, _ in stand.gateway.asked] == ["Verify"]


async def test_verifying_names_the_setting_to_fix(stand: Stand) -> None:
    stand.gateway.fails = DeploymentUnauthorized("Both keys were refused.", setting="apiKey")
    answer = await call("POST", f"{SETTINGS}/verify", {}, headers=ADMIN)
    assert answer.status == 200
    assert answer.json | {"promptId": None} == {
        "ok": False,
        "code": "deployment_unauthorized",
        "setting": "apiKey",
        "detail": "Both keys were refused.",
        "promptId": None,
    }


async def test_verifying_needs_a_flag(stand: Stand) -> None:
    stand.flag_table.rows.clear()
    answer = await call("POST", f"{SETTINGS}/verify", {}, headers=ADMIN)
    assert (answer.status, answer.json["code"]) == (403, "feature_disabled")
    assert stand.gateway.asked == []


async def test_no_secret_is_in_any_answer(stand: Stand) -> None:
    paths = [SETTINGS, "/organizations/acme/flags", "/health", "/openapi.json"]
    answers = [(await call("GET", path)).content.decode() for path in paths]
    answers.append((await call("POST", f"{SETTINGS}/verify", {}, headers=ADMIN)).content.decode())
    assert not [value for value in stand.secrets.values.values() if any(json.dumps(value) in a for a in answers)]


async def test_health_names_what_cannot_be_reached_and_nothing_more(stand: Stand) -> None:
    answer = await call("GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok", "dependencies": {"flags": True, "history": True}})


async def test_health_is_503_when_something_is_away(stand: Stand) -> None:
    stand.checks_fail = True
    answer = await call("GET", "/health")
    assert (answer.status, answer.json["status"]) == (503, "degraded")
    assert answer.json["dependencies"] == {"flags": False, "history": False}


async def test_health_says_which_version_answered_in_the_log_alone(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stand.checks_fail = True
    answer = await call("GET", "/health")
    (said,) = [record for record in caplog.records if record.message == "health.answered"]
    assert (said.__dict__["version"], said.__dict__["away"]) == (VERSION, ["flags", "history"])
    assert VERSION not in answer.content.decode()
