"""Idempotency-Key: once per key and body, whatever happens on the way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import IdempotencyConflict, StorageUnavailable
from shared.idempotency import KEPT, LEASE, TABLE, Idempotency, KeptAnswer, Key
from tests.fakes.storage import FakeBlobs, FakeTables


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """An Idempotency over stores in memory, and work that counts itself."""

    def __init__(self) -> None:
        self.tables, self.blobs, self.clock = FakeTables(), FakeBlobs(), Clock()
        self.idempotency = Idempotency(self.tables, self.blobs, self.clock, poll_seconds=0)
        self.done = 0
        self.answer = KeptAnswer(200, b"{}", keep=True)
        self.gate = asyncio.Event()
        self.gate.set()

    async def work(self) -> KeptAnswer:
        self.done += 1
        number = self.done
        await self.gate.wait()
        return KeptAnswer(self.answer.status, b"answer %d" % number, self.answer.keep)

    async def once(self, key: Key) -> tuple[bytes, bool]:
        answer, repeated = await self.idempotency.once(key, self.work)
        return answer.content, repeated


@pytest.fixture
def desk() -> Desk:
    return Desk()


KEY = Key("acme", "suggest_mapping", "k", b"body")


async def test_the_same_key_and_body_gets_the_same_answer(desk: Desk) -> None:
    assert await desk.once(KEY) == (b"answer 1", False)
    assert await desk.once(KEY) == (b"answer 1", True)
    assert desk.done == 1


async def test_another_body_is_a_conflict(desk: Desk) -> None:
    await desk.once(KEY)
    with pytest.raises(IdempotencyConflict):
        await desk.once(Key("acme", "suggest_mapping", "k", b"another"))
    assert desk.done == 1


async def test_another_body_is_a_conflict_while_the_first_still_works(desk: Desk) -> None:
    desk.gate.clear()
    first = asyncio.create_task(desk.once(KEY))
    await asyncio.sleep(0.01)
    with pytest.raises(IdempotencyConflict):
        await desk.once(Key("acme", "suggest_mapping", "k", b"another"))
    desk.gate.set()
    assert await first == (b"answer 1", False)


@pytest.mark.parametrize(
    "other",
    [
        Key("other", "suggest_mapping", "k", b"body"),
        Key("acme", "verify_settings", "k", b"body"),
        Key("acme", "suggest_mapping", "k2", b"body"),
        Key("acme", "suggest_mapping\nk", "", b"body"),
    ],
)
async def test_organizations_routes_and_keys_do_not_meet(desk: Desk, other: Key) -> None:
    await desk.once(KEY)
    assert await desk.once(other) == (b"answer 2", False)


async def test_duplicates_at_once_wait_for_the_first(desk: Desk) -> None:
    desk.gate.clear()
    tasks = [asyncio.create_task(desk.once(KEY)) for _ in range(8)]
    await asyncio.sleep(0.01)
    desk.gate.set()
    answers = await asyncio.gather(*tasks)
    assert {content for content, _ in answers} == {b"answer 1"}
    assert [repeated for _, repeated in answers].count(False) == 1
    assert desk.done == 1


async def test_an_answer_not_to_be_kept_frees_the_key(desk: Desk) -> None:
    desk.answer = KeptAnswer(503, b"", keep=False)
    await desk.once(KEY)
    assert desk.tables.rows == {}
    assert await desk.once(KEY) == (b"answer 2", False)


async def test_a_freed_key_is_taken_by_who_waited(desk: Desk) -> None:
    desk.gate.clear()
    desk.answer = KeptAnswer(429, b"", keep=False)
    tasks = [asyncio.create_task(desk.once(KEY)) for _ in range(3)]
    await asyncio.sleep(0.01)
    desk.gate.set()
    assert {content for content, _ in await asyncio.gather(*tasks)} == {b"answer 1", b"answer 2", b"answer 3"}


async def test_work_that_raises_frees_the_key(desk: Desk) -> None:
    async def fails() -> KeptAnswer:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await desk.idempotency.once(KEY, fails)
    assert desk.tables.rows == {}


async def test_a_cancelled_first_frees_the_key(desk: Desk) -> None:
    desk.gate.clear()
    first = asyncio.create_task(desk.once(KEY))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    desk.gate.set()
    assert await desk.once(KEY) == (b"answer 2", False)


async def test_a_dead_first_is_taken_over_after_its_lease(desk: Desk) -> None:
    lease = {
        "State": "running", "Owner": "dead", "BodyHash": KEY.body_hash(), "CreatedAt": desk.clock.now,
        "LeaseUntil": desk.clock.now + LEASE,
    }  # fmt: skip
    await desk.tables.insert(TABLE, "acme", KEY.row(), lease)
    waiting = asyncio.create_task(desk.once(KEY))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    desk.clock.now += LEASE + timedelta(seconds=1)
    assert await waiting == (b"answer 1", False)


async def test_two_do_not_take_over_together(desk: Desk) -> None:
    ended = {
        "State": "running", "Owner": "dead", "BodyHash": KEY.body_hash(), "CreatedAt": desk.clock.now,
        "LeaseUntil": desk.clock.now - LEASE,
    }  # fmt: skip
    await desk.tables.insert(TABLE, "acme", KEY.row(), ended)
    answers = await asyncio.gather(*(desk.once(KEY) for _ in range(5)))
    assert desk.done == 1
    assert {content for content, _ in answers} == {b"answer 1"}


async def test_after_24_hours_the_key_is_new(desk: Desk) -> None:
    await desk.once(KEY)
    desk.clock.now += KEPT
    assert await desk.once(Key("acme", "suggest_mapping", "k", b"another")) == (b"answer 2", False)


async def test_a_key_whose_answer_is_gone_is_new(desk: Desk) -> None:
    await desk.once(KEY)
    desk.blobs.blobs.clear()
    assert await desk.once(KEY) == (b"answer 2", False)


async def test_an_answer_that_cannot_be_kept_is_answered(desk: Desk) -> None:
    desk.blobs.away = True
    assert await desk.once(KEY) == (b"answer 1", False)


async def test_nothing_is_done_while_the_table_is_away(desk: Desk) -> None:
    desk.tables.away = True
    with pytest.raises(StorageUnavailable):
        await desk.once(KEY)
    assert desk.done == 0


async def test_an_insert_whose_answer_got_lost_is_still_ours(desk: Desk) -> None:
    """The SDK repeats it and is told that the row is there."""

    class Forgetful(FakeTables):
        async def insert(self, *args: object, **more: object) -> str | None:
            await FakeTables.insert(self, *args, **more)  # type: ignore[arg-type]
            return None

    desk.idempotency = Idempotency(Forgetful(), desk.blobs, desk.clock, poll_seconds=0)
    assert await desk.once(KEY) == (b"answer 1", False)


async def test_a_long_first_keeps_its_lease(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.idempotency.LEASE", timedelta(milliseconds=30))
    desk.gate.clear()
    first = asyncio.create_task(desk.once(KEY))
    await asyncio.sleep(0.01)
    versions = set()
    for _ in range(500):
        versions |= {row.etag for row in desk.tables.rows.values()}
        if len(versions) > 2:
            break
        await asyncio.sleep(0.005)
    desk.gate.set()
    assert await first == (b"answer 1", False)
    assert len(versions) > 2
    assert await desk.once(KEY) == (b"answer 1", True)
