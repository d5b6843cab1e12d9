"""What goes over the wire on both surfaces, and what is made of each answer. The SDK is real, the network is not."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

from shared.adapters.openai_chat import CLIENTS, OpenAIChat
from shared.gateway.classify import NOT_JSON
from shared.gateway.endpoint import HostPolicy
from shared.gateway.ports import ChatError, ChatRequest, Completion, Deployment
from shared.gateway.records import Message

V1 = Deployment("https://acme.openai.azure.com/openai/v1/", "gpt", "key-one", "key-two")
DATED = Deployment("https://acme.openai.azure.com", "gpt 4/x", "key-one", "key-two", "2024-10-21")
SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {"type": "object"}}}
ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4.1-mini-2025-04-14",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}],
    "usage": {
        "prompt_tokens": 10,
        "completion_tokens": 2,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4},
    },
}
Handler = Callable[[httpx2.Request], httpx2.Response | Awaitable[httpx2.Response]]


def request(deployment: Deployment = V1, key: str = "key-two", **more: Any) -> ChatRequest:
    messages = (Message("system", "Be brief"), Message("user", "canary-in-the-prompt"))
    values: dict[str, Any] = {"response_format": SCHEMA, "parameters": {"temperature": 0, "max_tokens": 50}}
    return ChatRequest(deployment, key, messages, **(values | more))


class Wire:
    def __init__(self) -> None:
        self.seen: list[httpx2.Request] = []
        self.answer: Handler = lambda _: httpx2.Response(200, json=ANSWER)
        self.chat = OpenAIChat(HostPolicy(), httpx2.AsyncClient(transport=httpx2.MockTransport(self._handle)))

    async def _handle(self, seen: httpx2.Request) -> httpx2.Response:
        self.seen.append(seen)
        answer = self.answer(seen)
        return answer if isinstance(answer, httpx2.Response) else await answer

    def answers(self, status: int, body: object = None, headers: dict[str, str] | None = None) -> None:
        self.answer = lambda _: httpx2.Response(status, json=body, headers=headers)

    async def error(self, deployment: Deployment = V1, **more: Any) -> ChatError:
        with pytest.raises(ChatError) as caught:
            await self.chat.send(request(deployment, **more))
        assert len(self.seen) == 1
        return caught.value


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire()
    yield made
    await made.chat.close()


async def test_the_v1_surface_takes_a_bearer_key_the_name_as_model_and_no_version(wire: Wire) -> None:
    await wire.chat.send(request())
    sent = wire.seen[0]
    assert str(sent.url) == "https://acme.openai.azure.com/openai/v1/chat/completions"
    assert sent.headers["authorization"] == "Bearer key-two"
    assert "api-key" not in sent.headers
    assert json.loads(sent.content) == {
        "model": "gpt",
        "messages": [
            {"role": "system", "content": "Be brief"},
            {"role": "user", "content": "canary-in-the-prompt"},
        ],
        "response_format": SCHEMA,
        "temperature": 0,
        "max_tokens": 50,
    }


async def test_the_dated_surface_takes_the_name_in_the_path_a_version_and_an_api_key(wire: Wire) -> None:
    await wire.chat.send(request(DATED))
    sent = wire.seen[0]
    assert sent.url.raw_path == b"/openai/deployments/gpt%204%2Fx/chat/completions?api-version=2024-10-21"
    assert sent.headers["api-key"] == "key-two"
    assert "authorization" not in sent.headers


async def test_a_dated_gateway_keeps_its_path(wire: Wire) -> None:
    await wire.chat.send(request(Deployment("https://gateway.contoso.com/team", "gpt", "", "", "2024-10-21")))
    assert wire.seen[0].url.path == "/team/openai/deployments/gpt/chat/completions"


async def test_a_compatible_server_is_reached_at_its_own_path(wire: Wire) -> None:
    await wire.chat.send(request(Deployment("http://127.0.0.1:8080/v1/", "m", "", "")))
    assert str(wire.seen[0].url) == "http://127.0.0.1:8080/v1/chat/completions"


async def test_without_a_format_none_is_sent(wire: Wire) -> None:
    await wire.chat.send(request(response_format=None, parameters={"max_completion_tokens": 9}))
    assert set(json.loads(wire.seen[0].content)) == {"model", "messages", "max_completion_tokens"}


async def test_nothing_of_the_apps_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "AZURE_OPENAI_API_KEY"):
        monkeypatch.setenv(name, "of-somebody-else")
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "of-somebody-else")
    wire = Wire()
    for deployment in (V1, DATED):
        await wire.chat.send(request(deployment))
    assert "openai-organization" not in wire.seen[0].headers
    assert "of-somebody-else" not in str([dict(sent.headers) for sent in wire.seen])
    await wire.chat.close()


@pytest.mark.parametrize("deployment", [V1, DATED])
async def test_an_answer_is_reduced_to_what_is_used(wire: Wire, deployment: Deployment) -> None:
    limits = {"x-ratelimit-remaining-tokens": "90", "x-request-id": "1", "apim-request-id": "2"}
    wire.answers(200, ANSWER, limits)
    assert await wire.chat.send(request(deployment)) == Completion(
        "{}", None, "stop", "gpt-4.1-mini-2025-04-14", 10, 2, 4, {"x-ratelimit-remaining-tokens": "90"}
    )


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"finish_reason": "stop", "message": {"content": None, "refusal": "No"}}, ("", "No", "stop")),
        ({"finish_reason": "length", "message": {"content": ""}}, ("", None, "length")),
        ({"finish_reason": "content_filter", "message": {}}, ("", None, "content_filter")),
        ({"finish_reason": None, "message": {"content": "x"}}, ("x", None, "stop")),
        ({"message": {"content": [{"type": "text"}]}}, ("", None, "stop")),
        ({"message": None}, ("", None, "stop")),
    ],
)
async def test_odd_choices_are_read_as_far_as_they_go(
    wire: Wire, choice: dict[str, Any], expected: tuple[str, str | None, str]
) -> None:
    wire.answers(200, {"choices": [choice], "usage": {"prompt_tokens": -1, "completion_tokens": "x"}})
    found = await wire.chat.send(request())
    assert (found.text, found.refusal, found.finish_reason) == expected
    assert (found.prompt_tokens, found.completion_tokens, found.cached_tokens) == (0, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [', b"[" * 100_000, b"\xff\xfe"]
)
async def test_a_200_that_is_no_completion(wire: Wire, content: bytes) -> None:
    wire.answer = lambda _: httpx2.Response(200, content=content)
    error = await wire.error()
    assert (error.status, error.code) == (200, "not_json")


def service_error(**error: object) -> dict[str, object]:
    return {"error": error}


@pytest.mark.parametrize("deployment", [V1, DATED])
@pytest.mark.parametrize("spelling", ["innererror", "inner_error"])
@pytest.mark.parametrize("code", ["content_filter", None, "400"])
async def test_a_filtered_prompt_in_all_its_spellings(
    wire: Wire, deployment: Deployment, spelling: str, code: str | None
) -> None:
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True}}}
    wire.answers(400, service_error(code=code, message="filtered", param="prompt", **{spelling: inner}))
    assert (await wire.error(deployment)).code == "content_filter"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            400,
            service_error(code="unsupported_value", param="temperature", message="m"),
            ("unsupported_value", "temperature", "m"),
        ),
        (400, service_error(code=None, param="max_tokens", message="m"), (None, "max_tokens", "m")),
        (400, service_error(code="context_length_exceeded", message="m"), ("context_length_exceeded", None, "m")),
        (401, service_error(code="401", message="m"), ("401", None, "m")),
        (401, {"statusCode": 401, "message": "m"}, (None, None, "m")),
        (403, service_error(code="403", message="m"), ("403", None, "m")),
        (404, service_error(code="DeploymentNotFound", message="m"), ("DeploymentNotFound", None, "m")),
        (404, service_error(code=404, message="m"), ("404", None, "m")),
        (422, {"error": "a string"}, (None, None, "")),
        (500, None, (None, None, "")),
        (503, service_error(code="key one two three", message=7), (None, None, "")),
    ],
)
@pytest.mark.parametrize("deployment", [V1, DATED])
async def test_error_bodies(
    wire: Wire, deployment: Deployment, status: int, body: object, expected: tuple[str | None, str | None, str]
) -> None:
    """One request each: the SDK's own retries are off."""
    wire.answers(status, body)
    error = await wire.error(deployment)
    assert error.status == status
    assert (error.code, error.param, error.body_hint) == expected


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
async def test_an_error_page_that_is_no_json(wire: Wire, status: int) -> None:
    wire.answer = lambda _: httpx2.Response(status, content=b"<html>Bad Gateway</html>")
    assert (await wire.error()).status == status


async def test_the_headers_that_tell_how_long_to_wait_are_kept(wire: Wire) -> None:
    headers = {"Retry-After": "7", "retry-after-ms": "6500", "x-ratelimit-limit-tokens": "-1", "set-cookie": "a=b"}
    wire.answers(429, service_error(code="429", message="slow down"), headers)
    assert (await wire.error()).headers == {
        "retry-after": "7",
        "retry-after-ms": "6500",
        "x-ratelimit-limit-tokens": "-1",
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("deployment", [V1, DATED])
async def test_redirects_are_not_followed(wire: Wire, deployment: Deployment, status: int) -> None:
    wire.answers(status, None, {"location": "https://evil.com/"})
    assert (await wire.error(deployment)).status == status


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (httpx2.ConnectError("refused"), None, None),
        (httpx2.ReadError("reset"), None, None),
        (httpx2.RemoteProtocolError("server disconnected"), None, None),
        (httpx2.ReadTimeout("slow"), 408, "timeout"),
        (httpx2.ConnectTimeout("slow"), 408, "timeout"),
        (httpx2.PoolTimeout("full"), 408, "timeout"),
    ],
)
async def test_connections_that_fail(wire: Wire, raised: Exception, status: int | None, code: str | None) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise raised

    wire.answer = fail
    error = await wire.error()
    assert (error.status, error.code) == (status, code)


async def test_a_try_ends_with_its_time_however_busy_the_answer(wire: Wire) -> None:
    async def never(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(3600)
        raise AssertionError

    wire.answer = never
    error = await wire.error(timeout=0.05)
    assert (error.status, error.code) == (408, "timeout")


async def test_a_caller_that_leaves_ends_the_request(wire: Wire) -> None:
    async def never(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(3600)
        raise AssertionError

    wire.answer = never
    sending = asyncio.create_task(wire.chat.send(request()))
    await asyncio.sleep(0.05)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_a_new_key_makes_no_new_client_and_old_endpoints_are_let_go(wire: Wire) -> None:
    await wire.chat.send(request(key="one"))
    await wire.chat.send(request(key="two"))
    assert len(wire.chat._clients) == 1
    for number in range(CLIENTS + 5):
        await wire.chat.send(request(Deployment(f"https://r{number}.openai.azure.com/openai/v1/", "gpt", "", "")))
    assert len(wire.chat._clients) == CLIENTS
    assert (await wire.chat.send(request())).text == "{}"


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
async def test_keys_and_prompts_are_not_logged(wire: Wire, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    wire.answers(status, ANSWER if status == 200 else service_error(code=None, message="key-two"))
    for deployment in (V1, DATED):
        told = await asyncio.gather(wire.chat.send(request(deployment)), return_exceptions=True)
        assert "key-two" not in f"{told} {told[0]!s}"
    assert "key-two" not in caplog.text
    assert "canary-in-the-prompt" not in caplog.text
    assert "key-two" not in repr(request())


@pytest.mark.parametrize("given", [10**30, 2**31, -1, 0, 1.5, True, "12", None, [1]])
async def test_a_number_of_tokens_that_cannot_be_one_is_not_counted(wire: Wire, given: object) -> None:
    usage = {"prompt_tokens": given, "completion_tokens": given, "prompt_tokens_details": {"cached_tokens": given}}
    wire.answers(200, {**ANSWER, "usage": usage})
    completion = await wire.chat.send(request())
    assert (completion.prompt_tokens, completion.completion_tokens, completion.cached_tokens) == (0, 0, 0)


def embedding(index: int, value: object) -> dict[str, object]:
    return {"object": "embedding", "index": index, "embedding": value}


EMBEDDED = {"model": "text-embedding-3-small", "usage": {"prompt_tokens": 7, "total_tokens": 7}}
ONE_TWO = base64.b64encode(struct.pack("<2f", 1, 2)).decode()


@pytest.mark.parametrize(
    ("deployment", "url"),
    [
        (V1, "https://acme.openai.azure.com/openai/v1/embeddings"),
        (
            DATED,
            "https://acme.openai.azure.com/openai/deployments/gpt%204%2Fx/embeddings?api-version=2024-10-21",
        ),
    ],
)
async def test_texts_are_embedded_on_both_surfaces(wire: Wire, deployment: Deployment, url: str) -> None:
    wire.answers(200, {**EMBEDDED, "data": [embedding(1, [3, 4]), embedding(0, ONE_TWO)]})
    answer = await wire.chat.send(request(deployment, embeds=True, response_format=None, parameters={}))
    (seen,) = wire.seen
    assert str(seen.url) == url
    assert json.loads(seen.content) == {
        "model": deployment.name,
        "input": ["Be brief", "canary-in-the-prompt"],
        "encoding_format": "base64",
    }
    assert struct.unpack("<4f", base64.b64decode(answer.vectors)) == (1, 2, 3, 4)
    assert (answer.model, answer.prompt_tokens, answer.completion_tokens) == ("text-embedding-3-small", 7, 0)


@pytest.mark.parametrize(
    "data",
    [
        [embedding(0, ONE_TWO)],
        [embedding(0, ONE_TWO), embedding(0, ONE_TWO)],
        [embedding(0, ONE_TWO), embedding(1, [1])],
        [embedding(0, None), embedding(1, None)],
    ],
    ids=["too few", "one twice", "of two lengths", "empty"],
)
async def test_vectors_that_are_not_one_for_each_text_are_none(wire: Wire, data: list[object]) -> None:
    wire.answers(200, {**EMBEDDED, "data": data})
    answer = await wire.chat.send(request(embeds=True))
    assert answer.vectors == ""


@pytest.mark.parametrize(
    "body", [{}, {"data": 1}, {"data": [1]}, {"data": [embedding(0, "?")]}, {"data": [embedding(0, ["x"])]}, []]
)
async def test_what_holds_no_vectors_is_an_answer_of_something_else(wire: Wire, body: object) -> None:
    wire.answers(200, body)
    with pytest.raises(ChatError) as caught:
        await wire.chat.send(request(embeds=True))
    assert caught.value.code == NOT_JSON
