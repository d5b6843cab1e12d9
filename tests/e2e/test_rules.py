"""Rules on the running stack: previews without a flag, prompts under RuleEngine and in the history, nobody held up."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.rules.compile import compile_rule
from shared.rules.draft import Action, ChildRule, Draft, Group, Test
from tests.e2e.product import Organization, Product, Simulated

pytestmark = pytest.mark.stack

VOCABULARY = {
    "name": "Customer",
    "keyPrefix": "customer",
    "keys": [{"key": "customer.city"}, {"key": "customer.email"}],
}
RECORDS = [{"id": "1", "properties": {"customer.city": "Oslo"}}, {"id": "2", "properties": {"customer.city": "Rome"}}]
WORDS = {"prompt": "Tag customers from Oslo as North", "vocabularies": [VOCABULARY], "records": RECORDS}
VALUES = {
    "vocabularyKey": "customer.city",
    "values": [{"value": "Oslo", "count": 20}, {"value": "OSLO"}, {"value": "Rome", "count": 9}, {"value": "N/A"}],
}


def rule(test: Test) -> dict[str, Any]:
    tag = ChildRule("Tag", (Action("addTag", (("tag", "North"),)),))
    return compile_rule(Draft("Rule", "Entity", Group("all", (test,)), (tag,)), str(uuid.uuid4()))


def preview(organization: Organization, test: Test, records: object = RECORDS) -> Any:
    return organization.request("POST", "/rules/preview", json={"rule": rule(test), "records": records})


@pytest.fixture
def steward(organization: Organization) -> Organization:
    organization.flag(True, flag="RuleEngine")
    return organization


def test_a_preview_needs_no_flag_and_sends_nothing(product: Product, deployment: Simulated) -> None:
    answer = preview(product.organization(), Test("customer.city", "equals", ("oslo",)))
    assert (answer.status_code, answer.json()["preview"]["matched"]) == (200, 1)
    assert deployment.log() == []


def test_words_are_sent_under_the_flag_and_kept_in_the_history(steward: Organization, deployment: Simulated) -> None:
    answer = steward.request("POST", "/rules", json=WORDS)
    assert answer.status_code in (200, 422), answer.text
    assert set(deployment.statuses()) == {200}
    assert {item["feature"] for item in steward.prompts()} == {"RuleEngine"}
    assert "Tag customers from Oslo" in steward.messages()[0][1]["content"]


def test_without_the_flag_nothing_is_sent(organization: Organization, deployment: Simulated) -> None:
    """AiMapping is on, which is another feature."""
    for path, body in (("/rules", WORDS), ("/rules/suggestions", VALUES)):
        answer = organization.request("POST", path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "feature_disabled")
    assert deployment.log() == []


def test_suggestions_are_judged_by_the_model(steward: Organization, deployment: Simulated) -> None:
    answer = steward.request("POST", "/rules/suggestions", json=VALUES)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["usage"]["prompts"] == len(made["promptIds"]) == len(deployment.log()) > 0
    assert all(each["preview"]["changed"] for each in made["suggestions"])


def test_hostile_patterns_are_killed_and_others_go_on(product: Product) -> None:
    evil, other = product.organization(), product.organization()
    records = [{"id": "1", "properties": {"customer.city": "a" * 40 + "!"}}]
    never_ends = Test("customer.city", "matchesPattern", ("^(a+)+$",))
    with ThreadPoolExecutor(7) as pool:
        hostile = [pool.submit(preview, evil, never_ends, records) for _ in range(6)]
        harmless = [preview(other, Test("customer.city", "exists")).status_code for _ in range(10)]
        assert set(harmless) == {200}
        answers = [each.result() for each in hostile]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "rule_timeout")}
