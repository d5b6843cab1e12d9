"""What the Key Vault adapter makes of answers the stand-in does not give."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError

from shared.adapters.key_vault import KeyVault
from shared.errors import SettingsUnavailable


class Client:
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def get_secret(self, _: str) -> Any:
        raise self.error


def http_error(status: int, message: str, kind: type[HttpResponseError] = HttpResponseError) -> HttpResponseError:
    error = kind(message=message)
    error.status_code = status
    return error


def vault(error: Exception) -> KeyVault:
    return KeyVault(Client(error))  # type: ignore[arg-type]


async def test_a_disabled_secret_is_none() -> None:
    error = http_error(403, "Operation get is not allowed on a disabled secret. Inner error: SecretDisabled")
    assert await vault(error).get("x") is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (http_error(403, "Caller is not authorized"), "right to get secrets"),
        (http_error(401, "Unauthorized", ClientAuthenticationError), "right to get secrets"),
        (http_error(429, "Too many"), "now"),
        (http_error(500, "Oh"), "now"),
        (ClientAuthenticationError("DefaultAzureCredential failed"), "now"),
        (ServiceRequestError("no route"), "now"),
        (TimeoutError(), "now"),
        (OSError(), "now"),
    ],
)
async def test_anything_else_is_settings_unavailable(error: Exception, words: str) -> None:
    with pytest.raises(SettingsUnavailable, match=words):
        await vault(error).get("x")
