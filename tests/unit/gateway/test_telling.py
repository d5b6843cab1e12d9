"""What the gateway tells of a prompt: the step of each of its tries, and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from shared.checkpoints import BlobCheckpoints
from shared.errors import ContentFiltered, DeploymentThrottled, DeploymentUnauthorized, UnusableAnswer
from tests.fakes.deployment import KEY_ONE, KEY_TWO, World, completion, failure, prompt
from tests.fakes.storage import FakeBlobs
from tests.fakes.telemetry import Recorded, recorded

COMMON = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt",
    "server.address": "acme.openai.azure.com",
    "server.port": 443,
    "cluedin.organization.id": "acme",
    "cluedin.feature": "AiMapping",
}


@pytest.fixture
def told() -> Iterator[Recorded]:
    with recorded() as made:
        yield made


def attributes(told: Recorded, name: str) -> dict[str, Any]:
    return dict(told.one(name).attributes or {})


async def test_a_try_follows_the_conventions_for_generative_ai(world: World, told: Recorded) -> None:
    reply = await world.ask()
    assert attributes(told, "chat gpt") == {
        **COMMON,
        "gen_ai.response.model": "gpt-4.1-mini-2025-04-14",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 40,
        "gen_ai.output.type": "json",
        "gen_ai.request.max_tokens": world.chat.sent[0].parameters["max_tokens"],
        "cluedin.attempt.id": reply.attempt_ids[0],
        "cluedin.correlation.id": "correlation",
        "cluedin.mapping.id": "mapping",
        "cluedin.prompt.name": "say-a-word-v1",
        "cluedin.cost.amount": float(reply.usage.cost or 0),
        "cluedin.currency": "USD",
    }
    assert told.one("chat gpt").kind.name == "CLIENT"


async def test_tokens_duration_and_cost_are_figures(world: World, told: Recorded) -> None:
    await world.ask()
    model = {"gen_ai.response.model": "gpt-4.1-mini-2025-04-14"}
    tokens = {one.attributes["gen_ai.token.type"]: one.value for one in told.figures("gen_ai.client.token.usage")}
    assert tokens == {"input": 100, "output": 20}
    (duration,) = told.figures("gen_ai.client.operation.duration")
    assert (duration.attributes, duration.count) == (COMMON | model, 1)
    (cost,) = told.figures("cluedin.cost")
    assert cost.value == pytest.approx(float(Decimal(60 + 20 + 80) / 1_000_000))
    assert cost.attributes == COMMON | model | {"cluedin.currency": "USD"}


async def test_a_prompt_is_counted_once_whatever_it_takes(world: World, told: Recorded) -> None:
    world.chat.script = [failure(503)]
    await world.ask()
    (prompts,) = told.figures("cluedin.prompts")
    assert prompts.value == 1
    assert "error.type" not in prompts.attributes
    durations = told.figures("gen_ai.client.operation.duration")
    assert {one.attributes.get("error.type") for one in durations} == {None, "deployment_unavailable"}
    assert attributes(told, "ask say-a-word-v1")["cluedin.prompt.tries"] == 2
    assert told.names.count("chat gpt") == 2


async def test_one_refused_key_is_a_try_and_two_are_a_prompt_that_failed(world: World, told: Recorded) -> None:
    """So an alert on prompts is not set off by a key that is being rotated."""
    world.chat.valid_keys = {KEY_TWO}
    await world.ask()
    assert [one.attributes.get("error.type") for one in told.figures("cluedin.prompts")] == [None]
    world.chat.valid_keys = set()
    with pytest.raises(DeploymentUnauthorized):
        await world.ask()
    failed = [one.attributes.get("error.type") for one in told.figures("cluedin.prompts")]
    assert sorted(map(str, failed)) == ["None", "deployment_unauthorized"]


async def test_an_answer_from_a_checkpoint_says_so_and_costs_nothing_again(world: World, told: Recorded) -> None:
    blobs = FakeBlobs()
    for _ in range(2):
        caller = world.caller(checkpoints=BlobCheckpoints(blobs, "acme", "mapping"))
        await world.gateway.ask(caller, prompt())
    asked = [dict(one.attributes or {}) for one in told.spans if one.name == "ask say-a-word-v1"]
    assert [one["cluedin.prompt.checkpointed"] for one in asked] == [False, True]
    assert told.names.count("chat gpt") == 1
    assert sum(one.count for one in told.figures("gen_ai.client.operation.duration")) == 1


async def test_throttling_is_counted_where_it_was_met_and_waiting_is_measured(world: World, told: Recorded) -> None:
    world.chat.script = [failure(429, retry_after="30")]
    await world.ask()
    (throttled,) = told.figures("cluedin.throttled")
    assert (throttled.value, throttled.attributes["cluedin.throttled.by"]) == (1, "deployment")
    assert attributes(told, "ask say-a-word-v1")["cluedin.turn.waited"] >= 29
    world.chat.script = [failure(429, retry_after="30")]
    with pytest.raises(DeploymentThrottled):
        await world.ask(patience=5)
    by = {one.attributes["cluedin.throttled.by"]: one.value for one in told.figures("cluedin.throttled")}
    assert by["deployment"] == 2
    with pytest.raises(DeploymentThrottled):
        await world.ask(patience=5)
    by = {one.attributes["cluedin.throttled.by"]: one.value for one in told.figures("cluedin.throttled")}
    assert by["gate"] >= 1


async def test_what_a_deployment_calls_itself_is_told_only_if_it_is_a_name(world: World, told: Recorded) -> None:
    """Whatever answers may write what it likes there: the prompt, a cell, a new word for each answer."""
    world.chat.script = [completion(model="Anna canary <anna@example.com>", finish_reason="because of canary")]
    await world.ask()
    sent = attributes(told, "chat gpt")
    assert "gen_ai.response.model" not in sent
    assert sent["gen_ai.response.finish_reasons"] == ("other",)
    assert "canary" not in told.everything().replace("canary-key", "")


async def test_nothing_of_prompts_answers_and_keys_is_told(world: World, told: Recorded) -> None:
    world.chat.script = [
        failure(400, "content_filter", "canary-param", "canary: " + KEY_ONE),
        completion("canary: not JSON"),
    ]
    with pytest.raises(ContentFiltered):
        await world.ask()
    with pytest.raises(UnusableAnswer):
        await world.ask()
    text = told.everything()
    for secret in ("canary", KEY_ONE, KEY_TWO, "Say a word.", "Now"):
        assert secret not in text
    assert "content_filtered" in text
