"""Draining the outbox: rows reach SQL, an outage poisons nothing, what can never be rows is kept with its cause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import azure.functions as func
import pytest

from functions.history_outbox import QUEUE, bp
from functions.queues import LONGEST_DELAY_S, delay_after
from shared import wiring
from shared.errors import DeploymentThrottled, StorageUnavailable
from shared.gateway.history_codec import decode, encode
from shared.gateway.records import HistoryRow
from shared.queue_messages import POISON, as_text, dump
from tests.fakes.history import FakeStore, attempt, outcome
from tests.fakes.queues import FakeQueues

ROWS: list[HistoryRow] = [attempt(), outcome()]


class Outbox:
    """The function, its queue and its database."""

    def __init__(self) -> None:
        self.queues, self.store = FakeQueues(), FakeStore()

    async def deliver(self, body: bytes | str) -> None:
        """What the host does with one message."""
        raw = body.encode() if isinstance(body, str) else body
        message = func.QueueMessage(id="1", body=raw)  # type: ignore[no-untyped-call]
        (function,) = (builder._function for builder in bp._function_builders)
        await function.get_user_function()(message)

    async def deliver_next(self) -> float:
        """Deliver the oldest message of the queue; its delay."""
        stored = self.queues.queues[QUEUE].pop(0)
        await self.deliver(stored.text)
        return stored.delay

    @property
    def poison(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", self.queues.messages(QUEUE + POISON))


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    made = Outbox()
    wiring.use(cast(wiring.Services, SimpleNamespace(history=made.store, queues=made.queues)))
    yield made
    wiring.use(None)


async def test_rows_reach_sql(outbox: Outbox) -> None:
    await outbox.deliver(as_text(dump(encode(ROWS))))
    assert outbox.store.batches == [tuple(ROWS)]
    assert outbox.queues.queues == {}


async def test_a_plain_message_is_read_too(outbox: Outbox) -> None:
    await outbox.deliver(json.dumps(encode(ROWS)))
    assert outbox.store.ids == ["p1-1", "p1-1"]


async def test_a_large_message_is_read_from_its_blob_which_is_then_deleted(outbox: Outbox) -> None:
    rows = [attempt(f"p{n}-1", messages="x" * 10_000) for n in range(10)]
    await outbox.queues.put(QUEUE, encode(rows))
    await outbox.deliver_next()
    assert outbox.store.batches == [tuple(rows)]
    assert outbox.queues.payloads == {}


async def test_while_sql_is_away_a_message_is_put_back_ever_later_and_never_poisoned(outbox: Outbox) -> None:
    outbox.store.away = True
    await outbox.queues.put(QUEUE, encode(ROWS))
    delays = [await outbox.deliver_next() for _ in range(40)]
    assert delays[1] <= 5 < delays[3] < delays[5] < delays[8] <= LONGEST_DELAY_S
    assert outbox.poison == []
    outbox.store.away = False
    await outbox.deliver_next()
    assert outbox.store.batches == [tuple(ROWS)]
    assert outbox.queues.queues[QUEUE] == []


async def test_a_large_message_put_back_keeps_its_blob(outbox: Outbox) -> None:
    outbox.store.away = True
    rows = [attempt(messages="x" * 100_000)]
    await outbox.queues.put(QUEUE, encode(rows))
    await outbox.deliver_next()
    assert len(outbox.queues.payloads) == 1
    outbox.store.away = False
    await outbox.deliver_next()
    assert (outbox.store.batches, outbox.queues.payloads) == ([tuple(rows)], {})


async def test_a_blob_that_cannot_be_read_now_puts_the_message_back(outbox: Outbox) -> None:
    await outbox.queues.put(QUEUE, encode([attempt(messages="x" * 100_000)]))
    outbox.queues.payloads_away = True
    await outbox.deliver_next()
    assert len(outbox.queues.queues[QUEUE]) == 1
    assert outbox.poison == []


async def test_a_blob_that_cannot_be_deleted_fails_nothing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await outbox.queues.put(QUEUE, encode([attempt(messages="x" * 100_000)]))

    async def away(message: object) -> None:
        raise StorageUnavailable("away")

    monkeypatch.setattr(outbox.queues, "discard", away)
    await outbox.deliver_next()
    assert outbox.store.ids == ["p1-1"]
    assert outbox.queues.queues[QUEUE] == []


@pytest.mark.parametrize("body", [b"hello", b"[]", b"\xff\xfe", b""])
async def test_what_is_no_message_is_kept_as_poison_at_once(outbox: Outbox, body: bytes) -> None:
    await outbox.deliver(body)
    (kept,) = outbox.poison
    assert kept["raw"] == body.decode("utf-8", "replace")
    assert kept["failure"]["code"] == "unreadable_message"


@pytest.mark.parametrize("message", [{}, {"version": 2, "rows": []}, {"version": 1, "rows": [{"kind": "attempt"}]}])
async def test_what_are_no_rows_is_kept_as_poison_whole(outbox: Outbox, message: dict[str, object]) -> None:
    await outbox.deliver(json.dumps(message))
    (kept,) = outbox.poison
    assert {name: value for name, value in kept.items() if name != "failure"} == message
    assert kept["failure"]["code"] == "unreadable_message"


async def test_only_rejected_rows_become_poison_and_their_neighbours_reach_sql(outbox: Outbox) -> None:
    outbox.store.rejects = frozenset(["p2-1"])
    await outbox.deliver(json.dumps(encode([attempt("p1-1"), attempt("p2-1"), attempt("p3-1")])))
    assert outbox.store.ids == ["p1-1", "p3-1"]
    (kept,) = outbox.poison
    assert decode(kept) == [attempt("p2-1")]
    assert (kept["failure"]["code"], kept["failure"]["detail"]) == ("rows_rejected", "DataError 22001")


async def test_poison_can_be_put_back_into_the_queue_as_it_is(outbox: Outbox) -> None:
    outbox.store.rejects = frozenset(["p1-1"])
    await outbox.queues.put(QUEUE, encode([replace(attempt(), messages="x" * 100_000)]))
    await outbox.deliver_next()
    outbox.store.rejects = frozenset()
    await outbox.deliver(outbox.queues.queues[QUEUE + POISON][0].text)
    assert outbox.store.ids == ["p1-1"]


async def test_a_message_that_cannot_even_be_put_back_is_left_to_the_platform(outbox: Outbox) -> None:
    outbox.store.away = outbox.queues.away = True
    with pytest.raises(StorageUnavailable):
        await outbox.deliver(json.dumps(encode(ROWS)))


async def test_an_error_nobody_foresaw_is_left_to_the_platform(outbox: Outbox) -> None:
    outbox.store.away, outbox.store.failure = True, ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await outbox.deliver(json.dumps(encode(ROWS)))
    assert outbox.queues.queues == {}


@pytest.mark.parametrize(("attempts", "asked"), [(0, 30.0), (3, 3000.0), (50, 7200.0)])
def test_a_delay_is_never_shorter_than_the_service_asked(attempts: int, asked: float) -> None:
    assert delay_after(attempts, DeploymentThrottled("busy", retry_after=asked).retry_after) >= asked


def test_the_trigger_reads_the_outbox_queue_of_the_apps_storage() -> None:
    (function,) = (builder._function for builder in bp._function_builders)
    trigger = function.get_trigger()
    assert (trigger.queue_name, trigger.connection) == ("prompt-history", "AzureWebJobsStorage")
