"""One suite for the fake queues and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from shared.adapters.storage_queues import HistoryOutbox, StorageQueues
from shared.errors import HistoryUnavailable, StorageUnavailable
from shared.gateway.history_codec import decode
from shared.queue_messages import (
    LARGEST_MESSAGE,
    LARGEST_PAYLOAD,
    AlreadyHandled,
    UnreadableMessage,
    as_text,
    claim,
    dump,
    put_back,
    read,
    trace_of,
)
from shared.telemetry.telemetry import span
from tests.fakes.history import attempt, outcome
from tests.fakes.queues import FakeQueues
from tests.fakes.telemetry import recorded
from tests.running import connection_string

AWAY = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;"
    "BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;QueueEndpoint=http://127.0.0.1:9/devstoreaccount1;"
)


@dataclass(frozen=True)
class Made:
    queues: FakeQueues | StorageQueues
    take: Callable[[str], Awaitable[list[str]]]
    """The texts of the messages that can be seen now in a queue."""


@pytest.fixture(params=["fake", "azurite"])
async def made(request: pytest.FixtureRequest) -> AsyncIterator[Made]:
    if request.param == "fake":
        fake = FakeQueues()

        async def look(queue: str) -> list[str]:
            return [stored.text for stored in fake.queues.get(queue, []) if not stored.delay]

        yield Made(fake, look)
        return
    real = StorageQueues.connect(connection_string())

    async def receive(queue: str) -> list[str]:
        found = real._queues.get_queue_client(queue).receive_messages(messages_per_page=32)
        return [message.content async for message in found]

    yield Made(real, receive)
    await real.close()


@pytest.fixture
def queue() -> str:
    """A queue that does not exist yet."""
    return f"contract-{uuid.uuid4().hex[:16]}"


ELSEWHERE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LARGE = {"text": "é" * LARGEST_MESSAGE, "n": 1}


async def test_a_missing_queue_is_made_and_the_message_is_base64_json(made: Made, queue: str) -> None:
    await made.queues.put(queue, {"a": "é 😀", "b": [1, None]})
    (text,) = await made.take(queue)
    assert text == as_text(dump({"a": "é 😀", "b": [1, None]}))
    assert await made.queues.open(text) == {"a": "é 😀", "b": [1, None]}


async def test_a_message_carries_the_trace_it_was_put_in_beside_its_content(made: Made, queue: str) -> None:
    with recorded() as told:
        with span("request"):
            await made.queues.put(queue, LARGE)
            await made.queues.put(queue, {"a": 1, "traceparent": ELSEWHERE})
        first, second = (read(text) for text in await made.take(queue))
        assert trace_of(second) == ELSEWHERE
        assert (trace_of(first) or "").split("-")[1] == f"{told.spans[0].context.trace_id:032x}"  # type: ignore[union-attr]
    assert await made.queues.resolve(first) == LARGE
    assert await made.queues.resolve(second) == {"a": 1}


async def test_how_many_messages_there_are_the_hidden_ones_too(made: Made, queue: str) -> None:
    for delay in (0, 0, 600):
        await made.queues.put(queue, {"a": 1}, delay)
    assert await made.queues.depth(queue) == 3


async def test_a_message_just_small_enough_is_no_claim_check(made: Made, queue: str) -> None:
    fitting = {"t": "x" * (LARGEST_MESSAGE - len('{"t":""}'))}
    await made.queues.put(queue, fitting)
    assert [read(text) for text in await made.take(queue)] == [fitting]


async def test_a_large_payload_goes_to_a_blob_and_comes_back_whole(made: Made, queue: str) -> None:
    await made.queues.put(queue, LARGE)
    (text,) = await made.take(queue)
    message = read(text)
    assert set(message) == {"payload"}
    assert set(message["payload"]) == {"container", "blob"}  # type: ignore[call-overload]
    assert message["payload"]["container"] == "payloads"  # type: ignore[index]
    assert await made.queues.open(text) == LARGE


async def test_of_a_discarded_payload_only_its_end_is_known_and_it_may_be_discarded_again(
    made: Made, queue: str
) -> None:
    await made.queues.put(queue, LARGE)
    (text,) = await made.take(queue)
    await made.queues.discard(read(text))
    await made.queues.discard(read(text))
    await made.queues.put(queue, put_back(read(text)))
    for again in (text, *await made.take(queue)):
        with pytest.raises(AlreadyHandled):
            await made.queues.open(again)


async def test_discarding_a_message_that_left_nothing_does_nothing(made: Made) -> None:
    await made.queues.discard({"a": 1})
    assert await made.queues.open('{"a": 1}') == {"a": 1}


async def test_a_delayed_message_is_not_seen_at_once(made: Made, queue: str) -> None:
    await made.queues.put(queue, {"a": 1}, delay_seconds=600)
    assert await made.take(queue) == []


async def test_a_claim_on_a_blob_that_never_was_is_unreadable(made: Made) -> None:
    with pytest.raises(UnreadableMessage):
        await made.queues.open(as_text(dump(claim("2026/11/25/none.json"))))


async def test_rows_in_the_outbox_come_back_as_they_went(
    made: Made, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HistoryOutbox, "QUEUE", queue)
    monkeypatch.setattr(HistoryOutbox, "FIRST_DELAY_S", 0)
    rows = [attempt(f"p{n}-1", messages="x" * 1000) for n in range(100)] + [outcome()]
    await HistoryOutbox(made.queues).put(rows)  # type: ignore[arg-type]
    (text,) = await made.take(queue)
    assert decode(await made.queues.open(text)) == rows


async def test_messages_never_expire(queue: str) -> None:
    real = StorageQueues.connect(connection_string())
    await real.put(queue, {"a": 1})
    (message,) = [each async for each in real._queues.get_queue_client(queue).receive_messages()]
    await real.close()
    assert message.expires_on is not None
    assert message.expires_on.year == 9999


async def test_a_payload_above_the_limit_is_refused_before_it_is_read() -> None:
    real = StorageQueues.connect(connection_string())
    blob = real._blobs.get_blob_client("payloads", f"test/{uuid.uuid4().hex}")
    await real._payloads.discard(await real._payloads.keep(b"{}"))  # the container is there now
    await blob.upload_blob(b" " * (LARGEST_PAYLOAD + 1))
    with pytest.raises(UnreadableMessage):
        await real.open(as_text(dump(claim(blob.blob_name))))
    await blob.delete_blob()
    await real.close()


async def test_an_account_that_is_away_is_told_as_such() -> None:
    real = StorageQueues.connect(AWAY)
    with pytest.raises(StorageUnavailable):
        await real.put("prompt-history", {"a": 1})
    with pytest.raises(HistoryUnavailable):
        await HistoryOutbox(real).put([attempt()])
    await real.close()
