"""What a mapping says of itself over HTTP: signals by their documented names, and who overruled whom."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import FIELDS, VOCABULARY, Organization, mapping_body

pytestmark = pytest.mark.stack
PAGE = Path(__file__).parents[2] / "docs" / "mapping.md"
KEYS = [key["key"] for key in VOCABULARY["keys"]]
RECORDS = [
    {
        "Cust No": f"C-{number:03}",
        "FName": ("Anna", "Piotr", "Wei", "Maria")[number % 4],
        "E-mail": f"u{number}@example.com",
        "Town": ("Aarhus", "Gdańsk", "Milano")[number % 3],
    }
    for number in range(12)
]


def said(organization: Organization, mapping: dict[str, Any]) -> dict[str, str | None]:
    """Field → the key the model chose, None for none of them, as the prompt history has it."""
    found: dict[str, str | None] = {}
    for attempt in mapping["promptIds"]:
        prompt = organization.get(f"/prompts/{attempt}")
        answer = json.loads(prompt["response"])
        for line in prompt["messages"][-1]["content"].splitlines():
            asked = re.fullmatch(r"(\S+): (\{.*\})", line)
            if asked:
                key = f"customer.{answer[asked[1]]}"
                found[json.loads(asked[2])["name"]] = key if key in KEYS else None
    return found


def test_the_signals_that_are_shown_are_those_the_page_tells(organization: Organization) -> None:
    body = mapping_body(records=RECORDS, engine="auto", explain=True, candidates=5)
    candidates = [each for prop in organization.map(body).json()["properties"] for each in prop["candidates"]]
    shown = {name: value for each in candidates for name, value in each["signals"].items()}
    section = PAGE.read_text(encoding="utf-8").split("## What the ranking looks at\n")[1].split("\n## ")[0]
    assert shown.keys() <= set(re.findall(r"`(\w+)`", section))
    assert {"name", "meaning", "type", "rivals"} <= shown.keys()
    assert all(0 <= value <= 1 for each in candidates for value in each["signals"].values())


def test_where_model_and_ranking_disagree_the_reason_names_the_other_key(organization: Organization) -> None:
    """The simulated deployment answers without looking at what was asked."""
    mapping = organization.map(mapping_body(FIELDS, vocabulary="customer")).json()
    answers = said(organization, mapping)
    assert answers.keys() == set(FIELDS)
    overruled = 0
    for prop in mapping["properties"]:
        chosen, best = answers[prop["field"]], prop["candidates"][0]["vocabularyKey"]
        given = prop["vocabularyKey"] if prop["status"] == "Existing" else None
        if chosen != given:
            overruled += 1
            assert (chosen or "the model found no") in prop["reason"] or "fits better to field" in prop["reason"]
        elif given != best:
            assert (best if given else "The model found none") in prop["reason"]
    assert overruled


def test_of_two_fields_that_claim_a_key_one_gets_it_and_the_other_says_which(organization: Organization) -> None:
    mapping = organization.map(mapping_body(("Email", "E-mail address"), engine="auto")).json()
    first, second = sorted(mapping["properties"], key=lambda prop: str(prop["vocabularyKey"]))
    assert first["vocabularyKey"] == "customer.email"
    assert second["status"] == "New"
    assert f"customer.email fits better to field {first['field']!r}" in second["reason"]
