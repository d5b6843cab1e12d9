"""Builds every client once per process, on first use. The only constructor of clients.

Adapters are imported here, inside the functions that build them, so that importing the app costs nothing; async clients
are made inside the running loop, since all invocations of a worker share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared import settings as app_settings

if TYPE_CHECKING:
    from shared.adapters.sql_history import SqlHistory
    from shared.adapters.storage_queues import StorageQueues
    from shared.gateway.credentials import Credentials
    from shared.gateway.flags import Flags
    from shared.gateway.gateway import Gateway
    from shared.health import Health
    from shared.idempotency import Idempotency
    from shared.mapping.catalogue import Catalogue
    from shared.mapping.store import MappingStore
    from shared.organization_settings import OrganizationSettings
    from shared.settings import Settings


@dataclass(frozen=True)
class Services:
    """Everything a use case may need, built once."""

    settings: Settings
    flags: Flags
    credentials: Credentials
    gateway: Gateway
    history: SqlHistory
    queues: StorageQueues
    catalogue: Catalogue
    mappings: MappingStore
    idempotency: Idempotency
    policies: OrganizationSettings
    health: Health


_replacement: Services | None = None


def services() -> Services:
    """The process's services. Raises ConfigurationError when a setting is missing or malformed."""
    return _replacement or _build()


def use(replacement: Services | None) -> None:
    """Put other services in their place (tests), or take them back with None."""
    global _replacement  # noqa: PLW0603 - one process, one set of services
    _replacement = replacement


@cache
def _build() -> Services:
    settings = app_settings.load()
    raise app_settings.ConfigurationError(f"no adapters yet for {settings.key_vault_url}")
