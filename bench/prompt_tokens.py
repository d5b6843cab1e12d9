"""What a mapping's prompts cost as the catalogue grows: tokens per field, schema included, from 50 to 42,250 keys.

Slices of the Common Data Model catalogue, once as its own vocabularies and once as a single vocabulary of that many
keys; the larger hold the smaller. Against each the same data sets: crm-customer.csv (12 fields with samples), and 30
and 490 fields named after the first 50 keys, with samples. Counted with the local model's tokenizer, the schema as
compact JSON; nothing is answered by a model: every field is answered with the first key listed.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.accuracy_model import LocalModel
from bench.accuracy_tasks import tasks
from bench.mapping_accuracy import CALLER
from shared.gateway.records import Answer, Caller, Prompt, Reply, Usage
from shared.mapping.models import DataSetIn, MappingRequest, Options, Vocabulary
from shared.mapping.suggest import Work, suggest

SIZES = (50, 200, 1_000, 5_000, 42_250)
FIELDS = (30, 490)
MOST_TOKENS, MOST_RATIO = 250, 1.3
_TEMPLATE = 12
"""Tokens a chat template adds to two messages."""


@dataclass
class CountingAsker:
    model: LocalModel
    tokens: int = 0
    prompts: int = 0
    answered: list[str] = field(default_factory=list)

    async def require(self, caller: Caller) -> None:
        """Everything is on."""

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        schema: dict[str, Any] = dict(prompt.schema)
        texts = [
            *(message.content for message in prompt.messages),
            json.dumps(schema, ensure_ascii=False, separators=(",", ":")),
        ]
        self.tokens += _TEMPLATE + sum(map(self.model.tokens, texts))
        self.prompts += 1
        self.answered += schema["properties"]
        first = schema.get("$defs", {}).get("key", {"enum": ["name"]})["enum"][0]
        value = prompt.parse(dict.fromkeys(schema["properties"], first))
        return Reply(value, ("bench-1",), "bench", Usage(1, 0, 0, 0, Decimal(0)))


def run() -> dict[str, object]:
    cdm = tasks("cdm")
    if not cdm:
        return {"reached": True, "skipped": "no catalogue beside the checkout"}
    catalogue = _order(cdm[0].vocabularies)
    data_sets = {"crm-customer": cdm[0].data_set} | {f"{count} fields": _data_set(catalogue, count) for count in FIELDS}
    with LocalModel("model") as model:
        told = {shape: _told(catalogue, shape, data_sets, model) for shape in ("vocabularies", "one vocabulary")}
    every = [cost for by_name in told.values() for costs in by_name.values() for cost in costs.values()]
    ratios = {
        f"{shape}, {name}": round(max(costs.values()) / costs[SIZES[0]], 2)
        for shape, by_name in told.items()
        for name, costs in by_name.items()
    }
    reached = max(every) <= MOST_TOKENS and max(ratios.values()) <= MOST_RATIO
    return {"tokensPerField": told, "largestOverSmallest": ratios, "bar": [MOST_TOKENS, MOST_RATIO], "reached": reached}


def _told(
    catalogue: Sequence[Vocabulary], shape: str, data_sets: Mapping[str, DataSetIn], model: LocalModel
) -> dict[str, dict[int, int]]:
    slices = {size: _slice(catalogue, size, shape) for size in SIZES}
    return {
        name: {size: asyncio.run(_cost(cut, data_set, model)) for size, cut in slices.items()}
        for name, data_set in data_sets.items()
    }


def _order(catalogue: Sequence[Vocabulary]) -> list[Vocabulary]:
    """One of exactly 50 keys first, then by chance."""
    shuffled = random.Random(3).sample(list(catalogue), len(catalogue))
    first = next(vocabulary for vocabulary in shuffled if len(vocabulary.keys) == SIZES[0])
    return [first, *(vocabulary for vocabulary in shuffled if vocabulary is not first)]


def _slice(catalogue: Sequence[Vocabulary], size: int, shape: str) -> tuple[Vocabulary, ...]:
    """The first vocabularies that make up so many keys; the last one cut."""
    keys = [(vocabulary, key) for vocabulary in catalogue for key in vocabulary.keys][:size]
    if shape == "one vocabulary":
        # Its keys keep their own names: the prefix they all share is the catalogue's.
        made = [key for _, key in keys]
        return (Vocabulary.model_validate({"name": "All", "keyPrefix": "commonDataModel", "keys": made}),)
    by_prefix: dict[str, Vocabulary] = {}
    for vocabulary, key in keys:
        held = by_prefix.setdefault(vocabulary.key_prefix, vocabulary.model_copy(update={"keys": []}))
        held.keys.append(key)
    return tuple(by_prefix.values())


def _data_set(catalogue: Sequence[Vocabulary], count: int) -> DataSetIn:
    """Fields named after the first keys of the catalogue, numbered where those are too few, with a few values."""
    names = [key.key.split(".")[-1] for key in catalogue[0].keys]
    rows = [dict(_row(names, count, number)) for number in range(20)]
    return DataSetIn(name="extract", records=rows)


def _row(names: list[str], count: int, number: int) -> Iterator[tuple[str, object]]:
    for place in range(count):
        again = place // len(names)
        kinds = (
            f"AB-{number * 7:05}",
            f"2024-0{number % 9 + 1}-1{place % 9}",
            f"{number * place * 3}.50",
            f"Name {number}",
        )
        yield names[place % len(names)] + (f"_{again}" if again else ""), kinds[place % 4]


async def _cost(catalogue: tuple[Vocabulary, ...], data_set: DataSetIn, model: LocalModel) -> int:
    wanted = catalogue[0].key_prefix if len(catalogue) == 1 else None
    options = Options.model_validate({"vocabulary": wanted})
    request = MappingRequest.model_construct(data_set=data_set, options=options)
    asker = CountingAsker(model)
    mapping = await suggest(Work("bench", "bench", request, catalogue, "full", CALLER, "USD"), asker)
    assert len(asker.answered) == len(set(asker.answered))
    return round(asker.tokens / len(mapping.properties))
