"""Both surfaces, the two keys, deployment names, strict schemas, token counts and the log."""

import hashlib
from typing import Any

import openai
import pytest

MESSAGES: Any = [{"role": "user", "content": "hello"}]


async def ask(client: openai.AsyncOpenAI, **more: Any) -> Any:
    return await client.chat.completions.create(**{"model": "gpt", "messages": MESSAGES, **more})


@pytest.mark.parametrize("surface", ["v1", "dated"])
@pytest.mark.parametrize(("key", "name"), [("first-key", "apiKey"), ("second-key", "resourceKey")])
async def test_either_key_opens_either_surface(simulated: Any, surface: str, key: str, name: str) -> None:
    client = getattr(simulated, surface).with_options(api_key=key)
    assert (await ask(client)).choices[0].finish_reason == "stop"
    [entry] = await simulated.log()
    assert entry["key"] == name


@pytest.mark.parametrize("surface", ["v1", "dated"])
async def test_any_other_key_is_refused_and_never_logged(simulated: Any, surface: str) -> None:
    with pytest.raises(openai.AuthenticationError):
        await ask(getattr(simulated, surface).with_options(api_key="stolen-key"))
    entries = await simulated.log()
    assert entries[0]["key"] == "other"
    assert "stolen-key" not in str(entries)


async def test_v1_takes_the_key_as_api_key_too(simulated: Any) -> None:
    body = {"model": "gpt", "messages": MESSAGES}
    url = simulated.url + "/openai/v1/chat/completions"
    answer = await simulated.http.post(url, json=body, headers={"api-key": "first-key"})
    assert answer.status_code == 200


async def test_the_dated_surface_takes_no_key_as_bearer(simulated: Any) -> None:
    url = simulated.url + "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    answer = await simulated.http.post(url, json={"messages": MESSAGES}, headers={"authorization": "Bearer first-key"})
    assert answer.status_code == 401


async def test_v1_refuses_an_api_version(simulated: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="api-version query parameter is not allowed"):
        await ask(simulated.v1, extra_query={"api-version": "2024-10-21"})


async def test_the_dated_surface_needs_an_api_version(simulated: Any) -> None:
    url = simulated.url + "/openai/deployments/gpt/chat/completions"
    answer = await simulated.http.post(url, json={"messages": MESSAGES}, headers={"api-key": "first-key"})
    assert answer.json() == {"error": {"code": "404", "message": "Resource not found"}}


@pytest.mark.parametrize("surface", ["v1", "dated"])
async def test_another_deployment_is_not_found(simulated: Any, surface: str) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        await ask(getattr(simulated, surface), model="other")
    assert caught.value.code == "DeploymentNotFound"


async def test_keys_are_rotated_by_command_and_not_shown(simulated: Any) -> None:
    await simulated.tell(keys={"apiKey": "third-key", "resourceKey": "second-key"})
    with pytest.raises(openai.AuthenticationError):
        await ask(simulated.v1)
    assert (await ask(simulated.v1.with_options(api_key="third-key"))).choices
    shown = (await simulated.http.get(simulated.url + "/simulated/config")).text
    assert "third-key" not in shown


async def test_models_need_a_key(simulated: Any) -> None:
    assert [model.id async for model in simulated.v1.models.list()] == ["gpt-4.1-mini-2025-04-14"]
    with pytest.raises(openai.AuthenticationError):
        await simulated.v1.with_options(api_key="x").models.list()


def schema(**members: Any) -> Any:
    body = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
    return {"type": "json_schema", "json_schema": {"name": "s", "strict": True, "schema": body | members}}


def nested(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        inner = {"type": "object", "properties": {"a": inner}, "required": ["a"], "additionalProperties": False}
    return inner


def wide(count: int) -> dict[str, Any]:
    names = [f"p{n}" for n in range(count)]
    return {"properties": {name: {"type": "boolean"} for name in names}, "required": names}


BROKEN = {
    "a property that is not required": {"required": []},
    "a required key that is no property": {"required": ["a", "b"]},
    "additional properties": {"additionalProperties": True},
    "pattern": {"properties": {"a": {"type": "string", "pattern": "x"}}},
    "minItems": {"properties": {"a": {"type": "array", "items": {"type": "string"}, "minItems": 1}}},
    "minimum": {"properties": {"a": {"type": "number", "minimum": 0}}},
    "an array without items": {"properties": {"a": {"type": "array"}}},
    "an unknown type": {"properties": {"a": {"type": "text"}}},
    "no type": {"properties": {"a": {"description": "x"}}},
    "an empty enum": {"properties": {"a": {"type": "string", "enum": []}}},
    "101 properties": wide(101),
    "six levels": nested(6),
    "501 enum values": {"properties": {"a": {"type": "string", "enum": [str(n) for n in range(501)]}}},
    "an enum of too many characters": {
        "properties": {"a": {"type": "string", "enum": [f"{n:040}" for n in range(251)]}}
    },
    "a root that is an array": {"type": "array", "items": {"type": "string"}},
    "a root with anyOf": {"anyOf": [{"type": "string"}]},
    "a broken definition": {"$defs": {"b": {"type": "object", "properties": {}, "required": []}}},
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_schema_that_breaks_the_strict_rules_is_refused(simulated: Any, broken: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await ask(simulated.v1, response_format=schema(**BROKEN[broken]))
    assert (caught.value.param, caught.value.code) == ("response_format", None)


@pytest.mark.parametrize("fine", [wide(100), nested(5), {"properties": {"a": {"type": ["string", "null"]}}}])
async def test_a_schema_within_the_limits_is_answered(simulated: Any, fine: dict[str, Any]) -> None:
    assert (await ask(simulated.v1, response_format=schema(**fine))).choices[0].finish_reason == "stop"


async def test_a_bad_schema_name_is_refused(simulated: Any) -> None:
    bad = schema()
    bad["json_schema"]["name"] = "no spaces please"
    with pytest.raises(openai.BadRequestError):
        await ask(simulated.v1, response_format=bad)


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"messages": []}', b'{"messages": [1]}'])
async def test_what_is_not_a_chat_request_is_refused(simulated: Any, body: bytes) -> None:
    url = simulated.url + "/openai/v1/chat/completions"
    answer = await simulated.http.post(url, content=body, headers={"api-key": "first-key"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_an_answer_longer_than_max_tokens_is_cut_off(simulated: Any) -> None:
    answer = await ask(simulated.v1, response_format=schema(), max_completion_tokens=2)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 2


async def test_hidden_reasoning_is_counted(simulated: Any) -> None:
    await simulated.tell(reasoningTokens=64)
    usage = (await ask(simulated.v1)).usage
    assert usage.completion_tokens_details.reasoning_tokens == 64
    assert usage.completion_tokens > 64


async def test_a_long_identical_prefix_is_cached_the_second_time(simulated: Any) -> None:
    start = "the same instructions " * 300
    first = await ask(simulated.v1, messages=[{"role": "user", "content": start + "first"}])
    second = await ask(simulated.v1, messages=[{"role": "user", "content": start + "second"}])
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    cached = second.usage.prompt_tokens_details.cached_tokens
    assert 1_024 <= cached < second.usage.prompt_tokens
    assert cached % 128 == 0


async def test_a_short_prefix_is_never_cached(simulated: Any) -> None:
    await ask(simulated.v1)
    assert (await ask(simulated.v1)).usage.prompt_tokens_details.cached_tokens == 0


async def test_the_log_knows_a_request_by_its_hashes_and_ids_only(simulated: Any) -> None:
    body = b'{"model": "gpt", "messages": [{"role": "user", "content": "confidential"}], "max_tokens": 9}'
    url = simulated.url + "/openai/v1/chat/completions"
    headers = {"api-key": "first-key", "x-ms-client-request-id": "attempt-1"}
    answer = await simulated.http.post(url, content=body, headers=headers)
    [entry] = await simulated.log()
    assert entry["bodySha256"] == hashlib.sha256(body).hexdigest()
    assert entry["clientRequestId"] == "attempt-1"
    assert entry["requestId"] == answer.headers["apim-request-id"] == answer.headers["x-request-id"]
    assert (entry["status"], entry["maxTokens"], entry["deployment"]) == (200, 9, "gpt")
    assert "confidential" not in str(entry)
    await simulated.http.delete(simulated.url + "/simulated/log")
    assert await simulated.log() == []
