"""An organization's four settings, from Key Vault: cached, shared, and read again when the copy stops working."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.errors import DeploymentForbidden, DeploymentNotFound, SettingsMissing, SettingsUnavailable
from shared.gateway.endpoint import HostPolicy, clean, parse
from shared.gateway.ports import Deployment, SecretReader
from shared.gateway.reads import Read, Reads
from shared.settings import Settings

SECRETS = {
    "apiKey": "openai-api-key",
    "baseUrl": "openai-base-url",
    "resourceKey": "openai-resource-key",
    "deploymentName": "openai-deployment-name",
}
"""Setting → secret, ``{organization}--{secret}``."""
API_VERSION = "openai-api-version"
EMBEDDING = "openai-embedding-deployment-name"
"""Optional, as the one above."""
ADMIN_KEY = "admin-key"
UNUSABLE_AGE = 3.0
"""Seconds an incomplete or refused set is believed: an administrator is likely to be mending it."""
STALE_AGE = 3600.0
"""Seconds a copy is used for while Key Vault is away."""

_KEY = re.compile(r"[0-9a-f]{32}|[A-Za-z0-9]{84}")
"""The two forms of Azure's keys: the names of deployments are shown and kept, so a key must not pass for one."""
_SHORTEST_KEY = 16
"""Characters; a shorter word may stand in an address by chance."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Secrets:
    """The values as they are in Key Vault; empty where there is none."""

    values: dict[str, str] = field(repr=False)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in SECRETS if not self.values[name])


class Credentials:
    def __init__(self, secrets: SecretReader, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._secrets = secrets
        self._clock = clock
        self._max_age = settings.credentials_cache
        self._policy = HostPolicy(settings.allowed_deployment_hosts, settings.allow_loopback_deployments)
        self._sets: Reads[str, Secrets] = Reads(self._read, clock)
        self._admin: Reads[str, str] = Reads(self._read_one, clock)
        self._away_until: dict[str, float] = {}
        self._prefers_resource_key: set[str] = set()

    async def deployment(self, organization: str) -> Deployment:
        """The settings, at most ``credentials_cache`` seconds old unless Key Vault is away.

        Raises SettingsMissing naming what is missing, DeploymentForbidden for a Base URL that may not be used,
        DeploymentNotFound for a name that cannot be one, SettingsUnavailable."""
        now = self._clock()
        read = await self._get(organization, now - self._max_age)
        try:
            return self._build(read.value)
        except (SettingsMissing, DeploymentForbidden, DeploymentNotFound):
            if read.started >= now - UNUSABLE_AGE:
                raise
        return self._build((await self._get(organization, now - UNUSABLE_AGE)).value)

    async def reread(self, organization: str, used: Deployment) -> Deployment | None:
        """What Key Vault holds now, if that differs from ``used``, which stopped working; None also if it is away."""
        try:
            await self._sets.get(organization, self._clock())
            current = await self.deployment(organization)
        except SettingsUnavailable:
            return None
        return current if current != used else None

    async def renew(self, organization: str) -> None:
        """Read the settings now. Raises SettingsUnavailable; the copy stays."""
        await self._sets.get(organization, self._clock())
        self._away_until.pop(organization, None)

    async def presence(self, organization: str) -> dict[str, bool]:
        """Which of the four settings are there. Raises SettingsUnavailable."""
        missing = (await self._sets.get(organization, self._clock() - UNUSABLE_AGE)).value.missing
        return {name: name not in missing for name in SECRETS}

    async def admin_key(self) -> str | None:
        """The secret ``admin-key``, None where there is none. Raises SettingsUnavailable."""
        return (await self._admin.get(ADMIN_KEY, self._clock() - UNUSABLE_AGE)).value or None

    def keys(self, organization: str, deployment: Deployment) -> tuple[str, ...]:
        """The keys to try, the one that worked last first; without those no HTTP header can carry."""
        keys = (deployment.api_key, deployment.resource_key)
        ordered = keys[::-1] if organization in self._prefers_resource_key else keys
        return tuple(dict.fromkeys(key for key in ordered if key.isascii() and key.isprintable() and " " not in key))

    def worked(self, organization: str, deployment: Deployment, key: str) -> None:
        """Remember which of the two keys was accepted."""
        if key == deployment.api_key:
            self._prefers_resource_key.discard(organization)
        else:
            self._prefers_resource_key.add(organization)

    async def _get(self, organization: str, newer_than: float) -> Read[Secrets]:
        now = self._clock()
        stale = self._sets.kept(organization, now - STALE_AGE)
        if stale is not None and now < self._away_until.get(organization, 0.0):
            return stale
        try:
            return await self._sets.get(organization, newer_than)
        except SettingsUnavailable:
            if stale is None or stale.value.missing:
                raise
            self._away_until[organization] = self._clock() + UNUSABLE_AGE
            log.warning("settings.stale", extra={"organization": organization, "age": round(now - stale.started)})
            return stale

    async def _read(self, organization: str) -> Secrets:
        names = (*SECRETS.values(), API_VERSION, EMBEDDING)
        values = await asyncio.gather(*(self._read_one(f"{organization}--{name}") for name in names))
        return Secrets(dict(zip((*SECRETS, "apiVersion", "embeddingDeploymentName"), map(clean, values), strict=True)))

    async def _read_one(self, name: str) -> str:
        return await self._secrets.get(name) or ""

    def _build(self, secrets: Secrets) -> Deployment:
        if secrets.missing:
            names = ", ".join(secrets.missing)
            raise SettingsMissing(f"These settings are missing: {names}", setting=secrets.missing[0])
        values = secrets.values
        if _KEY.fullmatch(values["deploymentName"]) or _holds_a_key(values, "deploymentName"):
            raise DeploymentNotFound("deploymentName holds what looks like a key", setting="deploymentName")
        if _holds_a_key(values, "baseUrl"):
            raise DeploymentForbidden("baseUrl holds one of the keys", setting="baseUrl")
        endpoint = parse(values["baseUrl"], values["apiVersion"], self._policy)
        return Deployment(
            endpoint.base_url,
            values["deploymentName"],
            values["apiKey"],
            values["resourceKey"],
            endpoint.api_version,
            _embedding(values),
        )


def _embedding(values: dict[str, str]) -> str | None:
    """The optional name. One that holds a key counts as none: it would be shown, and prompts do without it."""
    name = values["embeddingDeploymentName"]
    if _KEY.fullmatch(name) or _holds_a_key(values, "embeddingDeploymentName"):
        log.warning("settings.embedding_name_holds_a_key")
        return None
    return name or None


def _holds_a_key(values: dict[str, str], setting: str) -> bool:
    """A key pasted into another setting: hosts and names are shown and kept, so it must not get there."""
    keys = [values[name].lower() for name in ("apiKey", "resourceKey") if len(values[name]) >= _SHORTEST_KEY]
    return any(key in values[setting].lower() for key in keys)
