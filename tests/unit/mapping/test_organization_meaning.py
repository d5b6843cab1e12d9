"""Meaning by the organization's own embedding deployment: asked for once, for names only, and nobody else's."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from decimal import Decimal

import pytest

from shared.errors import DeploymentThrottled
from shared.gateway.records import Caller, Feature, Reply, Usage
from shared.mapping.organization_meaning import OrganizationMeaning


class FakeEmbedder:
    def __init__(self, name: str | None = "embedding") -> None:
        self.name = name
        self.asked: list[list[str]] = []
        self.fails: Exception | None = None

    async def embedding_deployment(self, caller: Caller) -> str | None:
        return self.name

    async def embed(self, caller: Caller, texts: Sequence[str]) -> Reply[tuple[bytes, ...]]:
        self.asked.append(list(texts))
        if self.fails:
            raise self.fails
        rows = tuple(struct.pack("<3f", len(text), 2, math.nan) for text in texts)
        return Reply(rows, (f"try-{len(self.asked)}",), "model", Usage(1, 10, 0, 0, Decimal(1)))


def caller(organization: str = "acme") -> Caller:
    return Caller(organization, (Feature.AI_MAPPING,), "AiMapping", "c", 0.0)


async def test_each_name_gets_a_vector_of_length_one() -> None:
    meaning = OrganizationMeaning(FakeEmbedder())
    found = await meaning.of(caller(), ["town", "town", "e-mail"])
    assert found
    assert found.vectors.keys() == {"town", "e-mail"}
    assert [round(float(number), 2) for number in found.vectors["town"]] == [0.89, 0.45, 0]
    assert (found.attempt_ids, found.usage.prompts) == (("try-1",), 1)


async def test_what_is_known_is_not_asked_again_and_costs_nothing() -> None:
    embedder = FakeEmbedder()
    meaning = OrganizationMeaning(embedder)
    await meaning.of(caller(), ["town"])
    again = await meaning.of(caller(), ["town"])
    assert again
    assert again.vectors.keys() == {"town"}
    assert (again.attempt_ids, again.usage, len(embedder.asked)) == ((), Usage(), 1)


async def test_another_organization_or_deployment_is_asked_anew() -> None:
    embedder = FakeEmbedder()
    meaning = OrganizationMeaning(embedder)
    await meaning.of(caller(), ["town"])
    await meaning.of(caller("other"), ["town"])
    embedder.name = "another"
    await meaning.of(caller(), ["town"])
    assert len(embedder.asked) == 3


async def test_without_an_embedding_deployment_nothing_is_asked() -> None:
    embedder = FakeEmbedder(None)
    assert await OrganizationMeaning(embedder).of(caller(), ["town"]) is None
    assert embedder.asked == []


async def test_calls_are_made_from_the_texts_alone_and_sent_whole_or_not_at_all() -> None:
    """Another worker, which remembers nothing or something else, asks the same calls."""
    names = [f"name {number}" for number in range(2_000)]
    one, other = FakeEmbedder(), FakeEmbedder()
    await OrganizationMeaning(one).of(caller(), names)
    there = OrganizationMeaning(other)
    await there.of(caller(), names[:100])
    other.asked.clear()
    await there.of(caller(), reversed(names))
    assert sorted(one.asked) == sorted(other.asked)
    assert max(map(len, one.asked)) < 2_048


async def test_one_more_name_asks_for_one_more_group() -> None:
    embedder = FakeEmbedder()
    meaning = OrganizationMeaning(embedder)
    await meaning.of(caller(), [f"name {number}" for number in range(1_500)])
    embedder.asked.clear()
    await meaning.of(caller(), [f"name {number}" for number in range(1_501)])
    assert len(embedder.asked) == 1


async def test_memory_is_bounded_and_an_answer_is_whole_all_the_same() -> None:
    embedder = FakeEmbedder()
    meaning = OrganizationMeaning(embedder, most_bytes=60)
    names = [f"name {number}" for number in range(50)]
    found = await meaning.of(caller(), names)
    assert found
    assert len(found.vectors) == 50
    await meaning.of(caller(), names)
    assert len(embedder.asked) == 2


async def test_a_failure_is_the_callers_and_nothing_is_remembered() -> None:
    embedder = FakeEmbedder()
    meaning = OrganizationMeaning(embedder)
    embedder.fails = DeploymentThrottled("wait")
    with pytest.raises(DeploymentThrottled):
        await meaning.of(caller(), ["town"])
    embedder.fails = None
    assert await meaning.of(caller(), ["town"])
