"""Chat completions and embeddings over the openai SDK: both surfaces of Azure OpenAI, one pool for all endpoints.

The keys are given with each request, so that a rotated key changes no client. SDK defaults overridden: 2 retries (ours
are in one layer, elsewhere), 600 s time-out, redirects. Answers are read as JSON, not into the SDK's models: what is
used of them is little, and servers that are compatible differ in the rest.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import struct
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import httpx2
from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncAzureOpenAI, AsyncOpenAI

from shared.adapters.guarded_network import GuardedTransport
from shared.gateway.classify import NOT_JSON
from shared.gateway.endpoint import HostPolicy
from shared.gateway.ports import ChatError, ChatRequest, Completion, Deployment

if TYPE_CHECKING:
    from openai._types import RequestOptions

CLIENTS = 256
"""Kept at most, by endpoint. A client without its pool is small."""
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_KEPT_HEADERS = ("x-ratelimit-", "retry-after")
_NO_COUNT = 2**31
_NO_KEY = "given-with-each-request"

for _name in ("openai", "httpx2"):  # at lower levels they may log addresses and bodies
    logging.getLogger(_name).setLevel(logging.WARNING)


class OpenAIChat:
    """Implements ``ports.Chat``. Make it inside the running loop: the connections belong to that loop."""

    def __init__(self, policy: HostPolicy, http: httpx2.AsyncClient | None = None) -> None:
        transport = None if http else GuardedTransport(policy)
        self._http = http or httpx2.AsyncClient(transport=transport, follow_redirects=False, trust_env=False)
        self._clients: OrderedDict[tuple[str, str | None], AsyncOpenAI] = OrderedDict()

    async def send(self, request: ChatRequest) -> Completion:
        """One HTTP request, no retry, no redirect. Raises ChatError; 408 with code ``timeout`` is our own time-out."""
        try:
            async with asyncio.timeout(request.timeout):
                response = await self._post(request)
        except (TimeoutError, APITimeoutError):
            raise ChatError(408, "timeout", None, "", {}) from None
        except APIStatusError as error:
            raise _refusal(error.response) from None
        except APIConnectionError:
            raise ChatError(None, None, None, "", {}) from None
        return _embedded(response, len(request.messages)) if request.embeds else _completion(response)

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, request: ChatRequest) -> httpx2.Response:
        path = "/embeddings" if request.embeds else "/chat/completions"
        options: RequestOptions = {
            "headers": _sign_in(request),
            "max_retries": 0,
            "timeout": request.timeout,
            "follow_redirects": False,
        }
        client = self._client(request.deployment)
        return await client.post(path, cast_to=httpx2.Response, body=_body(request), options=options)

    def _client(self, deployment: Deployment) -> AsyncOpenAI:
        key = (deployment.base_url, deployment.api_version)
        client = self._clients.pop(key, None) or self._make(deployment)
        self._clients[key] = client
        if len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)  # its connections are the shared pool's
        return client

    def _make(self, deployment: Deployment) -> AsyncOpenAI:
        client: AsyncOpenAI
        if deployment.api_version is None:
            client = AsyncOpenAI(base_url=deployment.base_url, api_key=_NO_KEY, http_client=self._http)
        else:
            client = AsyncAzureOpenAI(
                azure_endpoint=deployment.base_url,
                api_version=deployment.api_version,
                api_key=_NO_KEY,
                http_client=self._http,
            )
        client.organization = client.project = None  # the SDK takes them from the environment
        return client


def _body(request: ChatRequest) -> dict[str, object]:
    model, messages = request.deployment.name, request.messages
    if request.embeds:
        return {"model": model, "input": [message.content for message in messages], "encoding_format": "base64"}
    asked = [{"role": message.role, "content": message.content} for message in messages]
    body: dict[str, object] = {"model": model, "messages": asked, **request.parameters}
    if request.response_format is not None:
        body["response_format"] = request.response_format
    return body


def _sign_in(request: ChatRequest) -> dict[str, str]:
    if request.deployment.api_version is None:
        return {"Authorization": f"Bearer {request.key}"}
    return {"api-key": request.key}


def _embedded(response: httpx2.Response, count: int) -> Completion:
    """Vectors in the order of the texts, whatever order they came in; none unless there is one for each, all of one
    length."""
    try:
        body = _mapping(json.loads(response.content))
        items = [_mapping(item) for item in cast("list[object]", body["data"])]
        found = {cast(int, item["index"]): _floats(item.get("embedding")) for item in items}
        vectors = [found.get(number, b"") for number in range(count)]
    except (ValueError, KeyError, TypeError, RecursionError, struct.error):
        raise ChatError(response.status_code, NOT_JSON, None, "", {}) from None
    usage = _mapping(body.get("usage"))
    return Completion(
        text=f"{len(items)} vectors",
        refusal=None,
        finish_reason="stop",
        model=_text(body.get("model"))[:128],
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=0,
        cached_tokens=0,
        headers=_headers(response),
        vectors=base64.b64encode(b"".join(vectors)).decode() if len({len(one) for one in vectors}) == 1 else "",
    )


def _floats(given: object) -> bytes:
    """Base64 of 32-bit floats as asked for, or a list of numbers, which compatible servers answer all the same."""
    if isinstance(given, str):
        return base64.b64decode(given, validate=True)
    return struct.pack(f"<{len(given)}f", *given) if isinstance(given, list) else b""


def _completion(response: httpx2.Response) -> Completion:
    try:
        body = _mapping(json.loads(response.content))
        choice = _mapping(cast("list[object]", body["choices"])[0])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise ChatError(response.status_code, NOT_JSON, None, "", {}) from None
    message, usage = _mapping(choice.get("message")), _mapping(body.get("usage"))
    return Completion(
        text=_text(message.get("content")),
        refusal=_text(message.get("refusal")) or None,
        finish_reason=_text(choice.get("finish_reason")) or "stop",
        model=_text(body.get("model"))[:128],
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(_mapping(usage.get("prompt_tokens_details")).get("cached_tokens")),
        headers=_headers(response),
    )


def _refusal(response: httpx2.Response) -> ChatError:
    try:
        body = _mapping(json.loads(response.content))
    except (ValueError, RecursionError):
        body = {}
    error = _mapping(body.get("error")) or body
    inner = _mapping(error.get("innererror")) or _mapping(error.get("inner_error"))
    code = _code(error.get("code"))
    if inner.get("code") == "ResponsibleAIPolicyViolation":
        code = "content_filter"
    hint = _text(error.get("message"))[:2000]
    return ChatError(response.status_code, code, _code(error.get("param")), hint, _headers(response))


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith(_KEPT_HEADERS)}


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _code(value: object) -> str | None:
    text = str(value) if isinstance(value, (str, int)) else ""
    return text if _CODE.fullmatch(text) else None


def _count(value: object) -> int:
    """0 for what cannot be a number of tokens: a column of the history holds 31 bits."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _NO_COUNT else 0
