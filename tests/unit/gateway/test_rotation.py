"""Keys, names and addresses change under load, and no prompt fails for it."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import DeploymentNotFound, DeploymentUnauthorized
from tests.fakes.deployment import KEY_ONE, KEY_TWO, World, failure


async def test_on_401_the_other_key_is_tried_at_once_and_remembered(world: World) -> None:
    world.chat.valid_keys = {KEY_TWO}
    reply = await world.ask()
    assert [sent.key for sent in world.chat.sent] == [KEY_ONE, KEY_TWO]
    assert world.history.statuses == ["unauthorized", "succeeded"]
    assert len(reply.attempt_ids) == 2
    await world.ask()
    assert [sent.key for sent in world.chat.sent[2:]] == [KEY_TWO]


async def test_when_both_keys_are_refused_key_vault_is_read_again(world: World) -> None:
    await world.ask()
    world.chat.valid_keys = {"new-key"}
    world.secrets.values["acme--openai-resource-key"] = "new-key"
    assert (await world.ask()).value == "yes"
    assert [sent.key for sent in world.chat.sent[1:]] == [KEY_ONE, KEY_TWO, "new-key"]


async def test_two_wrong_keys_are_said_to_be_wrong_after_one_more_look(world: World) -> None:
    await world.ask()
    world.chat.valid_keys = set()
    world.secrets.reads.clear()
    with pytest.raises(DeploymentUnauthorized) as caught:
        await world.ask()
    assert caught.value.setting == "apiKey"
    assert len(world.secrets.reads) == 6
    assert len(world.chat.sent) == 3


async def test_one_new_key_that_is_wrong_too_is_tried_once(world: World) -> None:
    await world.ask()
    world.chat.valid_keys = set()
    world.secrets.values["acme--openai-api-key"] = "new-but-wrong"
    with pytest.raises(DeploymentUnauthorized):
        await world.ask()
    assert [sent.key for sent in world.chat.sent[1:]] == [KEY_ONE, KEY_TWO, "new-but-wrong"]


async def test_keys_that_no_header_can_carry_are_not_sent(world: World) -> None:
    world.secrets.values["acme--openai-api-key"] = "clé"
    world.secrets.values["acme--openai-resource-key"] = "two words"
    with pytest.raises(DeploymentUnauthorized) as caught:
        await world.ask()
    assert caught.value.setting == "apiKey"
    assert world.chat.sent == []


async def test_a_deployment_that_was_renamed_is_found_by_reading_again(world: World) -> None:
    world.secrets.values["acme--openai-deployment-name"] = "old"
    await world.ask()
    world.secrets.values["acme--openai-deployment-name"] = "gpt"
    world.chat.script = [failure(404, "DeploymentNotFound")]
    assert (await world.ask()).value == "yes"
    assert [sent.deployment.name for sent in world.chat.sent] == ["old", "old", "gpt"]


async def test_settings_are_read_again_once_a_prompt(world: World) -> None:
    world.chat.script = [failure(404, "DeploymentNotFound")] * 5
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(0.015)
    world.secrets.values["acme--openai-deployment-name"] = "second"
    with pytest.raises(DeploymentNotFound):
        await asking
    assert [sent.deployment.name for sent in world.chat.sent] == ["gpt", "second"]


async def test_a_resource_that_moved_is_found_when_the_connection_fails(world: World) -> None:
    await world.ask()
    world.secrets.values["acme--openai-base-url"] = "https://moved.openai.azure.com"
    world.chat.script = [failure(None)]
    started = world.clock()
    assert (await world.ask()).value == "yes"
    assert world.chat.sent[-1].deployment.base_url == "https://moved.openai.azure.com/openai/v1/"
    assert world.clock() - started < 0.1


async def test_a_prompt_that_waited_uses_the_settings_of_now(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="50")]
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(20)
    world.secrets.values["acme--openai-deployment-name"] = "second"
    await asyncio.sleep(25)
    await world.credentials.renew("acme")
    assert (await asking).value == "yes"
    assert world.chat.sent[-1].deployment.name == "second"


async def test_key_vault_being_away_hides_no_cause(world: World) -> None:
    await world.ask()
    world.secrets.away = True
    world.chat.script = [failure(404, "DeploymentNotFound")]
    with pytest.raises(DeploymentNotFound):
        await world.ask()


async def test_both_keys_are_rotated_under_load_and_no_prompt_fails(world: World) -> None:
    """Fifty at a time: key 1 is replaced at the service, then in the vault; later the same with key 2."""
    world.chat.valid_keys = {KEY_ONE, KEY_TWO}
    world.chat.latency = 0.05
    failures: list[BaseException] = []
    answered = 0

    async def keep_asking() -> None:
        nonlocal answered
        while not stopped.is_set():
            try:
                await world.ask()
                answered += 1
            except Exception as error:
                failures.append(error)

    stopped = asyncio.Event()
    askers = [asyncio.create_task(keep_asking()) for _ in range(50)]
    for secret, old, new in (("api-key", KEY_ONE, "rotated-one"), ("resource-key", KEY_TWO, "rotated-two")):
        await asyncio.sleep(2)
        world.chat.valid_keys = (world.chat.valid_keys - {old}) | {new}
        await asyncio.sleep(2)
        world.secrets.values[f"acme--openai-{secret}"] = new
    await asyncio.sleep(2)
    stopped.set()
    await asyncio.gather(*askers)
    assert failures == []
    assert answered > 5000
    assert world.chat.valid_keys == {"rotated-one", "rotated-two"}
    assert world.chat.sent[-1].key in world.chat.valid_keys
