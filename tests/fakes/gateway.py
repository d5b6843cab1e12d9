"""Flags, secrets and a gateway in memory. The gateway answers each prompt from its own schema, or fails as told."""

from __future__ import annotations

import asyncio
import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.errors import AnswerError, FlagsUnavailable, ProductError, SettingsUnavailable
from shared.gateway.credentials import Credentials
from shared.gateway.flags import Flags
from shared.gateway.ports import FlagRow
from shared.gateway.records import Answer, Caller, Prompt, Reply, Usage


class FakeFlagTable:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], FlagRow] = {}
        self.audit: list[tuple[str, str, FlagRow | None, FlagRow]] = []
        self.audited_by: list[str] = []
        """The requests' correlation ids."""
        self.away = False

    async def read(self, organization: str, flag: str) -> FlagRow | None:
        self._reach()
        return self.rows.get((organization, flag))

    async def write(self, organization: str, flag: str, row: FlagRow) -> None:
        self._reach()
        self.rows[organization, flag] = row

    async def write_audit(
        self, organization: str, flag: str, before: FlagRow | None, after: FlagRow, correlation_id: str
    ) -> None:
        self._reach()
        self.audited_by.append(correlation_id)
        self.audit.append((organization, flag, before, after))

    def _reach(self) -> None:
        if self.away:
            raise FlagsUnavailable("The feature flags cannot be read now.")


class FakeSecrets:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.away = False

    async def get(self, name: str) -> str | None:
        if self.away:
            raise SettingsUnavailable("Key Vault cannot be read now.")
        return self.values.get(name)

    def give(self, organization: str) -> None:
        """The four settings of one organization."""
        self.values |= {
            f"{organization}--openai-api-key": "secret-one",
            f"{organization}--openai-resource-key": "secret-two",
            f"{organization}--openai-base-url": "https://acme.openai.azure.com",
            f"{organization}--openai-deployment-name": "gpt",
        }


class FakeGateway:
    """Checks flag and settings as the real one; sends nothing."""

    def __init__(self, flags: Flags, credentials: Credentials) -> None:
        self._flags = flags
        self._credentials = credentials
        self.asked: list[tuple[Caller, str]] = []
        """Who asked, and every message as one text."""
        self.fails: ProductError | Exception | None = None
        self.embedded: list[tuple[Caller, list[str]]] = []
        self.means: dict[str, str] = {}
        """Text → the text it means."""
        self.embedding_fails: ProductError | None = None
        self.hold: asyncio.Event | None = None
        """Where set, no answer comes until it is."""
        self.answerer: Callable[[Prompt[Any]], object] = lambda prompt: answer(prompt.schema)
        """A prompt → decoded JSON, or an error to raise."""

    async def require(self, caller: Caller) -> None:
        await self._flags.require(caller.organization, caller.features)
        await self._credentials.deployment(caller.organization)

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        await self.require(caller)
        self.asked.append((caller, "\n".join(message.content for message in prompt.messages)))
        attempt = f"prompt-{len(self.asked)}-1"
        if self.hold:
            await self.hold.wait()
        if isinstance(self.fails, ProductError):
            self.fails.attempt_ids = (attempt,)
        if self.fails:
            raise self.fails
        decoded = self.answerer(prompt)
        if isinstance(decoded, ProductError):
            decoded.attempt_ids = (attempt,)
            raise decoded
        try:
            value = prompt.parse(decoded)
        except ValueError as error:
            raise AnswerError("not usable") from error
        return Reply(value, (attempt,), "fake-model", Usage(1, 100, 20))

    async def embedding_deployment(self, caller: Caller) -> str | None:
        return (await self._credentials.deployment(caller.organization)).embedding_name

    async def embed(self, caller: Caller, texts: Sequence[str]) -> Reply[tuple[bytes, ...]]:
        """Vectors that count a text's words, or those it was told."""
        await self.require(caller)
        self.embedded.append((caller, list(texts)))
        if self.embedding_fails:
            self.embedding_fails.attempt_ids = (f"embedding-{len(self.embedded)}-1",)
            raise self.embedding_fails
        rows = (counted([*self.means.get(text, text).split()]) for text in texts)
        return Reply(tuple(rows), (f"embedding-{len(self.embedded)}-1",), "fake-embedding", Usage(1, len(texts)))

    async def try_out(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        return await self.ask(caller, prompt)


def counted(words: Sequence[str]) -> bytes:
    numbers = [0.0] * 64
    for word in words:
        numbers[hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % 64] += 1
    return struct.pack("<64f", *numbers)


def answer(schema: object, shared: Mapping[str, object] | None = None) -> object:
    """The first thing a strict schema allows; ``shared``: its definitions."""
    if not isinstance(schema, dict):
        return None
    shared = schema.get("$defs", shared or {})
    if "$ref" in schema:
        return answer(shared[schema["$ref"].removeprefix("#/$defs/")], shared)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return answer(schema["anyOf"][0], shared)
    kind = schema.get("type")
    if kind == "object":
        return {name: answer(member, shared) for name, member in schema.get("properties", {}).items()}
    plain: dict[object, object] = {"array": [], "string": "", "integer": 0, "number": 0.5, "boolean": False}
    return plain.get(kind)
