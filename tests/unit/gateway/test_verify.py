"""Verifying a deployment says in one sentence what is wrong, and uses at most 20 tokens."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import FeatureDisabled, FlagsUnavailable, HistoryUnavailable
from shared.gateway.ports import ChatError
from shared.gateway.records import Feature
from shared.gateway.verify import verify
from tests.fakes.deployment import World, completion, failure


@pytest.fixture(autouse=True)
def on_the_loops_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.gateway.verify.time.monotonic", world.clock)


async def test_a_deployment_that_answers_is_fine(world: World) -> None:
    found = await verify(world.gateway, world.caller())
    assert (found.ok, found.code, found.setting) == (True, None, None)
    assert found.prompt_id == world.history.attempts[0].attempt_id
    assert world.history.attempts[0].feature == "Verify"


async def test_at_most_twenty_tokens_and_no_schema_are_sent(world: World) -> None:
    world.chat.script = [failure(400, "unsupported_parameter", "max_tokens")]
    await verify(world.gateway, world.caller())
    sent = world.chat.sent[-1]
    budget = sent.parameters["max_completion_tokens"]
    assert isinstance(budget, int)
    assert budget + sum(len(message.content) for message in sent.messages) + 6 <= 20
    assert sent.response_format is None


@pytest.mark.parametrize(
    "answer",
    [completion("", finish_reason="length"), completion("o", finish_reason="length"), completion("", refusal="No")],
)
async def test_a_cut_off_or_odd_answer_proves_that_it_works(world: World, answer: object) -> None:
    world.chat.script = [answer]  # type: ignore[list-item]
    assert (await verify(world.gateway, world.caller())).ok
    assert len(world.chat.sent) == 1


async def test_key_vault_is_always_read_first(world: World) -> None:
    await world.ask()
    world.secrets.values["acme--openai-deployment-name"] = "new"
    await verify(world.gateway, world.caller())
    assert world.chat.sent[-1].deployment.name == "new"


async def test_verifying_while_key_vault_is_away_says_so_and_spoils_no_copy(world: World) -> None:
    await world.ask()
    world.secrets.away = True
    found = await verify(world.gateway, world.caller())
    assert (found.ok, found.code, found.prompt_id) == (False, "deployment_unavailable", None)
    assert (await world.ask()).value == "yes"


@pytest.mark.parametrize(
    ("told", "code", "setting"),
    [
        (failure(401), "deployment_unauthorized", "apiKey"),
        (failure(403), "deployment_forbidden", "baseUrl"),
        (failure(404, "DeploymentNotFound"), "deployment_not_found", "deploymentName"),
        (failure(None, "name_not_found"), "deployment_unavailable", "baseUrl"),
        (failure(429, "429", retry_after="86400"), "deployment_throttled", None),
        (failure(400, "content_filter"), "content_filtered", None),
        (failure(500), "deployment_unavailable", None),
    ],
)
async def test_what_is_wrong_is_told_and_not_raised(
    world: World, told: ChatError, code: str, setting: str | None
) -> None:
    world.chat.script = [told] * 9
    started = world.clock()
    found = await verify(world.gateway, world.caller(patience=200))
    assert (found.ok, found.code, found.setting) == (False, code, setting)
    assert found.prompt_id == world.history.attempts[-1].attempt_id
    assert world.clock() - started <= 30


async def test_missing_settings_are_named(world: World) -> None:
    del world.secrets.values["acme--openai-resource-key"]
    found = await verify(world.gateway, world.caller())
    assert (found.ok, found.code, found.setting, found.prompt_id) == (False, "settings_missing", "resourceKey", None)


async def test_either_flag_allows_it_and_without_one_nothing_is_sent(world: World) -> None:
    world.switch(False)
    with pytest.raises(FeatureDisabled):
        await verify(world.gateway, world.caller())
    assert world.chat.sent == []
    world.switch(True, Feature.RULE_ENGINE)
    await asyncio.sleep(3.1)
    assert (await verify(world.gateway, world.caller())).ok


async def test_our_own_dependencies_are_not_the_deployments_fault(world: World) -> None:
    world.history.away = True
    with pytest.raises(HistoryUnavailable):
        await verify(world.gateway, world.caller())
    await asyncio.sleep(3.1)
    world.table.away = True
    with pytest.raises(FlagsUnavailable):
        await verify(world.gateway, world.caller(features=(Feature.COPILOT,)))
