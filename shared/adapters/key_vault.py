"""Secrets in Azure Key Vault, over azure-keyvault-secrets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.keyvault.secrets.aio import SecretClient

from shared.errors import SettingsUnavailable

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

PATIENCE = 8.0
"""Seconds for one secret, sign-in and retries included."""


class KeyVault:
    """Implements ``ports.SecretReader``. Make it inside the running loop: the client belongs to that loop."""

    def __init__(self, client: SecretClient) -> None:
        self._client = client

    @classmethod
    def sign_in(cls, url: str, credential: AsyncTokenCredential, *, verify_challenge: bool = True) -> KeyVault:
        """``verify_challenge`` False only where the vault is not under azure.net."""
        return cls(
            SecretClient(
                url,
                credential,
                verify_challenge_resource=verify_challenge,
                retry_total=2,
                retry_backoff_factor=0.2,
                connection_timeout=3,
                read_timeout=5,
            )
        )

    async def get(self, name: str) -> str | None:
        """The current version's value, None if there is none or it is disabled. Raises SettingsUnavailable."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await self._client.get_secret(name)).value
        except ResourceNotFoundError:
            return None
        except HttpResponseError as error:
            if error.status_code == 403 and "SecretDisabled" in (error.message or ""):
                return None
            raise _unavailable(error.status_code) from error
        except (AzureError, TimeoutError, OSError) as error:
            raise _unavailable(None) from error

    async def close(self) -> None:
        await self._client.close()


def _unavailable(status: int | None) -> SettingsUnavailable:
    if status in (401, 403):
        return SettingsUnavailable("The app may not read its Key Vault: give its identity the right to get secrets")
    return SettingsUnavailable("The settings cannot be read from Key Vault now", retry_after=10)
