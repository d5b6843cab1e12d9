"""Idempotency-Key over HTTP: one answer and one prompt, however often it is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.product import FIELDS, Organization, Product, Simulated, mapping_body

pytestmark = pytest.mark.stack


def test_the_same_key_and_body_get_the_same_answer_and_no_second_prompt(
    organization: Organization, deployment: Simulated
) -> None:
    first = organization.map(**{"idempotency-key": "one"})
    second = organization.map(**{"idempotency-key": "one"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert len(deployment.log()) == len(organization.prompts()) == 1


def test_at_the_same_time_too(organization: Organization, deployment: Simulated) -> None:
    deployment.told(latencySeconds=0.5)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: organization.map(**{"idempotency-key": "many"}), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(deployment.log()) == 1


def test_another_body_is_a_conflict(organization: Organization, deployment: Simulated) -> None:
    organization.map(**{"idempotency-key": "two"})
    answer = organization.map(mapping_body(FIELDS[:3]), **{"idempotency-key": "two"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    assert len(deployment.log()) == 1


def test_another_body_at_the_same_time_is_a_conflict(organization: Organization, deployment: Simulated) -> None:
    deployment.told(latencySeconds=1)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(organization.map, **{"idempotency-key": "three"})
        deployment.wait_for(1)
        answer = organization.map(mapping_body(FIELDS[:3]), **{"idempotency-key": "three"})
        assert running.result().status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


def test_a_failure_that_may_pass_is_tried_anew(organization: Organization, deployment: Simulated) -> None:
    deployment.told({"kind": "unauthorized", "count": 2})
    first = organization.map(**{"idempotency-key": "four"})
    second = organization.map(**{"idempotency-key": "four"})
    assert (first.status_code, second.status_code) == (502, 200)


def test_a_filtered_prompt_is_not_sent_again(organization: Organization, deployment: Simulated) -> None:
    deployment.told({"kind": "content_filter"})
    first = organization.map(**{"idempotency-key": "five"})
    sent = len(deployment.log())
    second = organization.map(**{"idempotency-key": "five"})
    assert (first.status_code, second.status_code) == (422, 422)
    assert first.content == second.content
    assert len(deployment.log()) == sent


def test_two_organizations_may_use_one_key(product: Product, deployment: Simulated) -> None:
    one, two = (product.organization().allow(deployment) for _ in range(2))
    first = one.map(**{"idempotency-key": "same"})
    second = two.map(mapping_body(FIELDS[:3]), **{"idempotency-key": "same"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["mappingId"] != second.json()["mappingId"]
    assert second.json()["organizationId"] == two.name


def test_bad_input_does_not_use_up_a_key(organization: Organization) -> None:
    bad = organization.map({"dataSet": {}}, **{"idempotency-key": "six"})
    good = organization.map(**{"idempotency-key": "six"})
    assert (bad.status_code, good.status_code) == (400, 200)


def test_a_client_that_goes_away_does_not_lose_its_answer(organization: Organization, deployment: Simulated) -> None:
    """It times out while the prompt runs; when it asks again it gets that prompt's answer."""
    import httpx2

    deployment.told(latencySeconds=1)
    with pytest.raises(httpx2.ReadTimeout):
        organization.request("POST", "/mappings", json=mapping_body(), headers={"idempotency-key": "gone"}, timeout=0.5)
    answer = organization.map(**{"idempotency-key": "gone"})
    assert answer.status_code == 200
    assert len(deployment.log()) == 1
    assert organization.statuses() == ["succeeded"]
