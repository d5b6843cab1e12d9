"""Vectors from the organization's own embedding deployment: the promises of a prompt hold for them."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.checkpoints import BlobCheckpoints
from shared.errors import (
    DeploymentNotFound,
    DeploymentUnavailable,
    FeatureDisabled,
    HistoryUnavailable,
    SettingsMissing,
    UnusableAnswer,
)
from shared.gateway.ports import ChatRequest, Completion
from shared.gateway.records import Reply
from tests.fakes.deployment import KEY_ONE, KEY_TWO, World, completion, failure, messages_of
from tests.fakes.storage import FakeBlobs

SECRET = "acme--openai-embedding-deployment-name"
TEXTS = ["e-mail", "Straße"]


def vectors(*rows: Sequence[float], **more: object) -> Completion:
    content = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
    return completion(f"{len(rows)} vectors", vectors=base64.b64encode(content).decode(), completion_tokens=0, **more)


def floats(row: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(row) // 4}f", row)


async def embed(world: World, texts: Sequence[str] = TEXTS, **more: object) -> Reply[tuple[bytes, ...]]:
    return await world.gateway.embed(world.caller(**more), texts)


@pytest.fixture
def named(world: World) -> World:
    world.secrets.values[SECRET] = "text-embedding-3-small"
    world.chat.script = [vectors((1, 0), (0.5, 0.25))]
    return world


async def test_each_text_gets_its_vector_and_is_paid(named: World) -> None:
    reply = await embed(named)
    assert [floats(row) for row in reply.value] == [(1, 0), (0.5, 0.25)]
    assert (reply.usage.prompts, reply.usage.prompt_tokens, reply.usage.completion_tokens) == (1, 100, 0)
    (sent,) = named.chat.sent
    assert (sent.embeds, sent.deployment.name, sent.response_format, sent.parameters) == (
        True, "text-embedding-3-small", None, {},
    )  # fmt: skip
    assert await named.gateway.embedding_deployment(named.caller()) == "text-embedding-3-small"


async def test_the_texts_are_in_the_history_before_they_are_sent_and_the_outcome_after(named: World) -> None:
    async def look(request: ChatRequest) -> Completion:
        assert [type(row).__name__ for row in named.history.rows] == ["AttemptRow"]
        return vectors((1, 0), (0, 1))

    named.chat.script = [look]
    reply = await embed(named)
    (row,), (outcome,) = named.history.attempts, named.history.outcomes
    assert [message["content"] for message in messages_of(row)] == TEXTS
    assert (row.deployment, row.prompt_name, row.mapping_id) == ("text-embedding-3-small", "embed-texts-v1", "mapping")
    assert (outcome.status, outcome.response, outcome.prompt_tokens) == ("succeeded", "2 vectors", 100)
    assert reply.attempt_ids == (row.attempt_id,)


async def test_without_the_flag_nothing_is_sent(named: World) -> None:
    named.switch(False)
    with pytest.raises(FeatureDisabled):
        await embed(named)
    assert (named.chat.sent, named.history.rows) == ([], [])


async def test_the_flag_is_looked_at_again_right_before_the_texts_leave(named: World) -> None:
    named.history.latency = 5
    asking = asyncio.ensure_future(embed(named))
    await asyncio.sleep(1)
    named.switch(False)
    with pytest.raises(FeatureDisabled):
        await asking
    assert named.chat.sent == []
    assert named.history.statuses == ["cancelled"]


async def test_without_history_nothing_is_sent(named: World) -> None:
    named.history.away = True
    with pytest.raises(HistoryUnavailable):
        await embed(named)
    assert named.chat.sent == []


async def test_without_the_setting_nothing_is_sent_and_prompts_go_on(world: World) -> None:
    with pytest.raises(SettingsMissing) as caught:
        await embed(world)
    assert caught.value.setting == "embeddingDeploymentName"
    assert await world.gateway.embedding_deployment(world.caller()) is None
    assert (await world.ask()).value == "yes"


async def test_a_name_that_holds_a_key_is_no_name(world: World) -> None:
    """It would be shown and kept."""
    world.secrets.values[SECRET] = KEY_ONE
    assert await world.gateway.embedding_deployment(world.caller()) is None


async def test_a_refused_key_is_followed_by_the_other(named: World) -> None:
    named.chat.valid_keys = {KEY_TWO}
    await embed(named)
    assert [request.key for request in named.chat.sent] == [KEY_ONE, KEY_TWO]
    assert named.history.statuses == ["unauthorized", "succeeded"]


async def test_settings_that_change_nothing_are_not_taken_for_new_ones(named: World) -> None:
    """Both keys refused, Key Vault says the same: it ends there."""
    named.chat.valid_keys = set()
    with pytest.raises(Exception, match="refuses both"):
        await embed(named)
    assert len(named.chat.sent) == 2


async def test_a_throttled_embedding_deployment_does_not_hold_up_prompts(named: World) -> None:
    """Its quota is its own."""
    named.chat.script = [failure(429, retry_after="60"), completion()]
    embedding = asyncio.ensure_future(embed(named))
    await asyncio.sleep(1)
    started = named.clock()
    assert (await named.ask()).value == "yes"
    assert named.clock() - started < 1
    named.chat.script = [vectors((1, 0), (0, 1))]
    assert len((await embedding).value) == 2
    assert named.clock() - started > 50


async def test_a_failure_that_passes_is_tried_again(named: World) -> None:
    named.chat.script = [failure(503), vectors((1, 0), (0, 1))]
    assert len((await embed(named)).attempt_ids) == 2
    named.chat.script = [failure(503)] * 4
    with pytest.raises(DeploymentUnavailable):
        await embed(named)


async def test_a_deployment_that_is_not_there_names_its_own_setting(named: World) -> None:
    named.chat.script = [failure(404, "DeploymentNotFound")]
    with pytest.raises(DeploymentNotFound) as caught:
        await embed(named)
    assert caught.value.setting == "embeddingDeploymentName"
    assert "text-embedding-3-small" in caught.value.detail


@pytest.mark.parametrize(
    "answered",
    [vectors((1, 0)), vectors((1, 0, 1)), vectors(), completion("", vectors="?"), completion('{"word": "yes"}')],
    ids=["one for two", "odd", "none", "not base64", "a chat's answer"],
)
async def test_vectors_that_do_not_fit_the_texts_are_not_used(named: World, answered: Completion) -> None:
    if answered.vectors and len(base64.b64decode(answered.vectors + "==")) == 8:
        answered = replace(answered, vectors=base64.b64encode(b"1234567").decode())
    named.chat.script = [answered]
    with pytest.raises(UnusableAnswer):
        await embed(named)
    assert named.history.statuses == ["failed"]


async def test_a_second_run_of_queued_work_sends_nothing(named: World) -> None:
    blobs = FakeBlobs()
    first = await embed(named, checkpoints=BlobCheckpoints(blobs, "acme", "mapping"))
    again = await embed(named, checkpoints=BlobCheckpoints(blobs, "acme", "mapping"))
    assert again.value == first.value
    assert again.attempt_ids == first.attempt_ids
    assert len(named.chat.sent) == 1


@pytest.mark.parametrize("count", [0, 2049])
async def test_as_many_texts_as_a_request_can_carry(named: World, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 2,048"):
        await embed(named, ["x"] * count)
    assert named.chat.sent == []
