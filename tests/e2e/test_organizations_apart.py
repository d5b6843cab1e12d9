"""Two organizations can neither read nor influence each other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.product import VOCABULARY, Organization, Product, Simulated, mapping_body, simulated

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def second_deployment() -> Iterator[Simulated]:
    with simulated() as made:
        yield made


@pytest.fixture
def one(product: Product, deployment: Simulated) -> Organization:
    return product.organization().allow(deployment)


@pytest.fixture
def two(product: Product, second_deployment: Simulated) -> Organization:
    second_deployment.reset()
    return product.organization().allow(second_deployment)


def test_nobody_reads_or_forgets_anothers_mapping(one: Organization, two: Organization) -> None:
    mapping_id = one.map().json()["mappingId"]
    for method in ("GET", "DELETE"):
        assert two.request(method, f"/mappings/{mapping_id}").status_code == 404
        assert two.request(method, f"/mappings/..%2F{one.name}%2F{mapping_id}").status_code == 404
        assert (
            two.request(method, f"/mappings/{mapping_id}?org={one.name}&organizationId={one.name}").status_code == 404
        )
    assert one.get(f"/mappings/{mapping_id}")["state"] == "succeeded"


def test_nobody_reads_anothers_prompts(one: Organization, two: Organization) -> None:
    one.map()
    mapping = one.map().json()
    two.map()
    [attempt_id] = mapping["promptIds"]
    assert two.request("GET", f"/prompts/{attempt_id}").status_code == 404
    assert two.prompts(mappingId=mapping["mappingId"]) == []
    assert len(two.prompts()) == 1
    token = one.get("/prompts", top=1)["continuationToken"]
    stolen = two.request("GET", "/prompts", params={"continuationToken": token})
    assert stolen.status_code in (200, 400)
    assert not stolen.is_success or {item["attemptId"] for item in stolen.json()["items"]}.isdisjoint(
        item["attemptId"] for item in one.prompts()
    )


def test_a_catalogue_is_its_organizations_own(one: Organization, two: Organization) -> None:
    assert one.request("PUT", "/vocabularies", json=[VOCABULARY]).status_code == 202
    assert two.get("/vocabularies")["items"] == []
    assert two.request("GET", "/vocabularies/customer").status_code == 404
    assert two.request("DELETE", "/vocabularies/customer").status_code == 404
    other = {**VOCABULARY, "keys": [{"key": "customer.secretOfTwo"}]}
    assert two.request("PUT", "/vocabularies/customer", json=other).status_code == 201
    assert len(one.get("/vocabularies/customer")["keys"]) == len(VOCABULARY["keys"])
    body = {name: value for name, value in mapping_body().items() if name != "vocabularies"}
    keys = {each["vocabularyKey"] for each in one.map(body).json()["properties"]}
    assert "customer.secretOfTwo" not in keys


def test_each_prompt_goes_to_its_own_organizations_deployment(
    one: Organization, two: Organization, deployment: Simulated, second_deployment: Simulated
) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: (one, two)[number % 2].map(), range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert (len(deployment.log()), len(second_deployment.log())) == (20, 20)
    assert {entry["key"] for entry in deployment.log() + second_deployment.log()} == {"apiKey"}


def test_one_flag_switched_off_leaves_the_other_on(one: Organization, two: Organization) -> None:
    one.flag(False)
    two.flag(True)
    assert (one.map().status_code, two.map().status_code) == (403, 200)


def test_one_throttled_deployment_does_not_slow_the_other(
    one: Organization, two: Organization, deployment: Simulated, second_deployment: Simulated
) -> None:
    deployment.told({"kind": "throttled", "count": 1, "retryAfter": 3})
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(one.map)
        deployment.wait_for(1)
        assert two.map().status_code == 200
        assert not waiting.done()
        assert waiting.result().status_code == 200


def test_what_one_deployment_does_not_accept_is_not_learnt_for_another(
    one: Organization, two: Organization, deployment: Simulated, second_deployment: Simulated
) -> None:
    deployment.told({"kind": "unsupported", "param": "temperature"})
    assert one.map().status_code == 200
    second_deployment.told(keepBodies=True)
    assert two.map().status_code == 200
    assert '"temperature":0' in second_deployment.log()[0]["body"]


def test_names_that_only_look_alike_are_different(product: Product, deployment: Simulated) -> None:
    """A prefix, and a name with the separator that secrets use."""
    longer = product.organization()
    shorter = product.organization(longer.name[:-1])
    longer.allow(deployment)
    assert product.organization(longer.name[:-2]).map().json()["code"] == "feature_disabled"
    shorter.flag(True)
    assert shorter.map().json()["code"] == "settings_missing"
    assert product.organization(f"{longer.name}--openai").map().json()["code"] == "invalid_organization"
