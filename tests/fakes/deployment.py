"""A deployment that answers as told, a history that keeps rows, and a gateway between them on the loop's clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from shared.errors import HistoryUnavailable
from shared.gateway.credentials import Credentials
from shared.gateway.flags import Flags
from shared.gateway.gateway import Gateway
from shared.gateway.ports import ChatError, ChatRequest, Completion, FlagRow
from shared.gateway.records import AttemptRow, Caller, Feature, HistoryRow, Message, OutcomeRow, Prompt, Reply
from shared.settings import Price, Settings, load
from tests.fakes.gateway import FakeFlagTable, FakeSecrets

KEY_ONE, KEY_TWO = "canary-key-number-one", "canary-key-number-two"
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
Answering = Callable[[ChatRequest], Awaitable[Completion]]


def settings(**more: Any) -> Settings:
    found = load({"AzureWebJobsStorage": "x", "KEY_VAULT_URL": "https://vault.example", "DATABASE_URL": "x"})
    return replace(found, **more)


def completion(text: str = '{"word": "yes"}', **more: Any) -> Completion:
    values: dict[str, Any] = {
        "refusal": None,
        "finish_reason": "stop",
        "model": "gpt-4.1-mini-2025-04-14",
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "cached_tokens": 40,
        "headers": {},
    }
    return Completion(text, **(values | more))


def failure(
    status: int | None, code: str | None = None, param: str | None = None, hint: str = "", **headers: str
) -> ChatError:
    return ChatError(status, code, param, hint, {name.replace("_", "-"): value for name, value in headers.items()})


def word(value: object) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("word"), str):
        raise ValueError("no word")
    return str(value["word"])


def prompt(**more: Any) -> Prompt[str]:
    made = Prompt("say-a-word-v1", (Message("system", "Say a word."), Message("user", "Now")), SCHEMA, word, 50)
    return replace(made, **more)


class FakeChat:
    """Answers from a script, then always well. Keys can be made invalid."""

    def __init__(self) -> None:
        self.script: list[Completion | BaseException | Answering] = []
        self.sent: list[ChatRequest] = []
        self.valid_keys: set[str] | None = None
        self.latency = 0.0
        self.in_flight = 0
        self.most_in_flight = 0

    async def send(self, request: ChatRequest) -> Completion:
        self.sent.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._answer(request)
        finally:
            self.in_flight -= 1

    async def _answer(self, request: ChatRequest) -> Completion:
        await asyncio.sleep(self.latency)
        if self.valid_keys is not None and request.key not in self.valid_keys:
            raise failure(401, "401")
        told = self.script.pop(0) if self.script else completion()
        if isinstance(told, BaseException):
            raise told
        return told if isinstance(told, Completion) else await told(request)


class FakeHistory:
    def __init__(self) -> None:
        self.rows: list[HistoryRow] = []
        self.away = False
        self.latency = 0.0
        self.away_for_outcomes = False

    async def record(self, row: HistoryRow) -> None:
        await asyncio.sleep(self.latency)
        if self.away or (self.away_for_outcomes and isinstance(row, OutcomeRow)):
            raise HistoryUnavailable("The history cannot be written now.")
        self.rows.append(row)

    @property
    def attempts(self) -> list[AttemptRow]:
        return [row for row in self.rows if isinstance(row, AttemptRow)]

    @property
    def outcomes(self) -> list[OutcomeRow]:
        return [row for row in self.rows if isinstance(row, OutcomeRow)]

    @property
    def statuses(self) -> list[str]:
        return [str(row.status) for row in self.outcomes]


class SlowSecrets(FakeSecrets):
    """Counts reads; each takes a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []
        self.latency = 0.01

    async def get(self, name: str) -> str | None:
        self.reads.append(name)
        await asyncio.sleep(self.latency)
        return await super().get(name)


class SlowFlagTable(FakeFlagTable):
    """Counts reads; each takes a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[tuple[str, str]] = []
        self.latency = 0.01

    async def read(self, organization: str, flag: str) -> FlagRow | None:
        self.reads.append((organization, flag))
        row = await super().read(organization, flag)
        await asyncio.sleep(self.latency)
        return row


@dataclass
class World:
    """Organization acme, AI mapping on, four settings, a deployment."""

    settings: Settings = field(
        default_factory=lambda: settings(
            prices={"gpt-4.1-mini": (Price(date.min, Decimal(1), Decimal("0.5"), Decimal(4)),)}
        )
    )
    table: SlowFlagTable = field(default_factory=SlowFlagTable)
    secrets: SlowSecrets = field(default_factory=SlowSecrets)
    chat: FakeChat = field(default_factory=FakeChat)
    history: FakeHistory = field(default_factory=FakeHistory)

    def __post_init__(self) -> None:
        clock = asyncio.get_running_loop().time
        self.clock = clock
        self.switch(True)
        self.secrets.values |= {
            "acme--openai-api-key": KEY_ONE,
            "acme--openai-resource-key": KEY_TWO,
            "acme--openai-base-url": "https://acme.openai.azure.com/",
            "acme--openai-deployment-name": "gpt",
        }
        self.flags = Flags(self.table, self.settings.production, clock)
        self.credentials = Credentials(self.secrets, self.settings, clock)
        self.gateway = Gateway(self.flags, self.credentials, self.chat, self.history, self.settings, clock)

    def switch(self, on: bool, feature: Feature = Feature.AI_MAPPING, organization: str = "acme") -> None:
        self.table.rows[organization, feature] = FlagRow(on, "Production")

    def caller(self, patience: float = 100.0, **more: Any) -> Caller:
        made = Caller("acme", (Feature.AI_MAPPING,), "AiMapping", "correlation", self.clock() + patience, "mapping")
        return replace(made, **more)

    async def ask(self, patience: float = 100.0, **more: Any) -> Reply[str]:
        return await self.gateway.ask(self.caller(patience), prompt(**more))


def messages_of(row: AttemptRow) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(row.messages)
    return found
