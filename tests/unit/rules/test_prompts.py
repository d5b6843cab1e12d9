"""The prompts: schemas a strict deployment takes, instructions always the same, and which keys are offered."""

from __future__ import annotations

import pytest

from local.simulated_schemas import check_response_format
from shared.mapping.index.catalogue_index import indexed
from shared.mapping.models import Vocabulary
from shared.records import RecordIn
from shared.rules.judge_prompts import MOST_VALUES, explain_prompt, spellings_prompt, values_prompt
from shared.rules.offer import WHOLE, Offer, offers
from shared.rules.prompt import write_prompt
from shared.rules.suggest import find
from shared.rules.suggestion_models import SuggestionRequest

MANY = tuple(Offer(f"customer.key{n}", "A key", "Text", ("x",)) for n in range(WHOLE))


def vocabulary(*names: str, prefix: str = "customer", others: int = 0) -> Vocabulary:
    listed = [{"key": f"{prefix}.{name}"} for name in (*names, *(f"other{n}" for n in range(others)))]
    return Vocabulary.model_validate({"name": prefix.title(), "keyPrefix": prefix, "keys": listed})


@pytest.mark.parametrize("scope", ["DataPart", "Entity", "Survivorship", None])
def test_the_forms_schema_is_strict_and_within_the_services_limits(scope: str | None) -> None:
    prompt = write_prompt("Tag all", MANY, "full", scope=scope, domains=("/A", "/B"))  # type: ignore[arg-type]
    check_response_format(prompt.name, prompt.schema)


def test_the_judging_schemas_are_too() -> None:
    cities = [f"Town {chr(65 + n % 26)}{chr(97 + n // 26)}" for n in range(200)]
    values = [{"value": value, "count": 9} for value in cities] + [{"value": value.upper()} for value in cities]
    found = find(SuggestionRequest.model_validate({"vocabularyKey": "a.city", "values": values}))
    prompts = (
        spellings_prompt(found.column, found.groups[: MOST_VALUES // 2]),
        values_prompt(found.column, cities[:MOST_VALUES]),
        explain_prompt(found.column, found.ideas, "full"),
    )
    for prompt in prompts:
        check_response_format(prompt.name, prompt.schema)
    assert len(found.ideas) > 5


def test_the_instructions_are_the_same_for_all_words_and_keys_of_a_scope() -> None:
    """So that a deployment reads them once."""
    one = write_prompt("Tag all", MANY, "full", scope="Entity")
    other = write_prompt("Etwas anderes", MANY[:3], "none", scope="Entity")
    assert one.messages[0] == other.messages[0]


def test_only_what_the_scope_allows_is_offered() -> None:
    enums = [
        write_prompt("x", MANY, "full", scope=scope).schema["$defs"]["action"]["properties"]["do"]["enum"]  # type: ignore[index]
        for scope in ("Survivorship", "Entity")
    ]
    assert "mostFrequentValue" in enums[0]
    assert "addTag" not in enums[0]
    assert not set(enums[0]) & set(enums[1])


def test_a_small_catalogue_is_offered_whole_in_its_order() -> None:
    names = [offer.key for offer in offers("Tag all", indexed([vocabulary("email", "city")]), ())]
    assert names == ["customer.email", "customer.city"]


def test_of_a_large_one_what_the_words_speak_of_comes_first() -> None:
    large = indexed([vocabulary("creditLimit", "postalCode", others=400), vocabulary("email", prefix="person")])
    names = [offer.key for offer in offers('Tag customers with a credit limit over 9 as "Postal code"', large, ())]
    assert names[0] == "customer.creditLimit"
    assert len(names) <= WHOLE


def test_what_the_records_have_is_offered_too() -> None:
    large = indexed([vocabulary("creditLimit", "zyx", others=400)])
    records = [RecordIn(id="1", properties={"customer.zyx": "9", "unknown.key": "1"})]
    offered = {offer.key: offer for offer in offers("Tag customers with a credit limit", large, records)}
    assert offered["customer.zyx"].samples == ("9",)
    assert "unknown.key" not in offered


def test_without_a_catalogue_the_records_keys_are_all_there_is() -> None:
    records = [RecordIn(id="1", properties={"a.b": "9"})]
    assert [offer.key for offer in offers("x", indexed([]), records)] == ["a.b"]
