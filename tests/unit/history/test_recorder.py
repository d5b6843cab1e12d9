"""What the recorder promises: durable before it returns, few transactions, no request waits for a database gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.errors import HistoryUnavailable
from shared.gateway.history import BATCH_CHARACTERS, BATCH_ROWS, Recorder
from tests.fakes.history import FakeOutbox, FakeStore, attempt, outcome


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def outbox() -> FakeOutbox:
    return FakeOutbox()


@pytest.fixture
async def recorder(store: FakeStore, outbox: FakeOutbox) -> AsyncIterator[Recorder]:
    made = Recorder(store, outbox, patience=0.05, probe_every=0.01)
    yield made
    store.go.set()
    await made.close()


async def running(store: FakeStore) -> None:
    assert await asyncio.to_thread(store.running.wait, 5)


async def until_sql_is_back(recorder: Recorder) -> None:
    async with asyncio.timeout(5):
        while recorder.sql_is_away:
            await asyncio.sleep(0.005)


async def test_a_row_is_in_sql_when_record_returns(recorder: Recorder, store: FakeStore, outbox: FakeOutbox) -> None:
    await recorder.record(attempt("p1-1"))
    assert (store.ids, outbox.ids) == (["p1-1"], [])


async def test_rows_that_arrive_during_an_insert_share_the_next_one(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox, patience=10)
    store.go.clear()
    first = asyncio.create_task(recorder.record(attempt("p0-1")))
    await running(store)
    rest = [asyncio.create_task(recorder.record(attempt(f"p{n}-1"))) for n in range(1, 51)]
    await asyncio.sleep(0)
    store.go.set()
    await asyncio.gather(first, *rest)
    assert [len(batch) for batch in store.batches] == [1, 50]
    await recorder.close()


async def test_a_batch_has_at_most_batch_rows(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox, patience=10)
    await asyncio.gather(*(recorder.record(attempt(f"p{n}-1")) for n in range(BATCH_ROWS * 2 + 1)))
    assert max(len(batch) for batch in store.batches) == BATCH_ROWS
    assert len(store.ids) == BATCH_ROWS * 2 + 1
    await recorder.close()


async def test_large_bodies_are_spread_over_batches(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox, patience=10)
    large = "x" * (BATCH_CHARACTERS * 2 // 3)
    await asyncio.gather(*(recorder.record(outcome(f"p{n}-1", response=large)) for n in range(3)))
    assert [len(batch) for batch in store.batches] == [1, 1, 1]
    await recorder.close()


async def test_sql_away_sends_the_row_to_the_outbox(recorder: Recorder, store: FakeStore, outbox: FakeOutbox) -> None:
    store.away = True
    await recorder.record(attempt("p1-1"))
    assert (store.ids, outbox.ids) == ([], ["p1-1"])


async def test_an_unknown_error_of_the_store_loses_nothing(
    recorder: Recorder, store: FakeStore, outbox: FakeOutbox
) -> None:
    store.away, store.failure = True, RuntimeError("a bug")
    await recorder.record(attempt("p1-1"))
    assert outbox.ids == ["p1-1"]


async def test_while_sql_is_away_it_is_not_asked_again_by_requests(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox, patience=10, probe_every=3600)
    store.away = True
    await recorder.record(attempt("p1-1"))
    store.running.clear()
    await recorder.record(attempt("p2-1"))
    assert not store.running.is_set()
    assert outbox.ids == ["p1-1", "p2-1"]
    await recorder.close()


async def test_a_ping_finds_out_that_sql_is_back(recorder: Recorder, store: FakeStore, outbox: FakeOutbox) -> None:
    store.away = True
    await recorder.record(attempt("p1-1"))
    store.away = False
    await until_sql_is_back(recorder)
    await recorder.record(attempt("p2-1"))
    assert store.pings >= 1
    assert (store.ids, outbox.ids) == (["p2-1"], ["p1-1"])


async def test_a_ping_that_fails_is_followed_by_another(recorder: Recorder, store: FakeStore) -> None:
    store.away = True
    await recorder.record(attempt("p1-1"))
    async with asyncio.timeout(5):
        while store.pings < 3:
            await asyncio.sleep(0.005)
    assert recorder.sql_is_away


async def test_a_login_that_hangs_makes_nobody_wait(recorder: Recorder, store: FakeStore, outbox: FakeOutbox) -> None:
    store.go.clear()
    await recorder.record(attempt("p1-1"))
    await recorder.record(attempt("p2-1"))
    assert (store.ids, outbox.ids) == ([], ["p1-1", "p2-1"])


async def test_a_late_success_is_the_sign_that_sql_is_back(
    recorder: Recorder, store: FakeStore, outbox: FakeOutbox
) -> None:
    store.go.clear()
    await recorder.record(attempt("p1-1"))
    store.go.set()
    await until_sql_is_back(recorder)
    await recorder.record(attempt("p2-1"))
    assert store.pings == 0
    assert (store.ids, outbox.ids) == (["p1-1", "p2-1"], ["p1-1"])


async def test_both_away_is_told_to_exactly_the_callers_whose_rows_were_lost(
    recorder: Recorder, store: FakeStore, outbox: FakeOutbox
) -> None:
    await recorder.record(attempt("p1-1"))
    store.away = outbox.away = True
    lost = await asyncio.gather(*(recorder.record(attempt(f"p{n}-1")) for n in (2, 3)), return_exceptions=True)
    assert [type(error) for error in lost] == [HistoryUnavailable, HistoryUnavailable]
    outbox.away = False
    await recorder.record(attempt("p4-1"))
    assert (store.ids, outbox.ids) == (["p1-1"], ["p4-1"])


async def test_a_cancelled_caller_does_not_take_its_row_back(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox, patience=10)
    store.go.clear()
    caller = asyncio.create_task(recorder.record(attempt("p1-1")))
    await running(store)
    queued = asyncio.create_task(recorder.record(attempt("p2-1")))
    await asyncio.sleep(0)
    caller.cancel()
    queued.cancel()
    assert await asyncio.gather(caller, queued, return_exceptions=True) != [None, None]
    store.go.set()
    await recorder.close()
    assert store.ids == ["p1-1", "p2-1"]


async def test_a_rejected_row_goes_to_the_outbox_and_its_neighbours_to_sql(
    recorder: Recorder, store: FakeStore, outbox: FakeOutbox
) -> None:
    store.rejects = frozenset(["p2-1"])
    await asyncio.gather(*(recorder.record(attempt(f"p{n}-1")) for n in (1, 2, 3)))
    assert (sorted(store.ids), outbox.ids) == (["p1-1", "p3-1"], ["p2-1"])
    assert not recorder.sql_is_away


async def test_a_rejected_row_with_the_outbox_away_is_lost_alone(
    recorder: Recorder, store: FakeStore, outbox: FakeOutbox
) -> None:
    store.rejects, outbox.away = frozenset(["p2-1"]), True
    told = await asyncio.gather(*(recorder.record(attempt(f"p{n}-1")) for n in (1, 2, 3)), return_exceptions=True)
    assert [type(error) for error in told] == [type(None), HistoryUnavailable, type(None)]


async def test_closing_writes_what_still_waits(store: FakeStore, outbox: FakeOutbox) -> None:
    recorder = Recorder(store, outbox)
    waiting = asyncio.create_task(recorder.record(attempt("p1-1")))
    await asyncio.sleep(0)
    await recorder.close()
    await waiting
    assert store.ids == ["p1-1"]
