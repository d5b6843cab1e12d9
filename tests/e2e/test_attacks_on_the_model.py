"""Cells that give instructions, against the real model: they change nothing but their own field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.product import SECRETS, Organization, Product
from tests.unit.mapping.attacks import ATTACKS
from tests.unit.mapping.requests import vocabulary

pytestmark = pytest.mark.model

ATTACKED = ("Remarks", "Complaints")
PER_FIELD = 5
"""As many values as a profile keeps of a field."""
HARMLESS = ["fine", "called twice last week, wants a new offer", "moved", "prefers letters to calls", "n.b."]
STRINGS = [attack.encode("utf-8", "replace").decode() for attack in ATTACKS]
GROUPS = [STRINGS[start : start + 2 * PER_FIELD] for start in range(0, len(STRINGS), 2 * PER_FIELD)]


def body(first: list[str], second: list[str]) -> dict[str, Any]:
    records = [
        {
            "Cust No": f"C-{number:03}",
            "FName": ("Ann", "Bo", "Cy")[number % 3],
            "LName": ("Li", "Moe", "Orr", "Poe")[number % 4],
            "E-mail": f"u{number}@example.com",
            "Mobile": f"+44 7700 9000{number:02}",
            "Town": ("Rome", "Oslo")[number % 2],
            "Limit": number * 500,
            "Remarks": first[number % len(first)],
            "Complaints": second[number % len(second)],
        }
        for number in range(12)
    ]
    return {"dataSet": {"name": "crm", "records": records}, "vocabularies": [vocabulary()]}


@pytest.fixture(scope="module")
def organization(product: Product, model: dict[str, Any]) -> Organization:
    return product.organization().allow({name: model[name] for name in SECRETS if name in model})


def others(organization: Organization, first: list[str], second: list[str]) -> dict[str, tuple[str, str]]:
    """What was decided for the fields that were not attacked."""
    answer = organization.map(body(first, second))
    assert answer.status_code == 200, answer.text
    found = answer.json()["properties"]
    assert len(found) == 9
    return {each["field"]: (each["status"], each["vocabularyKey"]) for each in found if each["field"] not in ATTACKED}


@pytest.fixture(scope="module")
def unattacked(organization: Organization) -> dict[str, tuple[str, str]]:
    return others(organization, HARMLESS, HARMLESS[::-1])


@pytest.mark.parametrize("number", range(len(GROUPS)))
def test_attacks_change_no_other_field(
    organization: Organization, unattacked: dict[str, tuple[str, str]], number: int
) -> None:
    """Ten of them at a time, in two fields."""
    group = GROUPS[number]
    assert others(organization, group[:PER_FIELD], group[PER_FIELD:] or HARMLESS) == unattacked


def test_there_are_enough_attacks() -> None:
    assert len(set(STRINGS)) >= 50
