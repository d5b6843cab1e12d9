"""The app's own settings, read once from the environment. The only reader of ``os.environ``.

Each field names its setting in the docstring below it; README.md, local.settings.sample.json and this module list the
same names, and a test compares them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, cast

SamplesPolicy = Literal["full", "masked", "none"]


class ConfigurationError(Exception):
    """A setting is missing or malformed. The message names it and says what it should look like."""


@dataclass(frozen=True)
class Price:
    """Price per million tokens, valid from a day on."""

    valid_from: date
    prompt: Decimal
    cached: Decimal
    completion: Decimal


@dataclass(frozen=True)
class Settings:
    storage_connection: str
    """AzureWebJobsStorage: a connection string; empty when an identity is used."""
    storage_account: str
    """AzureWebJobsStorage__accountName: the account's name, signed in to with the app's identity."""
    key_vault_url: str
    """KEY_VAULT_URL: https://NAME.vault.azure.net"""
    key_vault_verify_challenge: bool
    """KEY_VAULT_VERIFY_CHALLENGE: false only where the vault is not under azure.net."""
    database_url: str
    """DATABASE_URL: an ODBC connection string (with Entra sign-in if it names no user) or a SQLAlchemy URL."""
    retention_database_url: str
    """RETENTION_DATABASE_URL: as DATABASE_URL, in role prompt_history_retention: to purge and erase. Empty: neither."""
    production: bool
    """ENVIRONMENT: "production" (the default) counts only flags of status Production as on."""
    allowed_deployment_hosts: tuple[str, ...]
    """ALLOWED_DEPLOYMENT_HOSTS: further hosts a Base URL may name, by comma; "*.example.com" too."""
    allow_loopback_deployments: bool
    """ALLOW_LOOPBACK_DEPLOYMENTS: the local stack's; lets a Base URL be http and loopback, and a callback loopback."""
    allowed_callback_hosts: tuple[str, ...]
    """ALLOWED_CALLBACK_HOSTS: the hosts a callbackUrl may name, by comma; "*.example.com" too. Empty: none."""
    samples: SamplesPolicy
    """SAMPLES: what of the sample values may be sent, unless the organization says otherwise."""
    sync_deadline: float
    """SYNC_DEADLINE_SECONDS: an estimate above this makes a mapping asynchronous."""
    http_deadline: float
    """HTTP_DEADLINE_SECONDS: an HTTP request gives up after this; the platform cuts at 230 s."""
    prompt_timeout: float
    """PROMPT_TIMEOUT_SECONDS: one try of one prompt."""
    interactive_share: float
    """INTERACTIVE_SHARE: of a deployment's quota, what value jobs and drops leave to requests; 0 to 0.9."""
    credentials_cache: float
    """CREDENTIALS_CACHE_SECONDS: how long the four settings are used before Key Vault is asked again."""
    mapping_days: int
    """MAPPING_DAYS: a mapping and its result are kept so long after their last change."""
    failure_days: int
    """FAILURE_DAYS: a failure is kept, and can be replayed, so long after its last change."""
    history_days: int | None
    """HISTORY_DAYS: prompt history older than this is purged; empty keeps it."""
    prices: Mapping[str, tuple[Price, ...]]
    """PRICES: JSON, model → {"prompt", "cached", "completion"} per million tokens, or a list of such with "from"."""
    currency: str
    """CURRENCY: of PRICES."""

    @property
    def account(self) -> str:
        """The storage account's name, however it is signed in to; empty where a connection string names none."""
        return self.storage_account or _account(self.storage_connection)


@dataclass(frozen=True)
class TelemetrySettings:
    """Read apart from the others, and before them: what is wrong with those is told by telemetry, too."""

    connection_string: str = field(repr=False)
    """APPLICATIONINSIGHTS_CONNECTION_STRING: of Application Insights; empty: nothing is sent there."""
    file: str
    """TELEMETRY_FILE: where spans and figures are written as lines of JSON, on one machine; empty: nowhere."""
    site: str
    """The app's name, as the platform (WEBSITE_SITE_NAME) and so the host's own telemetry call it."""
    instance: str

    @property
    def wanted(self) -> bool:
        return bool(self.connection_string or self.file)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises ConfigurationError naming the first setting that is missing or malformed."""
    env = os.environ if environ is None else environ
    storage, account = env.get("AzureWebJobsStorage", ""), env.get("AzureWebJobsStorage__accountName", "")
    if not storage and not account:
        raise ConfigurationError("AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing")
    return Settings(
        storage_connection=storage,
        storage_account=account,
        key_vault_url=_required(env, "KEY_VAULT_URL"),
        key_vault_verify_challenge=_flag(env, "KEY_VAULT_VERIFY_CHALLENGE", default=True),
        database_url=_required(env, "DATABASE_URL"),
        retention_database_url=_retention_database_url(env),
        production=env.get("ENVIRONMENT", "production").strip().lower() == "production",
        allowed_deployment_hosts=_list(env, "ALLOWED_DEPLOYMENT_HOSTS"),
        allow_loopback_deployments=_flag(env, "ALLOW_LOOPBACK_DEPLOYMENTS", default=False),
        allowed_callback_hosts=_list(env, "ALLOWED_CALLBACK_HOSTS"),
        samples=_samples(env),
        sync_deadline=_seconds(env, "SYNC_DEADLINE_SECONDS", 60),
        http_deadline=_seconds(env, "HTTP_DEADLINE_SECONDS", 210),
        prompt_timeout=_seconds(env, "PROMPT_TIMEOUT_SECONDS", 120),
        interactive_share=_share(env, "INTERACTIVE_SHARE", 0.3),
        credentials_cache=_seconds(env, "CREDENTIALS_CACHE_SECONDS", 60),
        mapping_days=_days(env, "MAPPING_DAYS") or 30,
        failure_days=_days(env, "FAILURE_DAYS") or 90,
        history_days=_days(env, "HISTORY_DAYS"),
        prices=_prices(env.get("PRICES", "")),
        currency=env.get("CURRENCY", "USD"),
    )


def load_telemetry(environ: Mapping[str, str] | None = None) -> TelemetrySettings:
    env = os.environ if environ is None else environ
    return TelemetrySettings(
        connection_string=env.get("APPLICATIONINSIGHTS_CONNECTION_STRING", "").strip(),
        file=env.get("TELEMETRY_FILE", "").strip(),
        site=env.get("WEBSITE_SITE_NAME", "") or "cluedin-ai",
        instance=env.get("WEBSITE_INSTANCE_ID", ""),
    )


def quiet_exporters() -> None:
    """Microsoft's exporters send statistics of themselves and fetch remote settings, unless their own settings say
    otherwise: before they are imported, these do, where whoever deploys has set nothing."""
    own = (
        "STATSBEAT_DISABLED_ALL",
        "SDKSTATS_DISABLED",
        "CONTROLPLANE_DISABLED",
        "OPENTELEMETRY_RESOURCE_METRIC_DISABLED",
    )
    for what in own:
        os.environ.setdefault(f"APPLICATIONINSIGHTS_{what}", "true")


def load_database_url(environ: Mapping[str, str] | None = None) -> str:
    """DATABASE_URL alone, for who only moves the schema. Raises ConfigurationError."""
    return _required(os.environ if environ is None else environ, "DATABASE_URL")


def _retention_database_url(env: Mapping[str, str]) -> str:
    """SQLite knows no roles: there the one connection does it all. Elsewhere it must be given; empty: not possible."""
    given, database = env.get("RETENTION_DATABASE_URL", "").strip(), env.get("DATABASE_URL", "").strip()
    return given or (database if database.startswith("sqlite:") else "")


def _account(connection: str) -> str:
    parts = dict(part.partition("=")[::2] for part in connection.split(";"))
    if parts.get("UseDevelopmentStorage", "").lower() == "true":
        return "devstoreaccount1"
    host = parts.get("BlobEndpoint", "").partition("://")[2].partition(".")[0]
    return parts.get("AccountName") or host


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"{name} is missing")
    return value


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name, "").strip().lower()
    if value not in ("", "true", "false"):
        raise ConfigurationError(f"{name} must be true or false")
    return default if not value else value == "true"


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in env.get(name, "").split(",") if part.strip())


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name, "").strip()
    try:
        seconds = float(value) if value else default
    except ValueError:
        seconds = -1
    if not 0 < seconds < float("inf"):
        raise ConfigurationError(f"{name} must be a number of seconds above zero")
    return seconds


def _share(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name, "").strip()
    try:
        share = float(value) if value else default
    except ValueError:
        share = -1
    if not 0 <= share <= 0.9:
        raise ConfigurationError(f"{name} must be a share from 0 to 0.9, such as 0.3")
    return share


def _days(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "").strip()
    if value and not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ConfigurationError(f"{name} must be a whole number of days, or empty")
    return int(value) if value else None


def _samples(env: Mapping[str, str]) -> SamplesPolicy:
    value = env.get("SAMPLES", "").strip().lower() or "full"
    if value not in ("full", "masked", "none"):
        raise ConfigurationError("SAMPLES must be full, masked or none")
    return cast(SamplesPolicy, value)


def _prices(text: str) -> dict[str, tuple[Price, ...]]:
    if not text.strip():
        return {}
    try:
        models = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        return {
            model: tuple(sorted((_price(p) for p in _as_list(entry)), key=lambda p: p.valid_from))
            for model, entry in models.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ConfigurationError(
            'PRICES must be JSON such as {"gpt-4.1-mini": {"prompt": 0.4, "cached": 0.1, "completion": 1.6}}'
        ) from error


def _as_list(entry: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", entry if isinstance(entry, list) else [entry])


def _price(entry: dict[str, object]) -> Price:
    def number(name: str, default: str) -> Decimal:
        value = Decimal(str(entry.get(name, entry[default])))
        if not value.is_finite() or value < 0:
            raise ValueError(f"not a price: {value}")
        return value

    start = str(entry.get("from", "0001-01-01"))
    return Price(
        date.fromisoformat(start),
        number("prompt", "prompt"),
        number("cached", "prompt"),
        number("completion", "completion"),
    )
