"""Each fault reaches the real SDK as the exception, headers and body that the real service would cause."""

import json
from typing import Any

import openai
import pytest

MESSAGES: Any = [{"role": "user", "content": "map these fields"}]
SCHEMA: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"choice": {"type": "string", "enum": ["x", "y"]}, "score": {"type": "number"}},
            "required": ["choice", "score"],
            "additionalProperties": False,
        },
    },
}


async def ask(client: openai.AsyncOpenAI, **more: Any) -> Any:
    arguments = {"model": "gpt", "messages": MESSAGES, "response_format": SCHEMA, **more}
    return await client.chat.completions.create(**arguments)


ERRORS: list[tuple[dict[str, object], type[openai.APIError], int, str | None]] = [
    ({"kind": "content_filter"}, openai.BadRequestError, 400, "content_filter"),
    ({"kind": "content_filter", "spelling": "inner_error"}, openai.BadRequestError, 400, "content_filter"),
    ({"kind": "unsupported", "param": "temperature"}, openai.BadRequestError, 400, "unsupported_parameter"),
    (
        {"kind": "unsupported", "param": "temperature", "code": "unsupported_value"},
        openai.BadRequestError,
        400,
        "unsupported_value",
    ),
    ({"kind": "unsupported", "param": "max_tokens", "code": None}, openai.BadRequestError, 400, None),
    ({"kind": "unsupported", "param": "response_format", "code": None}, openai.BadRequestError, 400, None),
    ({"kind": "context_length_exceeded"}, openai.BadRequestError, 400, "context_length_exceeded"),
    ({"kind": "unauthorized"}, openai.AuthenticationError, 401, "401"),
    ({"kind": "unauthorized_token"}, openai.AuthenticationError, 401, None),
    ({"kind": "firewall"}, openai.PermissionDeniedError, 403, "403"),
    ({"kind": "virtual_network"}, openai.PermissionDeniedError, 403, "403"),
    ({"kind": "suspended"}, openai.PermissionDeniedError, 403, "403"),
    ({"kind": "deployment_not_found"}, openai.NotFoundError, 404, "DeploymentNotFound"),
    ({"kind": "throttled"}, openai.RateLimitError, 429, "429"),
    ({"kind": "throttled", "reason": "capacity"}, openai.RateLimitError, 429, "too_many_requests"),
    ({"kind": "throttled", "reason": "adjustment"}, openai.RateLimitError, 429, "429"),
    ({"kind": "throttled", "reason": "max_tokens"}, openai.RateLimitError, 429, "429"),
    ({"kind": "request_timeout"}, openai.APIStatusError, 408, "Timeout"),
    ({"kind": "conflict"}, openai.ConflictError, 409, "Conflict"),
    ({"kind": "server_error"}, openai.InternalServerError, 500, "InternalServerError"),
    ({"kind": "bad_gateway"}, openai.InternalServerError, 502, None),
    ({"kind": "unavailable"}, openai.InternalServerError, 503, "ServiceUnavailable"),
    ({"kind": "gateway_timeout"}, openai.InternalServerError, 504, "GatewayTimeout"),
]


@pytest.mark.parametrize("surface", ["v1", "dated"])
@pytest.mark.parametrize(("fault", "expected", "status", "code"), ERRORS, ids=lambda value: str(value)[:60])
async def test_an_error_answer_is_the_sdks_exception_of_its_status_and_code(
    simulated: Any, surface: str, fault: dict[str, object], expected: type[Exception], status: int, code: str | None
) -> None:
    await simulated.tell(faults=[fault])
    with pytest.raises(openai.APIStatusError) as caught:
        await ask(getattr(simulated, surface), temperature=0, max_tokens=100)
    assert isinstance(caught.value, expected)
    assert (caught.value.status_code, caught.value.code) == (status, code)
    [entry] = await simulated.log()
    assert (entry["status"], entry["fault"], entry["surface"]) == (status, fault["kind"], surface)


@pytest.mark.parametrize(
    ("spelling", "results"), [("innererror", "content_filter_result"), ("inner_error", "content_filter_results")]
)
async def test_a_filtered_prompt_says_why_in_either_spelling(simulated: Any, spelling: str, results: str) -> None:
    await simulated.fault("content_filter", spelling=spelling)
    with pytest.raises(openai.BadRequestError) as caught:
        await ask(simulated.v1)
    inner = caught.value.body[spelling]  # type: ignore[index, call-overload]
    assert inner["code"] == "ResponsibleAIPolicyViolation"
    assert inner[results]["jailbreak"] == {"filtered": True, "detected": True}


@pytest.mark.parametrize(
    ("retry_after", "header", "milliseconds"),
    [(2.5, "3", "2500"), (86_400, "86400", "86400000"), (-1, "-1", "-1000"), ("absent", None, None)],
)
async def test_retry_after_is_present_absent_or_absurd_as_told(
    simulated: Any, retry_after: object, header: str | None, milliseconds: str | None
) -> None:
    await simulated.fault("throttled", retryAfter=retry_after)
    with pytest.raises(openai.RateLimitError) as caught:
        await ask(simulated.v1)
    headers = caught.value.response.headers
    assert (headers.get("retry-after"), headers.get("retry-after-ms")) == (header, milliseconds)
    assert headers.get("x-ratelimit-limit-tokens") == ("-1" if retry_after == -1 else None)


async def test_an_unsupported_member_is_only_refused_where_it_is_sent(simulated: Any) -> None:
    await simulated.fault("unsupported", param="temperature")
    with pytest.raises(openai.BadRequestError):
        await ask(simulated.v1, temperature=0)
    assert (await ask(simulated.v1)).choices[0].finish_reason == "stop"


@pytest.mark.parametrize("kind", ["reset", "cut_body"])
async def test_a_broken_connection_is_a_connection_error(simulated: Any, kind: str) -> None:
    await simulated.fault(kind)
    with pytest.raises(openai.APIConnectionError):
        await ask(simulated.v1)


async def test_silence_is_a_timeout_and_the_log_shows_no_status(simulated: Any) -> None:
    await simulated.fault("hang")
    with pytest.raises(openai.APITimeoutError):
        await ask(simulated.v1, timeout=0.3)
    assert [entry["status"] for entry in await simulated.log()] == [None]


async def test_a_slow_body_arrives_whole(simulated: Any) -> None:
    await simulated.fault("slow_body", seconds=0.2)
    assert json.loads((await ask(simulated.v1)).choices[0].message.content)["choice"] in ("x", "y")


async def test_a_huge_body_has_the_size_asked_for(simulated: Any) -> None:
    await simulated.fault("huge_body", size=3_000_000)
    assert len((await ask(simulated.v1)).choices[0].message.content) == 3_000_000


async def test_a_redirect_names_another_host(simulated: Any) -> None:
    await simulated.fault("redirect", location="https://evil.example/")
    with pytest.raises(openai.APIStatusError) as caught:
        await ask(simulated.v1)
    assert (caught.value.status_code, caught.value.response.headers["location"]) == (302, "https://evil.example/")


async def test_a_filtered_answer_finishes_with_content_filter(simulated: Any) -> None:
    await simulated.fault("finish_content_filter")
    assert (await ask(simulated.v1)).choices[0].finish_reason == "content_filter"


async def test_a_cut_off_answer_is_not_json(simulated: Any) -> None:
    await simulated.fault("finish_length")
    choice = (await ask(simulated.v1)).choices[0]
    assert choice.finish_reason == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(choice.message.content)


async def test_reasoning_can_eat_the_whole_budget(simulated: Any) -> None:
    await simulated.fault("empty_length")
    answer = await ask(simulated.v1)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "length")
    assert answer.usage.completion_tokens_details.reasoning_tokens == answer.usage.completion_tokens > 0


async def test_a_refusal_has_no_content(simulated: Any) -> None:
    await simulated.fault("refusal")
    message = (await ask(simulated.v1)).choices[0].message
    assert message.content is None
    assert message.refusal


async def test_text_instead_of_json(simulated: Any) -> None:
    await simulated.fault("not_json")
    content = (await ask(simulated.v1)).choices[0].message.content
    with pytest.raises(json.JSONDecodeError):
        json.loads(content)


async def test_json_that_breaks_the_schema_is_still_json(simulated: Any) -> None:
    await simulated.fault("breaks_schema")
    assert "choice" not in json.loads((await ask(simulated.v1)).choices[0].message.content)


async def test_another_model_may_answer_than_the_usual_one(simulated: Any) -> None:
    usual = (await ask(simulated.v1)).model
    await simulated.fault("wrong_model")
    assert (await ask(simulated.v1)).model != usual


async def test_a_fault_with_a_count_is_used_up(simulated: Any) -> None:
    await simulated.fault("unavailable", count=2)
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await ask(simulated.v1)
    assert (await ask(simulated.v1)).choices


async def test_a_fault_meets_only_the_requests_it_matches(simulated: Any) -> None:
    await simulated.fault("content_filter", match={"contains": "poison", "surface": "v1", "key": "apiKey"})
    assert (await ask(simulated.v1)).choices
    poisoned = [{"role": "user", "content": "poison"}]
    assert (await ask(simulated.dated, messages=poisoned)).choices
    with pytest.raises(openai.BadRequestError):
        await ask(simulated.v1, messages=poisoned)


async def test_probability_follows_the_seed(simulated: Any) -> None:
    async def statuses() -> list[object]:
        await simulated.tell(seed=7, faults=[{"kind": "unavailable", "probability": 0.5}])
        await simulated.http.delete(simulated.url + "/simulated/log")
        for _ in range(12):
            try:
                await ask(simulated.v1)
            except openai.InternalServerError:
                continue
        return [entry["status"] for entry in await simulated.log()]

    first = await statuses()
    assert set(first) == {200, 503}
    assert await statuses() == first


async def test_an_unknown_fault_is_refused_and_changes_nothing(simulated: Any) -> None:
    answer = await simulated.http.put(simulated.url + "/simulated/config", json={"faults": [{"kind": "flood"}]})
    assert answer.status_code == 400
    assert (await ask(simulated.v1)).choices
