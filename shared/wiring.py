"""Builds every client once per process, on first use. The only constructor of clients.

Adapters are imported here, inside the functions that build them, so that importing the app costs nothing; async clients
are made inside the running loop, since all invocations of a worker share it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from shared import settings as app_settings
from shared.telemetry import telemetry

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from shared.adapters.sql_history import SqlHistory
    from shared.adapters.storage_blobs import StorageBlobs
    from shared.adapters.storage_queues import StorageQueues
    from shared.adapters.storage_tables import StorageTables
    from shared.callbacks import Callbacks
    from shared.drops.files import DropFiles
    from shared.failures import Failures
    from shared.gateway.credentials import Credentials
    from shared.gateway.flags import Flags
    from shared.gateway.gateway import Gateway
    from shared.health import Health
    from shared.idempotency import Idempotency
    from shared.mapping.catalogue import Catalogue
    from shared.mapping.claims import Claims
    from shared.mapping.index.indexes import Indexes
    from shared.mapping.organization_meaning import OrganizationMeaning
    from shared.mapping.pace import Pace
    from shared.mapping.prompt_size import PromptSizes
    from shared.mapping.reviews import Reviews
    from shared.mapping.store import MappingStore
    from shared.mapping.turns import Turns
    from shared.organization_settings import OrganizationSettings
    from shared.processor import Processor
    from shared.retention.history import HistoryRetention
    from shared.retention.sweep import Retention
    from shared.rules.sandbox import Sandbox
    from shared.settings import Settings
    from shared.values.batches import BatchSizes
    from shared.values.jobs.files import RecordFiles
    from shared.values.jobs.store import ValueJobs
    from shared.values.reuse import KnownAnswers

log = logging.getLogger(__name__)

Client = TypeVar("Client", covariant=True)


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
    indexes: Indexes
    mappings: MappingStore
    reviews: Reviews
    meaning: OrganizationMeaning
    idempotency: Idempotency
    failures: Failures
    callbacks: Callbacks
    policies: OrganizationSettings
    health: Health
    blobs: StorageBlobs
    claims: Claims
    pace: Pace
    prompt_sizes: PromptSizes
    processor: Processor
    turns: Turns
    retention: Retention
    drop_files: DropFiles
    sandbox: Sandbox
    value_sizes: BatchSizes
    value_answers: KnownAnswers
    value_jobs: ValueJobs
    record_files: RecordFiles
    history_retention: HistoryRetention


_replacement: Services | None = None


def services() -> Services:
    """The process's services. Raises ConfigurationError when a setting is missing or malformed."""
    return _replacement or _build()


def use(replacement: Services | None) -> None:
    """Put other services in their place (tests), or take them back with None."""
    global _replacement
    _replacement = replacement


def start_telemetry() -> None:
    """Once, when the app is imported; without a setting that asks for it, nothing of it is loaded. An app that cannot
    tell of itself works all the same."""
    wanted = app_settings.load_telemetry()
    if not wanted.wanted:
        return
    try:
        from shared.adapters.open_telemetry import started

        telemetry.switch(started(wanted))
    except Exception as error:
        log.error("telemetry.not_started", extra={"error": type(error).__name__})


@cache
def _build() -> Services:
    from shared.adapters.callback_http import CallbackHttp
    from shared.adapters.chat_on_demand import ChatOnDemand
    from shared.adapters.flag_table import AzureFlagTable
    from shared.adapters.key_vault import KeyVault
    from shared.adapters.sql_history import SqlHistory
    from shared.adapters.sql_retention import SqlRetention
    from shared.adapters.storage_blobs import StorageBlobs
    from shared.adapters.storage_queues import HistoryOutbox, StorageQueues
    from shared.adapters.storage_tables import StorageTables
    from shared.callbacks import Callbacks
    from shared.drops.files import DropFiles
    from shared.failures import Failures
    from shared.gateway.credentials import Credentials
    from shared.gateway.endpoint import HostPolicy
    from shared.gateway.flags import Flags
    from shared.gateway.gateway import Gateway
    from shared.gateway.history import Recorder
    from shared.health import Health
    from shared.idempotency import Idempotency
    from shared.mapping.catalogue import Catalogue
    from shared.mapping.claims import Claims
    from shared.mapping.index.indexes import Indexes
    from shared.mapping.organization_meaning import OrganizationMeaning
    from shared.mapping.pace import Pace
    from shared.mapping.prompt_size import PromptSizes
    from shared.mapping.reviews import Reviews
    from shared.mapping.store import MappingStore
    from shared.mapping.turns import Turns
    from shared.organization_settings import OrganizationSettings
    from shared.processor import Processor
    from shared.retention.history import HistoryRetention
    from shared.rules.sandbox import Sandbox
    from shared.values.batches import BatchSizes
    from shared.values.jobs.files import RecordFiles
    from shared.values.jobs.store import ValueJobs
    from shared.values.reuse import KnownAnswers

    settings = app_settings.load()
    vault = KeyVault.sign_in(settings.key_vault_url, _identity(), verify_challenge=settings.key_vault_verify_challenge)
    flag_table = _in_account(AzureFlagTable, settings)
    tables = _in_account(StorageTables, settings)
    blobs = _in_account(StorageBlobs, settings)
    queues = _in_account(StorageQueues, settings)
    history = SqlHistory(settings.database_url)
    catalogue = Catalogue(blobs)
    flags = Flags(flag_table, settings.production)
    policies = OrganizationSettings(tables, settings.samples)
    role = SqlRetention.connect(settings.retention_database_url) if settings.retention_database_url else None
    credentials = Credentials(vault, settings)
    chat = ChatOnDemand(HostPolicy(settings.allowed_deployment_hosts, settings.allow_loopback_deployments))
    gateway = Gateway(flags, credentials, chat, Recorder(history, HistoryOutbox(queues)), settings)
    return Services(
        settings=settings,
        flags=flags,
        credentials=credentials,
        gateway=gateway,
        history=history,
        queues=queues,
        catalogue=catalogue,
        indexes=Indexes(catalogue, blobs, queues),
        mappings=MappingStore(tables, blobs, kept=timedelta(days=settings.mapping_days)),
        reviews=Reviews(blobs),
        meaning=OrganizationMeaning(gateway),
        idempotency=Idempotency(tables, blobs),
        failures=Failures(tables, blobs, queues),
        callbacks=Callbacks(
            CallbackHttp(allow_loopback=settings.allow_loopback_deployments),
            vault,
            queues,
            settings.allowed_callback_hosts,
        ),
        policies=policies,
        health=Health(
            {
                "flags": lambda: flag_table.read("default", "AiMapping"),
                "keyVault": lambda: vault.get("admin-key"),
                "history": lambda: asyncio.to_thread(history.ping),
                "storage": lambda: blobs.get("mappings", "health"),
            }
        ),
        blobs=blobs,
        claims=Claims(tables, kept=timedelta(days=settings.mapping_days)),
        pace=Pace(),
        prompt_sizes=PromptSizes(),
        processor=Processor(),
        turns=Turns(),
        retention=_retention(settings, tables),
        drop_files=DropFiles(blobs),
        sandbox=Sandbox(),
        value_sizes=BatchSizes(),
        value_answers=KnownAnswers(tables),
        value_jobs=ValueJobs(tables, blobs),
        record_files=RecordFiles(blobs),
        history_retention=HistoryRetention(role, tables, policies, settings.history_days),
    )


def _retention(settings: Settings, tables: StorageTables) -> Retention:
    from shared.adapters.storage_inventory import StorageInventory
    from shared.retention.shelves import Days
    from shared.retention.sweep import Retention

    days = Days(timedelta(days=settings.mapping_days), timedelta(days=settings.failure_days))
    return Retention(_in_account(StorageInventory, settings), tables, days)


@cache
def _identity() -> AsyncTokenCredential:
    """The app's credential, made only when something signs in with it, and then once."""
    from shared.adapters.identity import credential

    return credential()


class _InAccount(Protocol[Client]):
    """An adapter of the storage account."""

    def connect(self, connection_string: str) -> Client: ...

    def sign_in(self, account: str, credential: AsyncTokenCredential) -> Client: ...


def _in_account(adapter: _InAccount[Client], settings: Settings) -> Client:
    if settings.storage_connection:
        return adapter.connect(settings.storage_connection)
    return adapter.sign_in(settings.storage_account, _identity())
