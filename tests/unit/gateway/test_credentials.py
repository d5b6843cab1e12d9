"""The four settings: cached, shared, complete or refused, read again when the copy stops working."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import DeploymentForbidden, DeploymentNotFound, SettingsMissing, SettingsUnavailable
from tests.fakes.deployment import KEY_ONE, KEY_TWO, World


async def test_the_settings_are_read_at_the_same_time_and_once_for_all(world: World) -> None:
    started = world.clock()
    await asyncio.gather(*(world.credentials.deployment("acme") for _ in range(200)))
    assert world.clock() - started == pytest.approx(world.secrets.latency)
    assert sorted(world.secrets.reads) == [
        "acme--openai-api-key",
        "acme--openai-api-version",
        "acme--openai-base-url",
        "acme--openai-deployment-name",
        "acme--openai-embedding-deployment-name",
        "acme--openai-resource-key",
    ]


async def test_a_complete_set_is_used_for_the_cache_time(world: World) -> None:
    await world.credentials.deployment("acme")
    world.secrets.values["acme--openai-deployment-name"] = "other"
    await asyncio.sleep(world.settings.credentials_cache - 1)
    assert (await world.credentials.deployment("acme")).name == "gpt"
    await asyncio.sleep(1.1)
    assert (await world.credentials.deployment("acme")).name == "other"


async def test_what_is_missing_is_named(world: World) -> None:
    del world.secrets.values["acme--openai-resource-key"]
    world.secrets.values["acme--openai-base-url"] = "  "
    with pytest.raises(SettingsMissing, match="baseUrl, resourceKey") as caught:
        await world.credentials.deployment("acme")
    assert caught.value.setting == "baseUrl"
    assert await world.credentials.presence("acme") == {
        "apiKey": True,
        "baseUrl": False,
        "resourceKey": False,
        "deploymentName": True,
    }


async def test_no_organization_has_settings_by_default(world: World) -> None:
    with pytest.raises(SettingsMissing, match="apiKey, baseUrl, resourceKey, deploymentName"):
        await world.credentials.deployment("other")


@pytest.mark.parametrize(
    ("secret", "value", "error"),
    [
        ("api-key", "", SettingsMissing),
        ("base-url", "https://evil.com", DeploymentForbidden),
        ("deployment-name", "0123456789abcdef0123456789abcdef", DeploymentNotFound),
    ],
)
async def test_an_unusable_set_is_believed_three_seconds(
    world: World, secret: str, value: str, error: type[Exception]
) -> None:
    name = f"acme--openai-{secret}"
    good = world.secrets.values[name]
    world.secrets.values[name] = value
    with pytest.raises(error):
        await world.credentials.deployment("acme")
    world.secrets.values[name] = good
    with pytest.raises(error):
        await world.credentials.deployment("acme")
    await asyncio.sleep(3)
    assert (await world.credentials.deployment("acme")).name == "gpt"


async def test_a_key_pasted_as_the_deployment_name_is_not_shown(world: World) -> None:
    world.secrets.values["acme--openai-deployment-name"] = "0123456789abcdef0123456789abcdef"
    with pytest.raises(DeploymentNotFound) as caught:
        await world.credentials.deployment("acme")
    assert "0123" not in caught.value.detail
    assert caught.value.setting == "deploymentName"


async def test_a_copy_younger_than_an_hour_is_used_while_key_vault_is_away(world: World) -> None:
    await world.credentials.deployment("acme")
    world.secrets.away = True
    await asyncio.sleep(3000)
    reads = len(world.secrets.reads)
    for _ in range(5):
        assert (await world.credentials.deployment("acme")).name == "gpt"
    assert len(world.secrets.reads) == reads + 6  # one round, then left alone for three seconds
    await asyncio.sleep(700)
    with pytest.raises(SettingsUnavailable):
        await world.credentials.deployment("acme")


async def test_without_a_copy_key_vault_must_answer(world: World) -> None:
    world.secrets.away = True
    with pytest.raises(SettingsUnavailable):
        await world.credentials.deployment("acme")
    with pytest.raises(SettingsUnavailable):
        await world.credentials.presence("acme")


async def test_reread_tells_only_what_changed(world: World) -> None:
    used = await world.credentials.deployment("acme")
    assert await world.credentials.reread("acme", used) is None
    world.secrets.values["acme--openai-api-key"] = "new-key"
    changed = await world.credentials.reread("acme", used)
    assert changed is not None
    assert changed.api_key == "new-key"
    world.secrets.away = True
    assert await world.credentials.reread("acme", used) is None


async def test_many_rereads_at_once_read_once(world: World) -> None:
    used = await world.credentials.deployment("acme")
    world.secrets.reads.clear()
    await asyncio.gather(*(world.credentials.reread("acme", used) for _ in range(50)))
    assert len(world.secrets.reads) == 6


async def test_values_are_cleaned_of_what_pasting_adds(world: World) -> None:
    world.secrets.values["acme--openai-api-key"] = f" {KEY_ONE}\r\n"
    world.secrets.values["acme--openai-deployment-name"] = '\ufeff"gpt"'
    found = await world.credentials.deployment("acme")
    assert (found.api_key, found.name) == (KEY_ONE, "gpt")


async def test_the_key_that_worked_goes_first_and_one_no_header_can_carry_is_left_out(world: World) -> None:
    found = await world.credentials.deployment("acme")
    assert world.credentials.keys("acme", found) == (KEY_ONE, KEY_TWO)
    world.credentials.worked("acme", found, KEY_TWO)
    assert world.credentials.keys("acme", found) == (KEY_TWO, KEY_ONE)
    world.credentials.worked("acme", found, KEY_ONE)
    assert world.credentials.keys("acme", found) == (KEY_ONE, KEY_TWO)
    world.secrets.values["acme--openai-api-key"] = "clé\nbrisée"
    await world.credentials.renew("acme")
    assert world.credentials.keys("acme", await world.credentials.deployment("acme")) == (KEY_TWO,)


async def test_two_equal_keys_are_tried_once(world: World) -> None:
    world.secrets.values["acme--openai-resource-key"] = KEY_ONE
    assert world.credentials.keys("acme", await world.credentials.deployment("acme")) == (KEY_ONE,)


async def test_the_admin_key_is_read_as_it_is(world: World) -> None:
    assert await world.credentials.admin_key() is None
    world.secrets.values["admin-key"] = "'quoted'"
    await asyncio.sleep(3.1)
    assert await world.credentials.admin_key() == "'quoted'"


async def test_no_key_is_shown_by_repr(world: World) -> None:
    found = await world.credentials.deployment("acme")
    assert KEY_ONE not in repr(found)
    assert KEY_TWO not in repr(found)


@pytest.mark.parametrize("key", [KEY_ONE, KEY_TWO])
@pytest.mark.parametrize(
    ("secret", "value", "setting"),
    [
        ("base-url", "https://{key}.openai.azure.com", "baseUrl"),
        ("base-url", "https://example.com/{key}", "baseUrl"),
        ("deployment-name", "gpt {key}", "deploymentName"),
    ],
)
async def test_a_key_pasted_into_another_setting_is_refused_without_being_shown(
    world: World, key: str, secret: str, value: str, setting: str
) -> None:
    world.secrets.values[f"acme--openai-{secret}"] = value.format(key=key.upper())
    with pytest.raises((DeploymentForbidden, DeploymentNotFound)) as caught:
        await world.credentials.deployment("acme")
    assert caught.value.setting == setting
    assert key not in caught.value.detail.lower()
