"""What the gateway needs from outside, and what it offers. Adapters implement these, tests fake them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.gateway.records import Answer, Caller, HistoryRow, Message, Prompt, Reply


@dataclass(frozen=True)
class FlagRow:
    """One row of table FeatureFlags."""

    enabled: bool
    status: str
    """Deprecated, Development, Alpha, Beta, ReleaseCandidate or Production."""


class FlagTable(Protocol):
    async def read(self, organization: str, flag: str) -> FlagRow | None:
        """One row, None where there is none. Raises FlagsUnavailable."""

    async def write(self, organization: str, flag: str, row: FlagRow) -> None:
        """Set one row. Raises FlagsUnavailable."""

    async def write_audit(
        self, organization: str, flag: str, before: FlagRow | None, after: FlagRow, correlation_id: str
    ) -> None:
        """Append to table FlagChanges; the id is that of the request. Raises FlagsUnavailable."""


class SecretReader(Protocol):
    async def get(self, name: str) -> str | None:
        """A secret's current value, None where there is none. Raises SettingsUnavailable."""


@dataclass(frozen=True)
class Deployment:
    """An organization's four settings. ``repr`` shows no key."""

    base_url: str
    name: str
    api_key: str = field(repr=False)
    resource_key: str = field(repr=False)
    api_version: str | None = None
    """None for the v1 surface."""
    embedding_name: str | None = None
    """The organization's embedding deployment of the same resource, where its settings name one."""


@dataclass(frozen=True)
class ChatRequest:
    """One try, already shaped to what the deployment is known to accept."""

    deployment: Deployment
    key: str = field(repr=False)
    messages: tuple[Message, ...] = ()
    response_format: Mapping[str, object] | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    """temperature, max_tokens or max_completion_tokens, seed …: as accepted."""
    timeout: float = 120.0
    """Seconds."""
    embeds: bool = False
    """Not an answer to the messages is asked for, but a vector for each of them."""


@dataclass(frozen=True)
class Completion:
    """A 200 answer, reduced to what is used. Headers in lower case, rate limits only."""

    text: str
    refusal: str | None
    finish_reason: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    headers: Mapping[str, str]
    vectors: str = ""
    """Where vectors were asked for: all of them as base64 of 32-bit floats (little-endian), in the messages' order."""


class ChatError(Exception):
    """Any other answer, or none: ``status`` is None where the connection failed, 408 for our own time-out."""

    def __init__(
        self, status: int | None, code: str | None, param: str | None, body_hint: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.param = param
        self.body_hint = body_hint
        """The service's message, for classification only. Never shown, logged or kept."""
        self.headers = headers


class Chat(Protocol):
    async def send(self, request: ChatRequest) -> Completion:
        """One HTTP request, no retry, no redirect. Raises ChatError."""


class RowsRejected(Exception):
    """The database is there and will never take these rows. Their neighbours have been written."""

    def __init__(self, rows: Sequence[HistoryRow], reason: str) -> None:
        super().__init__(f"{len(rows)} history rows rejected: {reason}")
        self.rows = tuple(rows)
        self.reason = reason
        """The kind of fault, without any value."""


class HistoryStore(Protocol):
    def insert(self, rows: Sequence[HistoryRow]) -> None:
        """Append rows in one transaction; a row that is already there changes nothing. Blocking: call it in a thread.

        Raises HistoryUnavailable when the database cannot be reached now, RowsRejected for rows it will never take."""

    def ping(self) -> None:
        """Ask the database for nothing. Blocking. Raises HistoryUnavailable."""


class Outbox(Protocol):
    async def put(self, rows: Sequence[HistoryRow]) -> None:
        """Queue rows for later insertion. Raises HistoryUnavailable when the queue is away too."""


class Checkpoints(Protocol):
    """The checkpoints of one run of one piece of work."""

    def name(self, key: str) -> str:
        """The name of the next call with this key: the same question may be asked twice, and gets two answers."""

    async def load(self, name: str) -> bytes | None:
        """What was saved under a name, in this run or an earlier one. Raises StorageUnavailable."""

    async def save(self, name: str, content: bytes) -> None:
        """Keep a finished call. Raises StorageUnavailable."""


class Embedder(Protocol):
    """The organization's own embedding deployment, as the rest of the product sees it."""

    async def embedding_deployment(self, caller: Caller) -> str | None:
        """Its name, None where the organization's settings name none.

        Raises SettingsMissing, SettingsUnavailable, DeploymentForbidden, DeploymentNotFound."""

    async def embed(self, caller: Caller, texts: Sequence[str]) -> Reply[tuple[bytes, ...]]:
        """A vector for each text (1 to 2,048), as 32-bit floats (little-endian), under the promises of ``Asker.ask``.

        Raises what that raises; SettingsMissing where the settings name no embedding deployment."""


class Asker(Protocol):
    """What the rest of the product sees of the gateway."""

    async def require(self, caller: Caller) -> None:
        """Check flag and settings before any work.

        Raises FeatureDisabled, FlagsUnavailable, SettingsMissing, SettingsUnavailable and, for a Base URL or a name
        that cannot be used, DeploymentForbidden or DeploymentNotFound."""

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        """Send one prompt under all promises. Raises AnswerError, DeploymentError, NotPermitted, DependencyUnavailable;
        each carries ``attempt_ids`` and ``usage``."""
