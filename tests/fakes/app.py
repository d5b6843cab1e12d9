"""The app's own functions, called with real HttpRequests, over services in memory."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, cast
from urllib.parse import unquote

import azure.functions as func

from shared import settings as app_settings
from shared.callbacks import Callbacks
from shared.drops.apart import Ranges
from shared.drops.file_profile import FileProfile
from shared.drops.files import DropFiles
from shared.drops.models import Drop
from shared.drops.profile_file import profile_file
from shared.failures import Failures
from shared.gateway.credentials import Credentials
from shared.gateway.flags import Flags
from shared.gateway.ports import FlagRow
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
from shared.retention.shelves import Days
from shared.retention.sweep import Retention
from shared.rules.sandbox import Sandbox
from shared.values.batches import BatchSizes
from shared.values.jobs.files import RecordFiles
from shared.values.jobs.store import ValueJobs
from shared.values.reuse import KnownAnswers
from shared.wiring import Services
from tests.fakes.callbacks import FakeReceiver
from tests.fakes.gateway import FakeFlagTable, FakeGateway, FakeSecrets
from tests.fakes.inventory import FakeInventory
from tests.fakes.prompt_log import FakePromptLog, FakeRetentionRole
from tests.fakes.queues import FakeQueues
from tests.fakes.storage import FakeBlobs, FakeTables

ENVIRONMENT = {
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "KEY_VAULT_URL": "https://vault.vault.azure.net",
    "DATABASE_URL": "sqlite://",
}

DAYS = Days(timedelta(days=30), timedelta(days=90))
SANDBOX = Sandbox()
"""One for all tests: its children are slow to start, and what they run leaves nothing behind."""


class Stand:
    """The services in memory, and what stands behind them."""

    def __init__(self) -> None:
        self.tables, self.blobs = FakeTables(), FakeBlobs()
        self.flag_table, self.secrets, self.history = FakeFlagTable(), FakeSecrets(), FakePromptLog()
        self.queues, self.receiver = FakeQueues(), FakeReceiver()
        self.settings = app_settings.load(ENVIRONMENT)
        self.checks_fail = False
        self.retention_role = FakeRetentionRole()
        self.now = 1_000.0
        """Seconds, as flags and settings see them."""
        flags = Flags(self.flag_table, self.settings.production, lambda: self.now)
        credentials = Credentials(self.secrets, self.settings, lambda: self.now)
        self.gateway = FakeGateway(flags, credentials)
        catalogue = Catalogue(self.blobs)
        stand_ins: dict[str, Any] = {
            "gateway": self.gateway,
            "history": self.history,
            "queues": self.queues,
            "blobs": self.blobs,
        }
        self.services = Services(
            settings=self.settings,
            flags=flags,
            credentials=credentials,
            catalogue=catalogue,
            indexes=Indexes(catalogue, self.blobs, self.queues),
            mappings=MappingStore(self.tables, self.blobs),
            reviews=Reviews(self.blobs, lambda: self.now),
            meaning=OrganizationMeaning(self.gateway),
            idempotency=Idempotency(self.tables, self.blobs, poll_seconds=0.01),
            failures=Failures(self.tables, self.blobs, self.queues),
            callbacks=Callbacks(self.receiver, self.secrets, self.queues, ("hooks.example.com", "*.acme.example")),
            policies=OrganizationSettings(self.tables, self.settings.samples),
            health=Health({"flags": self._check, "history": self._check}),
            claims=Claims(self.tables),
            pace=Pace(),
            prompt_sizes=PromptSizes(),
            processor=Processor(),
            turns=Turns(),
            retention=Retention(FakeInventory(self.tables, self.blobs), self.tables, DAYS),
            drop_files=DropFiles(self.blobs, _in_process),
            sandbox=SANDBOX,
            value_sizes=BatchSizes(),
            value_answers=KnownAnswers(self.tables),
            value_jobs=ValueJobs(self.tables, self.blobs),
            record_files=RecordFiles(self.blobs),
            history_retention=HistoryRetention(
                self.retention_role, self.tables, OrganizationSettings(self.tables), self.settings.history_days
            ),
            **stand_ins,
        )

    def allow(self, organization: str) -> None:
        """Flag on, four settings there."""
        self.flag_table.rows[organization, "AiMapping"] = FlagRow(True, "Production")
        self.secrets.give(organization)

    def is_empty(self) -> bool:
        """Nothing was stored, changed or sent."""
        return not (self.tables.rows or self.blobs.blobs or self.flag_table.audit or self.gateway.asked)

    async def _check(self) -> None:
        if self.checks_fail:
            raise OSError("away")


async def _in_process(content: Ranges, name: str, drop: Drop) -> FileProfile:
    """As the worker's child process does."""
    whole = io.BytesIO(await content.part(0, content.size) if content.size else b"")
    sheet = drop.source.sheet if drop.source else None
    return profile_file(whole, content.size, name, drop.data_set_name, None, sheet=sheet)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    media_type: str
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def indexed() -> list[Any]:
    """The app's functions. It takes a second listing for duplicates, so it is made to forget the first."""
    from function_app import app

    app.functions_bindings = {}
    try:
        return app.get_functions()
    finally:
        app.functions_bindings = {}


@cache
def functions() -> tuple[tuple[re.Pattern[str], str, Any], ...]:
    """Route, method and handler of every HTTP function of the app, literal routes first."""
    found = []
    for function in indexed():
        trigger = function.get_trigger()
        if trigger.type == "httpTrigger":
            pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(trigger.route)))
            found += [(pattern, str(method.value), function.get_user_function()) for method in trigger.methods]
    return tuple(found)


async def call(
    method: str,
    path: str,
    body: object = b"",
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> Answer:
    """Call the app as the host would: routed, path parts decoded. ``body``: bytes, or what becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    for pattern, verb, handler in functions():
        match = pattern.fullmatch(path.strip("/"))
        if match and verb == method:
            request = func.HttpRequest(
                method,
                f"https://app.azurewebsites.net/api{path}",
                headers={**({"content-type": "application/json"} if content else {}), **(headers or {})},
                params=params or {},
                route_params={name: unquote(part) for name, part in match.groupdict().items()},
                body=content,
            )
            answer = cast(func.HttpResponse, await handler(request))
            return Answer(answer.status_code, answer.headers, answer.mimetype, answer.get_body())
    raise LookupError(f"no function for {method} {path}")
