"""The Key Vault and managed-identity stand-ins, spoken to with Azure's own clients as app and administrator do."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient

from local import tokens


@pytest.fixture(autouse=True)
def identity(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IDENTITY_ENDPOINT", stack["identityEndpoint"])
    monkeypatch.setenv("IDENTITY_HEADER", stack["identityHeader"])
    monkeypatch.setenv("SSL_CERT_FILE", stack["caFile"])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stack["caFile"])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def vault(stack: dict[str, Any]) -> Iterator[SecretClient]:
    with (
        DefaultAzureCredential() as credential,
        SecretClient(stack["vaultUrl"], credential, verify_challenge_resource=False) as client,
    ):
        yield client


@pytest.fixture
async def async_vault(stack: dict[str, Any]) -> AsyncIterator[AsyncSecretClient]:
    # aiohttp reads SSL_CERT_FILE when it is imported, which may have been long ago: hence connection_verify.
    trust = {"connection_verify": stack["caFile"]}
    async with (
        AsyncDefaultAzureCredential() as credential,
        AsyncSecretClient(stack["vaultUrl"], credential, verify_challenge_resource=False, **trust) as client,
    ):
        yield client


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex}"


def test_a_secret_reads_as_it_was_set(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "väl\nue", content_type="text/plain", tags={"a": "b"})
    found = vault.get_secret(name)
    assert (found.name, found.value) == (name, "väl\nue")
    assert (found.properties.content_type, found.properties.tags) == ("text/plain", {"a": "b"})


async def test_the_asynchronous_clients_work_too(async_vault: AsyncSecretClient, name: str) -> None:
    await async_vault.set_secret(name, "value")
    assert (await async_vault.get_secret(name)).value == "value"


def test_names_are_compared_without_case(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "value")
    assert vault.get_secret(name.upper()).value == "value"


def test_an_unknown_secret_is_not_found(vault: SecretClient, name: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="SecretNotFound"):
        vault.get_secret(name)


def test_every_version_can_be_read(vault: SecretClient, name: str) -> None:
    first, second = vault.set_secret(name, "1"), vault.set_secret(name, "2")
    assert vault.get_secret(name).value == "2"
    assert vault.get_secret(name, first.properties.version).value == "1"
    versions = {each.version for each in vault.list_properties_of_secret_versions(name)}
    assert versions == {first.properties.version, second.properties.version}


def test_listing_goes_on_past_one_page(vault: SecretClient, name: str) -> None:
    names = {f"{name}-{number}" for number in range(30)}
    for each in names:
        vault.set_secret(each, "value")
    assert names <= {each.name for each in vault.list_properties_of_secrets()}


def test_a_disabled_secret_is_forbidden(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "value")
    vault.update_secret_properties(name, enabled=False)
    with pytest.raises(HttpResponseError, match="disabled"):
        vault.get_secret(name)


def test_a_deleted_secret_is_gone_until_recovered(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "value")
    vault.begin_delete_secret(name, _polling_interval=0).wait()
    with pytest.raises(ResourceNotFoundError):
        vault.get_secret(name)
    assert name in {each.name for each in vault.list_deleted_secrets()}
    vault.begin_recover_deleted_secret(name, _polling_interval=0).wait()
    assert vault.get_secret(name).value == "value"


def test_a_purged_secret_cannot_be_recovered(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "value")
    vault.begin_delete_secret(name, _polling_interval=0).wait()
    vault.purge_deleted_secret(name)
    with pytest.raises(ResourceNotFoundError):
        vault.get_deleted_secret(name)


def test_a_deleted_secret_can_be_set_again(vault: SecretClient, name: str) -> None:
    vault.set_secret(name, "old")
    vault.begin_delete_secret(name, _polling_interval=0).wait()
    vault.set_secret(name, "new")
    assert vault.get_secret(name).value == "new"


@pytest.mark.parametrize("bad", ["under_score", "dot.ted", "x" * 128])
def test_an_illegal_name_is_refused(vault: SecretClient, bad: str) -> None:
    with pytest.raises(HttpResponseError, match="BadParameter"):
        vault.set_secret(bad, "value")


def test_a_wrong_identity_header_gets_no_token(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with DefaultAzureCredential() as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token("https://vault.azure.net/.default")


def test_a_token_for_something_else_does_not_open_the_vault(stack: dict[str, Any]) -> None:
    import requests

    with DefaultAzureCredential() as credential:
        token = credential.get_token("https://storage.azure.com/.default").token
    url = f"{stack['vaultUrl']}/secrets/admin-key?api-version=7.6"
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, verify=stack["caFile"], timeout=10)
    assert answer.status_code == 401
    assert 'resource="https://vault.azure.net"' in answer.headers["WWW-Authenticate"]


def test_the_stack_has_put_the_four_settings_there(stack: dict[str, Any], vault: SecretClient) -> None:
    deployment = stack["deployment"]
    found = {
        part: vault.get_secret(f"{stack['organization']}--openai-{part}").value
        for part in ("api-key", "base-url", "resource-key", "deployment-name")
    }
    assert found == {
        "api-key": deployment["apiKey"],
        "base-url": deployment["baseUrl"],
        "resource-key": deployment["resourceKey"],
        "deployment-name": deployment["deploymentName"],
    }
    assert vault.get_secret("admin-key").value == stack["adminKey"]


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    token, _ = tokens.sign("https://vault.azure.net", "other")
    with pytest.raises(tokens.TokenRefused, match="not signed"):
        tokens.check(token, "https://vault.azure.net", "ours")


def test_an_expired_token_is_refused() -> None:
    token, _ = tokens.sign("https://vault.azure.net", "ours", lifetime=-1)
    with pytest.raises(tokens.TokenRefused, match="expired"):
        tokens.check(token, "https://vault.azure.net", "ours")
