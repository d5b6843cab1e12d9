"""One suite for the fake secrets and the real client (the vault stand-in, where STACK_JSON names a running stack)."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from shared.errors import SettingsUnavailable
from shared.gateway.ports import SecretReader
from tests.fakes.gateway import FakeSecrets
from tests.running import running_stack


@dataclass
class Vault:
    reader: SecretReader
    put: Callable[[str, str], Awaitable[None]]


class NobodysCredential:
    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("not-a-token", 2_000_000_000)

    async def close(self) -> None:
        return

    async def __aenter__(self) -> NobodysCredential:
        return self

    async def __aexit__(self, *_: object) -> None:
        return


def trusting_client(stack: dict[str, Any], credential: Any) -> Any:
    """aiohttp reads SSL_CERT_FILE once, when it is imported: here the stack's authority is named instead."""
    from azure.keyvault.secrets.aio import SecretClient

    return SecretClient(
        stack["vaultUrl"], credential, verify_challenge_resource=False, connection_verify=stack["caFile"]
    )


@pytest.fixture(params=["fake", "stack"])
async def vault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Vault]:
    if request.param == "fake":
        fake = FakeSecrets()

        async def remember(name: str, value: str) -> None:
            fake.values[name] = value

        yield Vault(fake, remember)
        return
    stack = running_stack()
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IDENTITY_ENDPOINT", stack["identityEndpoint"])
    monkeypatch.setenv("IDENTITY_HEADER", stack["identityHeader"])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from shared.adapters.identity import credential
    from shared.adapters.key_vault import KeyVault

    identity = credential()
    client = trusting_client(stack, identity)

    async def set_secret(name: str, value: str) -> None:
        await client.set_secret(name, value)

    yield Vault(KeyVault(client), set_secret)
    await client.close()
    await identity.close()


@pytest.fixture
def name() -> str:
    return f"contract-{uuid.uuid4().hex[:12]}--openai-api-key"


async def test_a_secret_that_is_not_there_is_none(vault: Vault, name: str) -> None:
    assert await vault.reader.get(name) is None


@pytest.mark.parametrize("value", ["plain", " with spaces\n", "ключ 鍵", "a" * 4000])
async def test_a_secret_reads_as_it_was_set(vault: Vault, name: str, value: str) -> None:
    await vault.put(name, value)
    assert await vault.reader.get(name) == value


async def test_the_newest_version_is_read(vault: Vault, name: str) -> None:
    await vault.put(name, "old")
    assert await vault.reader.get(name) == "old"
    await vault.put(name, "new")
    assert await vault.reader.get(name) == "new"


async def test_a_vault_that_cannot_be_reached_is_told_apart_from_a_missing_secret() -> None:
    from shared.adapters.key_vault import KeyVault

    away = KeyVault.sign_in("https://127.0.0.1:9", NobodysCredential(), verify_challenge=False)
    with pytest.raises(SettingsUnavailable) as caught:
        await away.get("acme--openai-api-key")
    assert caught.value.retry_after
    await away.close()


async def test_a_vault_that_refuses_the_app_says_what_to_do() -> None:
    from shared.adapters.key_vault import KeyVault

    refused = KeyVault(trusting_client(running_stack(), NobodysCredential()))
    with pytest.raises(SettingsUnavailable, match="right to get secrets"):
        await refused.get("acme--openai-api-key")
    await refused.close()
