"""The app's own identity in Azure: one credential for all clients, so that its tokens are shared."""

from __future__ import annotations

from azure.identity.aio import DefaultAzureCredential


def credential() -> DefaultAzureCredential:
    """Managed identity in Azure (IDENTITY_ENDPOINT), a service principal or the Azure CLI elsewhere.

    Made once per process inside the running loop; ``close()`` it at the end."""
    return DefaultAzureCredential(
        exclude_interactive_browser_credential=True,
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        exclude_powershell_credential=True,
    )
