"""Who may work on a mapping, and who may not any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.mapping.claims import LEASE, Busy, Claims, Job
from shared.mapping.store import KEPT, TABLE, Cause, MappingStore
from tests.fakes.storage import FakeBlobs, FakeTables

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DROP = Job("acme", "id", "correlation", NOW, new=True)
JOB = replace(DROP, new=False)


class World:
    def __init__(self) -> None:
        self.tables = FakeTables()
        self.now = NOW
        self.claims = Claims(self.tables, lambda: self.now)
        self.store = MappingStore(self.tables, FakeBlobs(), lambda: self.now)

    def state(self) -> str | None:
        return self.tables.rows[TABLE, "acme", "id"].text("State")


async def test_a_drop_has_its_row_from_the_first_claim_on() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    assert (world.state(), claim.again) == ("running", False)


async def test_a_job_without_a_row_was_forgotten() -> None:
    assert await World().claims.take(JOB) is None


async def test_a_second_worker_is_busy_until_the_lease_ends() -> None:
    world = World()
    await world.claims.take(DROP)
    world.now += LEASE - timedelta(seconds=1)
    with pytest.raises(Busy) as busy:
        await world.claims.take(DROP)
    assert busy.value.seconds <= LEASE.total_seconds()
    world.now += timedelta(seconds=busy.value.seconds)
    taken = await world.claims.take(DROP)
    assert taken
    assert taken.again


async def test_a_renewed_lease_goes_on() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    for _ in range(10):
        world.now += LEASE * 0.9
        assert await world.claims.renew(claim)
        with pytest.raises(Busy):
            await world.claims.take(DROP)


async def test_a_row_that_did_not_change_while_watched_has_no_living_owner_whatever_the_clocks_say() -> None:
    world = World()
    world.now += timedelta(days=365)
    await world.claims.take(DROP)
    world.now = NOW
    with pytest.raises(Busy) as busy:
        await world.claims.take(DROP)
    assert await world.claims.take(DROP, watched=busy.value.etag)


async def test_a_row_that_was_renewed_while_watched_has_one() -> None:
    world = World()
    world.now += timedelta(days=365)
    claim = await world.claims.take(DROP)
    world.now = NOW
    with pytest.raises(Busy) as busy:
        await world.claims.take(DROP)
    assert claim
    await world.claims.renew(claim)
    with pytest.raises(Busy):
        await world.claims.take(DROP, watched=busy.value.etag)


async def test_who_lost_the_claim_can_write_nothing_any_more() -> None:
    world = World()
    first = await world.claims.take(DROP)
    world.now += LEASE * 2
    second = await world.claims.take(DROP)
    assert first
    assert second
    for write in (world.claims.renew(first), world.claims.finish(first, "succeeded"), world.claims.release(first)):
        assert not await write
    assert first.lost
    assert await world.claims.finish(second, "succeeded")


async def test_who_is_cancelled_hears_of_it_at_the_next_beat() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    assert await world.store.end("acme", "id")
    assert not await world.claims.renew(claim)
    assert (world.state(), await world.claims.take(DROP)) == ("cancelled", None)


async def test_what_is_released_is_taken_at_once() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    await world.claims.release(claim)
    assert world.state() == "queued"
    assert await world.claims.take(DROP)


async def test_what_succeeded_is_done_and_what_failed_is_tried_again() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    await world.claims.finish(claim, "failed", Cause("blob_not_found", "No such blob."))
    claim = await world.claims.take(DROP)
    assert claim
    await world.claims.finish(claim, "succeeded")
    assert await world.claims.take(DROP) is None


async def test_after_30_days_the_same_drop_is_new() -> None:
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    await world.claims.finish(claim, "succeeded")
    world.now += KEPT + timedelta(days=1)
    again = await world.claims.take(replace(DROP, created_at=world.now))
    assert again
    assert again.created_at == world.now


async def test_a_write_whose_answer_got_lost_is_no_loss() -> None:
    """The SDK repeats it, and is told that the row has changed: by itself."""
    world = World()
    claim = await world.claims.take(DROP)
    assert claim
    row = world.tables.rows[TABLE, "acme", "id"]
    world.tables.rows[TABLE, "acme", "id"] = replace(row, etag="of a write nobody heard of")
    assert await world.claims.renew(claim)
    assert not claim.lost
