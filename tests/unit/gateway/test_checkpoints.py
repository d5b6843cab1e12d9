"""A finished call of queued work is not sent, and not paid, a second time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.checkpoints import CONTAINER, BlobCheckpoints, discard_checkpoints
from shared.errors import AnswerCutOff, ContentFiltered, StorageUnavailable, UnusableAnswer
from shared.gateway.ports import Completion
from shared.gateway.records import Reply
from tests.fakes.deployment import World, completion, failure, prompt
from tests.fakes.storage import FakeBlobs


async def ask(world: World, blobs: FakeBlobs, *, times: int = 1, **more: object) -> list[Reply[str]]:
    """One run of the work ``mapping``, which asks the same question so many times."""
    caller = world.caller(checkpoints=BlobCheckpoints(blobs, "acme", "mapping"))
    return [await world.gateway.ask(caller, prompt(**more)) for _ in range(times)]


async def test_a_second_run_gets_the_same_reply_and_sends_nothing(world: World) -> None:
    blobs = FakeBlobs()
    world.chat.script = [failure(500), completion('{"word": "first"}')]
    (reply,) = await ask(world, blobs)
    (again,) = await ask(world, blobs)
    assert again == reply
    assert (len(world.chat.sent), len(reply.attempt_ids), reply.usage.prompts) == (2, 2, 2)
    assert reply.usage.cost is not None
    assert reply.usage.cost > Decimal(0)


async def test_without_a_checkpoint_every_question_is_sent(world: World) -> None:
    await world.ask()
    await world.ask()
    assert len(world.chat.sent) == 2


async def test_another_question_is_another_call(world: World) -> None:
    blobs = FakeBlobs()
    await ask(world, blobs)
    await ask(world, blobs, name="another-v1")
    assert len(world.chat.sent) == 2


async def test_the_same_question_asked_twice_in_one_run_has_two_answers(world: World) -> None:
    """What was answered wrongly is asked once more: its first answer must not be given again."""
    blobs = FakeBlobs()
    world.chat.script = [completion('{"word": "one"}'), completion('{"word": "two"}')]
    replies = await ask(world, blobs, times=2)
    again = await ask(world, blobs, times=2)
    assert [reply.value for reply in replies] == ["one", "two"]
    assert again == replies
    assert len(world.chat.sent) == 2


async def test_the_checkpoint_is_kept_before_the_outcome(world: World) -> None:
    """Who dies between the two finds the answer, and writes the outcome then."""
    blobs = FakeBlobs()
    world.history.away_for_outcomes = True
    await ask(world, blobs)
    assert world.history.outcomes == []
    assert len(blobs.blobs) == 1
    world.history.away_for_outcomes = False
    (reply,) = await ask(world, blobs)
    assert [row.attempt_id for row in world.history.outcomes] == list(reply.attempt_ids)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (completion("no json"), UnusableAnswer),
        (completion(finish_reason="content_filter"), ContentFiltered),
        (completion('{"word": "cut', finish_reason="length"), AnswerCutOff),
    ],
)
async def test_an_answer_of_no_use_is_paid_for_once_too(
    world: World, answer: Completion, error: type[Exception]
) -> None:
    blobs = FakeBlobs()
    world.chat.script = [answer]
    with pytest.raises(error) as first:
        await ask(world, blobs)
    with pytest.raises(error) as second:
        await ask(world, blobs)
    assert len(world.chat.sent) == 1
    assert vars(first.value) == vars(second.value)


async def test_an_answer_cut_off_by_hidden_reasoning_is_paid_for_once(world: World) -> None:
    """The worker died while it asked again: the next run begins with the larger budget."""
    blobs = FakeBlobs()
    cut = completion("", finish_reason="length")
    world.chat.script = [cut, asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await ask(world, blobs)
    another = World()
    (reply,) = await ask(another, blobs)
    first, second = world.chat.sent
    (third,) = another.chat.sent
    assert third.parameters == second.parameters != first.parameters
    assert reply.usage.prompts == 2
    assert reply.attempt_ids[0] == world.history.attempts[0].attempt_id
    assert reply.attempt_ids[1] == another.history.attempts[0].attempt_id
    (again,) = await ask(World(), blobs)
    assert again == replace(reply, checkpointed=True)


async def test_an_answer_cut_off_twice_is_not_asked_for_a_third_time(world: World) -> None:
    blobs = FakeBlobs()
    cut = completion("", finish_reason="length")
    world.chat.script = [cut, asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await ask(world, blobs)
    another = World()
    another.chat.script = [cut, cut]
    for _ in range(2):
        with pytest.raises(AnswerCutOff):
            await ask(another, blobs)
    assert len(another.chat.sent) == 1


async def test_what_failed_on_the_way_is_tried_again(world: World) -> None:
    blobs = FakeBlobs()
    world.chat.script = [failure(401)] * 4
    with pytest.raises(Exception, match="apiKey"):
        await ask(world, blobs)
    assert blobs.blobs == {}
    world.chat.script = []
    assert (await ask(world, blobs))[0].value == "yes"


async def test_no_key_is_in_a_checkpoint(world: World) -> None:
    blobs = FakeBlobs()
    world.chat.script = [completion('{"word": "canary-key-number-one"}')]
    await ask(world, blobs)
    ((_, blob),) = blobs.blobs.items()
    assert b"canary" not in blob.content


async def test_a_damaged_checkpoint_is_none(world: World) -> None:
    blobs = FakeBlobs()
    await ask(world, blobs)
    for where in list(blobs.blobs):
        for content in (b"", b"{}", b'{"version": 99}', b'{"version": 1, "usage": null}'):
            await blobs.put(*where, content, "application/json")
            assert (await ask(world, blobs))[0].value == "yes"
    assert len(world.chat.sent) == 5


async def test_nothing_is_sent_while_nobody_knows_whether_it_was(world: World) -> None:
    blobs = FakeBlobs()
    blobs.away = True
    with pytest.raises(StorageUnavailable):
        await ask(world, blobs)
    assert world.chat.sent == []


async def test_an_answer_is_kept_even_if_the_worker_is_told_to_stop_meanwhile(world: World) -> None:
    class SlowBlobs(FakeBlobs):
        async def put(self, *args: object, **more: object) -> str | None:
            await asyncio.sleep(1)
            return await super().put(*args, **more)  # type: ignore[arg-type]

    blobs = SlowBlobs()
    asking = asyncio.ensure_future(ask(world, blobs))
    while not world.chat.sent or world.chat.in_flight:
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(2)
    assert len(blobs.blobs) == 1
    assert world.history.statuses == ["succeeded"]


async def test_discarding_takes_away_one_mappings_only() -> None:
    blobs = FakeBlobs()
    for mapping in ("one", "two"):
        checkpoints = BlobCheckpoints(blobs, "acme", mapping)
        await checkpoints.save(checkpoints.name("key"), b"{}")
    await discard_checkpoints(blobs, "acme", "one")
    assert list(blobs.blobs) == [(CONTAINER, "acme/two/key-1.json")]
