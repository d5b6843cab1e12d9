"""490 and 1,000 fields against what the simulated deployment accepts and answers, small and large vocabularies."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from local.simulated_answers import answer
from local.simulated_schemas import check_response_format
from shared.gateway.records import Prompt
from shared.mapping.prompt_size import MOST
from shared.mapping.suggest import suggest
from tests.fakes.asker import FakeAsker, options
from tests.unit.mapping.requests import records, request, vocabulary, work

WORDS = ("order", "ship", "bill", "tax", "unit", "net", "gross", "first", "last", "site")
THINGS = ("number", "date", "name", "code", "amount", "status", "type", "city", "owner", "note")


def simulated(prompt: Prompt[Any]) -> object:
    """As the simulated deployment: a schema that breaks the rules of strict ones is refused."""
    check_response_format("map-fields", prompt.schema)
    return answer(prompt.schema)


def names(count: int) -> list[str]:
    every = [f"{first} {second} {n}" for n in range(count) for first in WORDS for second in THINGS]
    return every[:count]


@pytest.mark.parametrize("keys", [60, 3_000])
@pytest.mark.parametrize("count", [490, 1_000])
async def test_each_field_is_asked_and_answered_exactly_once(count: int, keys: int) -> None:
    asker = FakeAsker(simulated)
    known = vocabulary(keys=tuple((f"{name.replace(' ', '')}{n}", "Text", "") for n, name in enumerate(names(keys))))
    columns: dict[str, Any] = {name: lambda n: f"v{n}" for name in names(count)}
    asked = request(records(3, **columns), [known], vocabulary="customer")
    mapping = await suggest(work(asked), asker)
    sent = Counter(name.partition("_")[0] for prompt in asker.prompts for name in options(prompt))
    assert sent == Counter(f"f{n + 1}" for n in range(count))
    assert [found.field for found in mapping.properties] == list(columns)
    assert mapping.usage.prompts == len(asker.prompts) <= -(-count // MOST) + 8
    assert not [warning for warning in mapping.warnings if warning.code.startswith("answer_")]
    given = [found.vocabulary_key for found in mapping.properties]
    assert len(set(given)) == count
