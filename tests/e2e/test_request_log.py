"""The deployment's own request log against the prompt history: each request is one attempt, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.product import Organization, Product, Simulated, mapping_body, wide_body

pytestmark = pytest.mark.stack

Faults = tuple[Mapping[str, Any], ...]
OUTCOMES: dict[str, tuple[Faults, int, list[int | None], list[str]]] = {
    "success": ((), 200, [200], ["succeeded"]),
    "throttled, then success": (
        ({"kind": "throttled", "count": 1, "retryAfter": 0.2},),
        200, [429, 200], ["throttled", "succeeded"],
    ),
    "one key refused, then the other": (
        ({"kind": "unauthorized", "match": {"key": "apiKey"}},),
        200, [401, 200], ["unauthorized", "succeeded"],
    ),
    "both keys refused": (
        ({"kind": "unauthorized"},),
        502, [401, 401], ["unauthorized", "unauthorized"],
    ),
    "filtered as long as the e-mail is in it": (
        ({"kind": "content_filter", "match": {"contains": "E-mail"}},),
        200, [400, 200, 400, 400, 200], ["filtered", "succeeded", "filtered", "filtered", "succeeded"],
    ),
    "errors of the server, then success": (
        ({"kind": "server_error", "count": 1}, {"kind": "bad_gateway", "count": 1}),
        200, [500, 502, 200], ["failed", "failed", "succeeded"],
    ),
    "a reset, a cut answer, then success": (
        ({"kind": "reset", "count": 1}, {"kind": "cut_body", "count": 1}),
        200, [None, 200, 200], ["failed", "failed", "succeeded"],
    ),
    "no answer in time, then success": (
        ({"kind": "hang", "count": 1},), 200, [None, 200], ["timed_out", "succeeded"],
    ),
    "schema not accepted": (
        ({"kind": "unsupported", "param": "response_format", "code": None, "count": 1},),
        200, [400, 200], ["failed", "succeeded"],
    ),
    "an answer that is no JSON, then a good one": (
        ({"kind": "not_json", "count": 1},), 200, [200, 200], ["failed", "succeeded"],
    ),
    "refused and cut off": (
        ({"kind": "refusal", "count": 1}, {"kind": "finish_length", "count": 1}),
        200, [200, 200, 200, 200, 200], ["refused", "cut_off", "succeeded", "succeeded", "succeeded"],
    ),
    "temperature and max_tokens not accepted": (
        (
            {"kind": "unsupported", "param": "temperature", "code": "unsupported_value"},
            {"kind": "unsupported", "param": "max_tokens"},
        ),
        200, [400, 400, 200], ["failed", "failed", "succeeded"],
    ),
}  # fmt: skip
HALVED = {"filtered as long as the e-mail is in it", "refused and cut off"}
"""Both halves of what was not answered are asked at the same time: their order is nobody's promise."""


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_deployments_log_is_the_history(impatient: Product, deployment: Simulated, outcome: str) -> None:
    """The same number, the same order, the same messages."""
    faults, status, received, recorded = OUTCOMES[outcome]
    organization = impatient.organization().allow(deployment)
    deployment.told(*faults, keepBodies=True)

    answer = organization.map()

    log = deployment.log()
    attempts = organization.prompts()
    assert answer.status_code == status, answer.text
    kept = sorted if outcome in HALVED else list
    assert len(log) == len(attempts)
    assert kept(str(entry["status"]) for entry in log) == kept(map(str, received))
    assert kept(item["status"] for item in attempts) == kept(recorded)
    assert kept(map(str, sent(log))) == kept(map(str, organization.messages()))


def test_one_attempt_for_each_request_also_under_load(organization: Organization, deployment: Simulated) -> None:
    """40 mappings at once, 80 prompts, while one request in three fails."""
    faults = [
        {"kind": "throttled", "probability": 0.1, "retryAfter": 0.1},
        {"kind": "server_error", "probability": 0.1},
        {"kind": "reset", "probability": 0.1},
        {"kind": "not_json", "probability": 0.05},
    ]
    deployment.told(*faults, keepBodies=True, latencySeconds=0.02)
    body = wide_body(2)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: organization.map(body), range(40)))

    log = deployment.log()
    assert {answer.status_code for answer in answers} <= {200, 429, 502, 503}
    assert sum(answer.status_code == 200 for answer in answers) >= 30
    assert len(log) == len(organization.prompts())
    assert {"pending", "unknown"}.isdisjoint(organization.statuses())
    assert len([entry for entry in log if entry["status"] == 429]) == organization.statuses().count("throttled")
    told = [prompt_id for answer in answers if answer.status_code == 200 for prompt_id in answer.json()["promptIds"]]
    assert set(told) <= {item["attemptId"] for item in organization.prompts()}
    assert len(told) == len(set(told))


def test_an_answer_names_its_attempts_and_sums_their_usage(organization: Organization, deployment: Simulated) -> None:
    deployment.told({"kind": "not_json", "count": 1})
    mapping = organization.map().json()
    attempts = organization.prompts()
    assert mapping["promptIds"] == [item["attemptId"] for item in attempts]
    assert mapping["usage"]["prompts"] == len(attempts) == len(deployment.log())
    assert mapping["usage"]["promptTokens"] == sum(entry["promptTokens"] for entry in deployment.log())
    assert mapping["usage"]["completionTokens"] == sum(entry["completionTokens"] for entry in deployment.log())
    assert {item["mappingId"] for item in attempts} == {mapping["mappingId"]}


def test_a_mapping_without_model_sends_nothing(organization: Organization, deployment: Simulated) -> None:
    answer = organization.map(mapping_body(engine="auto"))
    assert (answer.status_code, answer.json()["promptIds"]) == (200, [])
    assert deployment.log() == organization.prompts() == []


def sent(log: list[dict[str, Any]]) -> list[list[dict[str, str]]]:
    return [json.loads(entry["body"])["messages"] for entry in log]
