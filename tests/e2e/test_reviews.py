"""What a steward decided is followed without asking, for that organization only, until it is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.product import Organization, Product, Simulated, mapping_body

pytestmark = pytest.mark.stack


@pytest.fixture
def organization(product: Product, deployment: Simulated) -> Organization:
    return product.organization().allow(deployment)


def keys(mapping: dict[str, Any]) -> dict[str, str | None]:
    return {each["field"]: each["vocabularyKey"] for each in mapping["properties"]}


def review(organization: Organization, mapping: dict[str, Any]) -> int:
    decisions = [{"field": field, "decision": "accepted"} for field in keys(mapping)]
    path = f"/mappings/{mapping['mappingId']}/review"
    return organization.request("PUT", path, json={"decisions": decisions}).status_code


def test_a_reviewed_structure_costs_nothing_until_it_is_forgotten(
    organization: Organization, product: Product, deployment: Simulated
) -> None:
    first = organization.map().json()
    assert review(organization, first) == 200
    again = organization.map().json()
    assert (keys(again), again["usage"]["prompts"]) == (keys(first), 0)
    assert len(organization.prompts()) == first["usage"]["prompts"]
    other = product.organization().allow(deployment)
    assert other.map().json()["usage"]["prompts"] > 0
    assert organization.request("DELETE", f"/mappings/{first['mappingId']}/review").status_code == 204
    assert organization.map().json()["usage"]["prompts"] > 0


def test_reviews_at_the_same_time_are_all_kept(organization: Organization) -> None:
    bodies = [mapping_body() for _ in range(6)]
    for number, body in enumerate(bodies):
        body["dataSet"]["name"] = f"set {number}"
    mappings = [organization.map(body).json() for body in bodies]
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda mapping: review(organization, mapping), mappings)) == {200}
    assert [organization.map(body).json()["usage"]["prompts"] for body in bodies] == [0] * 6
