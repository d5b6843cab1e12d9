"""Every row of the error table in Azure OpenAI's documentation, from the deployment's answer to the product's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.product import Organization, Product, Simulated, mapping_body, simulated_at_once

pytestmark = pytest.mark.stack

Fault = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """What a deployment that misbehaves for good leads to. ``waits``: the answer says when to come back."""

    fault: Fault
    status: int
    code: str | None = None
    setting: str | None = None
    waits: bool = False
    recorded: frozenset[str] = frozenset({"failed"})
    most: int = 4
    """Requests that the deployment gets at most."""


def unsupported(param: str, code: str | None) -> Row:
    succeeded = frozenset({"failed", "succeeded"})
    return Row({"kind": "unsupported", "param": param, "code": code}, 200, recorded=succeeded)


def filtered(**fault: str) -> Row:
    return Row(fault, 422, "content_filtered", recorded=frozenset({"filtered"}), most=13)


def throttled(**fault: Any) -> Row:
    recorded = frozenset({"throttled"})
    return Row({"kind": "throttled", **fault}, 429, "deployment_throttled", None, True, recorded, most=30)


def unusable(kind: str, status: str, most: int) -> Row:
    return Row({"kind": kind}, 502, "unusable_answer", "deploymentName", recorded=frozenset({status}), most=most)


def away(kind: str, setting: str | None = None) -> Row:
    return Row({"kind": kind}, 503, "deployment_unavailable", setting, True)


REFUSED = frozenset({"unauthorized"})
ROWS = {
    "400 content_filter, innererror": filtered(kind="content_filter", spelling="innererror"),
    "400 content_filter, inner_error": filtered(kind="content_filter", spelling="inner_error"),
    "400 temperature, unsupported_value": unsupported("temperature", "unsupported_value"),
    "400 temperature, no code": unsupported("temperature", None),
    "400 max_tokens": unsupported("max_tokens", "unsupported_parameter"),
    "400 response_format": unsupported("response_format", "unsupported_parameter"),
    "400 response_format, no code": unsupported("response_format", None),
    "400 context_length_exceeded": Row({"kind": "context_length_exceeded"}, 502, "unusable_answer", "deploymentName",
                                       most=13),
    "401": Row({"kind": "unauthorized"}, 502, "deployment_unauthorized", "apiKey", recorded=REFUSED, most=2),
    "401 token": Row({"kind": "unauthorized_token"}, 502, "deployment_unauthorized", "apiKey", recorded=REFUSED,
                     most=2),
    "403 firewall": Row({"kind": "firewall"}, 502, "deployment_forbidden", "baseUrl", most=1),
    "403 virtual network": Row({"kind": "virtual_network"}, 502, "deployment_forbidden", "baseUrl", most=1),
    "403 suspended": Row({"kind": "suspended"}, 502, "deployment_forbidden", "baseUrl", most=1),
    "404 DeploymentNotFound": Row({"kind": "deployment_not_found"}, 502, "deployment_not_found", "deploymentName",
                                  most=1),
    "429 quota": throttled(),
    "429 capacity": throttled(reason="capacity"),
    "429 adjustment": throttled(reason="adjustment"),
    "429 max tokens": throttled(reason="max_tokens"),
    "429 without Retry-After": throttled(retryAfter="absent"),
    "429 for a day": throttled(retryAfter=86_400),
    "429 with limits of -1 and 0": throttled(retryAfter=-1),
    "408": Row({"kind": "request_timeout"}, 504, "deployment_timeout", recorded=frozenset({"timed_out"})),
    "409": away("conflict"),
    "500": away("server_error"),
    "502, an HTML page": away("bad_gateway"),
    "503": away("unavailable"),
    "504": away("gateway_timeout"),
    "connection reset": away("reset", "baseUrl"),
    "connection cut": away("cut_body", "baseUrl"),
    "no answer": Row({"kind": "hang"}, 504, "deployment_timeout", recorded=frozenset({"timed_out"}), most=6),
    "an answer drop by drop": Row({"kind": "slow_body", "seconds": 60}, 504, "deployment_timeout", most=6,
                                  recorded=frozenset({"timed_out"})),
    "an answer of 64 MiB": Row({"kind": "huge_body"}, 502, "unusable_answer", "baseUrl", most=2),
    "redirect": Row({"kind": "redirect"}, 502, "deployment_forbidden", "baseUrl", most=1),
    "finish content_filter": filtered(kind="finish_content_filter"),
    "finish length": unusable("finish_length", "cut_off", 13),
    "finish length, empty": unusable("empty_length", "cut_off", 22),
    "refusal": unusable("refusal", "refused", 13),
    "not JSON": unusable("not_json", "failed", 15),
    "not the schema": Row({"kind": "breaks_schema"}, 502, "unusable_answer", "deploymentName", most=2,
                          recorded=frozenset({"succeeded"})),
    "another model": Row({"kind": "wrong_model"}, 200, recorded=frozenset({"succeeded"}), most=1),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    status: int
    retry_after: str | None
    body: dict[str, Any]
    received: list[int | None]
    recorded: list[str]
    kept: dict[str, Any] | None


@pytest.fixture(scope="module")
def seen(impatient: Product) -> Iterator[dict[str, Seen]]:
    """What came of every row. All are tried at once, each with a deployment and an organization of its own."""
    with simulated_at_once(len(ROWS)) as deployments, ThreadPoolExecutor(len(ROWS)) as pool:
        tried = zip(ROWS, pool.map(lambda row, made: tried_out(impatient, row, made), ROWS.values(), deployments),
                    strict=True)  # fmt: skip
        yield dict(tried)


def tried_out(product: Product, row: Row, deployment: Simulated) -> Seen:
    organization = product.organization().allow(deployment)
    deployment.told(row.fault)
    answer = organization.map(mapping_body())
    recorded = organization.prompts()
    return Seen(
        answer.status_code,
        answer.headers.get("retry-after"),
        answer.json(),
        deployment.statuses(),
        [item["status"] for item in recorded],
        kept_mapping(organization, recorded),
    )


def kept_mapping(organization: Organization, recorded: list[dict[str, Any]]) -> dict[str, Any] | None:
    return organization.get(f"/mappings/{recorded[0]['mappingId']}") if recorded else None


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_error_table(seen: dict[str, Seen], name: str) -> None:
    """Status, code, the setting to fix and Retry-After; as many requests as attempts, and not more than make sense."""
    row, found = ROWS[name], seen[name]
    assert (found.status, found.body.get("code"), found.body.get("setting")) == (row.status, row.code, row.setting)
    assert (found.retry_after is not None) == row.waits
    if row.waits:
        assert 1 <= int(found.retry_after or 0) <= 60
    assert len(found.received) == len(found.recorded)
    assert 1 <= len(found.received) <= row.most
    assert set(found.recorded) == row.recorded


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.status != 200])
def test_a_failed_mapping_can_be_read_back_with_its_cause(seen: dict[str, Seen], name: str) -> None:
    kept = seen[name].kept
    assert kept is not None
    assert kept["state"] == "failed"
    assert (kept["error"]["code"], kept["error"]["status"]) == (ROWS[name].code, ROWS[name].status)


@pytest.mark.parametrize("name", ROWS)
def test_no_answer_repeats_the_services_words_or_a_key(seen: dict[str, Seen], name: str) -> None:
    detail = str(seen[name].body.get("detail", ""))
    assert "go.microsoft.com" not in detail
    assert "aka.ms" not in detail
    assert len(detail) < 300


def test_a_model_without_a_price_costs_null_and_not_zero(seen: dict[str, Seen]) -> None:
    assert seen["another model"].body["usage"]["cost"] is None


def test_what_a_deployment_does_not_accept_is_remembered(organization: Organization, deployment: Simulated) -> None:
    deployment.told(
        {"kind": "unsupported", "param": "temperature"},
        {"kind": "unsupported", "param": "max_tokens"},
        {"kind": "unsupported", "param": "response_format"},
    )
    assert organization.map().status_code == 200
    learnt = deployment.statuses()
    assert organization.map().status_code == 200
    assert learnt == [400, 400, 400, 200]
    assert deployment.statuses()[len(learnt) :] == [200]


def test_a_prompt_that_is_too_long_is_split(organization: Organization, deployment: Simulated) -> None:
    whole = [f"column {number} town" for number in range(30)]
    organization.map(mapping_body(whole))
    longest = deployment.log()[0]["promptTokens"]
    deployment.told(contextTokens=longest - 100)
    answer = organization.map(mapping_body(whole))
    assert answer.status_code == 200
    assert deployment.statuses() == [200, 400, 200, 200]
    assert len(answer.json()["properties"]) == 30
