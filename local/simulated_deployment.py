"""The simulated deployment's answer to one chat request: key, deployment, quota, faults, then the request itself."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
import uuid
from collections.abc import Callable, Mapping

from aiohttp import web

from local import simulated_errors as errors
from local import simulated_transport as transport
from local.simulated_chat import Answers, Chat, complete, read_chat, schema_told, written
from local.simulated_config import Config, Fault
from local.simulated_embeddings import embedded
from local.simulated_faults import Faults, error_answer, misanswered
from local.simulated_log import Entry, RequestLog
from local.simulated_quota import QuotaMeter
from local.simulated_records import records_answer
from local.simulated_schemas import SchemaBroken
from local.simulated_tokens import PrefixCache

_MODEL_HEADERS = {"x-ms-region": "Sweden Central", "azureml-model-session": "simulated-1", "server": "simulated"}


class Deployment:
    def __init__(self, config: Config) -> None:
        self.log = RequestLog()
        self._answers = Answers()
        self._prefixes = PrefixCache()
        self.apply(config)

    def apply(self, config: Config) -> None:
        """Counts of faults and windows of the quota start anew."""
        self.config = config
        self._faults = Faults(config.faults, config.seed)
        self._random = random.Random(config.seed)
        self.restart_quota()

    def restart_quota(self) -> None:
        self._quota = QuotaMeter(self.config.quota)

    def usage(self) -> dict[str, object]:
        return self._quota.shown()

    def key_name(self, given: str | None) -> str:
        keys = self.config.keys
        if not given:
            return "other"
        return "apiKey" if given == keys.api_key else "resourceKey" if given == keys.resource_key else "other"

    async def chat(
        self,
        request: web.BaseRequest,
        surface: str,
        deployment: str | None,
        given: str | None,
        read: Callable[[bytes], Chat | errors.Answer] = read_chat,
    ) -> web.StreamResponse:
        """``read``: what kind of request it is."""
        started = time.perf_counter()
        raw = b"".join([part async for part in request.content.iter_any()])
        key = self.key_name(given)
        chat = read(raw)
        if deployment is None:
            deployment = str(chat.body.get("model", "")) if isinstance(chat, Chat) else ""
        request_id = str(uuid.uuid4())
        entry = self.log.begin(request_id, surface, deployment, key, request.headers, raw)
        if self.config.keep_bodies:
            entry.body = raw.decode("utf-8", "replace")
        try:
            return await self._answered(request, entry, chat, raw)
        finally:
            self.log.end(entry, time.perf_counter() - started)

    async def _answered(
        self, request: web.BaseRequest, entry: Entry, chat: Chat | errors.Answer, raw: bytes
    ) -> web.StreamResponse:
        if entry.key == "other":
            return plain(errors.unauthorized(), entry)
        if isinstance(chat, errors.Answer):
            return plain(chat, entry)
        if entry.deployment != (self.config.embedding_deployment if chat.inputs else self.config.deployment):
            return plain(errors.deployment_not_found(), entry)
        entry.prompt_tokens, entry.max_tokens = chat.prompt_tokens, chat.max_tokens
        entry.prompt_sha256 = hashlib.sha256(chat.text.encode("utf-8", "surrogatepass")).hexdigest()
        verdict = self._quota.ask(chat.cost)
        if verdict.limited_by is not None:
            version = request.query.get("api-version", "v1")
            answer = errors.throttled(verdict.limited_by, verdict.retry_after, version, verdict.headers)
            return plain(answer, entry)
        fault = self._faults.meet(raw, chat, entry.surface, entry.key)
        entry.fault = None if fault is None else fault.kind
        return await self._admitted(request, entry, chat, fault, verdict.headers)

    async def _admitted(
        self, request: web.BaseRequest, entry: Entry, chat: Chat, fault: Fault | None, limits: dict[str, str]
    ) -> web.StreamResponse:
        content = self._content(chat, fault)
        if isinstance(content, errors.Answer):
            return plain(content, entry, limits)
        done = complete(chat, content, self.config)
        if fault is not None:
            done = misanswered(fault, done)
        entry.cached_tokens = self._prefixes.cached_tokens(chat.text)
        entry.completion_tokens = done.completion_tokens
        await self._think(done.completion_tokens, fault)
        body = embedded(chat, entry.deployment) if chat.inputs else written(chat, done, entry.cached_tokens)
        if fault is None:
            return plain(errors.Answer(200, body), entry, limits)
        return await self._spoiled(request, entry, body, fault, limits)

    def _content(self, chat: Chat, fault: Fault | None) -> str | errors.Answer:
        """What to answer, or why not."""
        answer = None if fault is None else error_answer(fault, chat, self.config.context_tokens)
        if answer is not None:
            return answer
        if chat.prompt_tokens > self.config.context_tokens:
            return errors.context_length_exceeded(self.config.context_tokens, chat.prompt_tokens)
        records = records_answer(chat)
        try:
            told = self._answers.content(chat.body.get("response_format"), self.config, schema_told(chat))
            return told if records is None else json.dumps(records, ensure_ascii=False)
        except SchemaBroken as broken:
            return errors.invalid(str(broken), "response_format")

    async def _think(self, output_tokens: int, fault: Fault | None) -> None:
        config = self.config
        seconds = config.latency_seconds + config.seconds_per_output_token * output_tokens
        if config.jitter_seconds:
            seconds += self._random.random() * config.jitter_seconds
        if fault is not None and fault.kind == "delay":
            seconds += fault.seconds
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def _spoiled(
        self, request: web.BaseRequest, entry: Entry, body: bytes, fault: Fault, limits: dict[str, str]
    ) -> web.StreamResponse:
        if fault.kind == "reset":
            transport.reset(request)
            return web.Response(status=500)
        if fault.kind == "hang":
            await transport.hang(request)
            return web.Response(status=500)
        entry.status = 200
        headers = _headers(entry.request_id) | limits
        if fault.kind == "cut_body":
            return await transport.cut(request, body, headers)
        if fault.kind == "slow_body":
            return await transport.slow(request, body, headers, fault)
        if fault.kind == "huge_body":
            return await transport.huge(request, headers, fault)
        return plain(errors.Answer(200, body), entry, limits)


def plain(answer: errors.Answer, entry: Entry | None = None, limits: Mapping[str, str] | None = None) -> web.Response:
    """An ordinary response, with the headers the service's front end adds."""
    request_id = str(uuid.uuid4()) if entry is None else entry.request_id
    if entry is not None:
        entry.status = answer.status
    headers = _headers(request_id) | dict(limits or {}) | answer.headers
    return web.Response(status=answer.status, body=answer.body, headers=headers, content_type=answer.content_type)


def _headers(request_id: str) -> dict[str, str]:
    return _MODEL_HEADERS | {"apim-request-id": request_id, "x-request-id": request_id}
