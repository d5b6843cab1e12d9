"""One mapping by a real model: the sample customers, over HTTP. What it chooses is its own; soundness is ours."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from local.state import CHECKOUT
from tests.e2e.product import SECRETS, Organization, Product

SAMPLES = CHECKOUT / "local" / "samples"
FIELDS = ["Cust No.", "Surname", "E-mail addr", "Mobile", "DOB", "Remarks"]

pytestmark = pytest.mark.model


def body() -> dict[str, Any]:
    with (SAMPLES / "customers.csv").open(newline="", encoding="utf-8") as file:
        records = [{name: row[name] for name in FIELDS} for row in csv.DictReader(file)]
    vocabulary = json.loads((SAMPLES / "customer-vocabulary.json").read_text(encoding="utf-8"))
    return {"dataSet": {"name": "customers", "records": records}, "vocabularies": [vocabulary]}


@pytest.fixture(scope="module")
def organization(product: Product, model: dict[str, Any]) -> Organization:
    return product.organization().allow({name: model[name] for name in SECRETS if name in model})


@pytest.fixture(scope="module")
def mapping(organization: Organization) -> dict[str, Any]:
    answer = organization.map(body())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_every_field_is_mapped_once_and_in_order(mapping: dict[str, Any]) -> None:
    assert [each["field"] for each in mapping["properties"]] == FIELDS


def test_only_keys_that_were_offered_are_existing(mapping: dict[str, Any]) -> None:
    offered = {key["key"] for key in body()["vocabularies"][0]["keys"]}
    chosen = [each["vocabularyKey"] for each in mapping["properties"] if each["status"] == "Existing"]
    assert chosen
    assert set(chosen) <= offered
    assert len(set(chosen)) == len(chosen)


def test_the_identifier_is_counted_not_asked(mapping: dict[str, Any]) -> None:
    assert (mapping["origin"]["kind"], mapping["origin"]["fields"]) == ("SingleKey", ["Cust No."])
    assert mapping["origin"]["evidence"]["distinct"] == mapping["origin"]["evidence"]["rows"] == 500


def test_the_prompts_behind_it_can_be_read(
    organization: Organization, mapping: dict[str, Any], model: dict[str, Any]
) -> None:
    prompts = organization.prompts(mappingId=mapping["mappingId"])
    assert [each["attemptId"] for each in prompts] == mapping["promptIds"]
    succeeded = [each for each in prompts if each["status"] == "succeeded"]
    assert succeeded
    assert {each["model"] for each in succeeded} == {model["deploymentName"]}
    assert sum(each["promptTokens"] for each in succeeded) == mapping["usage"]["promptTokens"] > 0
