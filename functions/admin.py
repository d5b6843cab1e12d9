"""Who may change flags, verify settings, replay failures and erase prompts: who knows Key Vault's ``admin-key``."""

from __future__ import annotations

import hmac

from functions.http import Call
from shared.errors import AdminDisabled, AdminRequired
from shared.wiring import services


async def require_admin(call: Call) -> None:
    """Compare header x-admin-key with the secret. Raises AdminDisabled, AdminRequired, SettingsUnavailable."""
    expected = await services().credentials.admin_key()
    if not expected:
        raise AdminDisabled("Administration over HTTP is off: Key Vault has no secret admin-key.")
    given = call.header("x-admin-key") or ""
    # Compared in constant time, so that the key cannot be guessed letter by letter.
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise AdminRequired("The x-admin-key header is missing or wrong.")
