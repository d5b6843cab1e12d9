"""Failures: recorded once however often, newest first, replayed once, and nothing of theirs lost on the way."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import NotFound, NotReplayable, StorageUnavailable
from shared.failures import TABLE, Failure, Failures, KeptFailure
from shared.queue_messages import Message, content_of, replay_of
from shared.storage import Blobs, Tables
from tests.fakes.queues import FakeQueues
from tests.fakes.storage import FakeBlobs, FakeTables
from tests.running import connection_string

MESSAGE: Message = {"organizationId": "acme", "dataSet": {"id": "crm", "name": "CRM"}}
LARGE: Message = {**MESSAGE, "records": [{"a": "x" * 100_000}]}


class Desk:
    def __init__(self, tables: Tables, blobs: Blobs) -> None:
        self.queues = FakeQueues()
        self.now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
        self.failures = Failures(tables, blobs, self.queues, lambda: self.now)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def drops(self) -> list[Message]:
        return self.queues.messages("data-drops")


class Stand(Desk):
    """On fakes, which can be told to be away."""

    def __init__(self) -> None:
        self.tables, self.blobs = FakeTables(), FakeBlobs()
        super().__init__(self.tables, self.blobs)


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture(params=["fake", "azurite"])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """The same suite on the fakes and on the real ones (where STACK_JSON names a running stack)."""
    if request.param == "fake":
        yield Stand()
        return
    from shared.adapters.storage_blobs import StorageBlobs
    from shared.adapters.storage_tables import StorageTables

    connection = connection_string()
    tables, blobs = StorageTables.connect(connection), StorageBlobs.connect(connection)
    yield Desk(tables, blobs)
    await tables.close()
    await blobs.close()


def failure(key: str = "m1", organization: str = "acme") -> Failure:
    return Failure(
        key=key,
        kind="drop",
        queue="data-drops",
        organization=organization,
        code="not_a_table",
        detail="The file is a picture.",
        attempts=2,
        mapping_id=key,
    )


def an_organization() -> str:
    return f"acme-{uuid.uuid4().hex[:12]}"


async def test_a_failure_is_kept_as_it_was_told(desk: Desk) -> None:
    organization = an_organization()
    failure_id = await desk.failures.record(failure(organization=organization), MESSAGE)
    (kept,) = (await desk.failures.page(organization, 10)).items
    assert replace(kept.failure, key="m1") == failure(organization=organization)
    assert kept == KeptFailure(failure_id, kept.failure, desk.now, replayable=True, replayed_at=None)


async def test_the_newest_comes_first_and_pages_meet_without_gap(desk: Desk) -> None:
    organization = an_organization()
    for number in range(5):
        await desk.failures.record(failure(f"m{number}", organization), MESSAGE)
        desk.pass_time(0.001)
    pages, token = [], None
    while True:
        page = await desk.failures.page(organization, 2, token)
        pages.append([kept.failure.mapping_id for kept in page.items])
        token = page.continuation
        if token is None:
            break
    assert pages == [["m4", "m3"], ["m2", "m1"], ["m0"]]


async def test_a_full_last_page_has_no_continuation(desk: Desk) -> None:
    organization = an_organization()
    await desk.failures.record(failure("m1", organization), MESSAGE)
    assert (await desk.failures.page(organization, 1)).continuation is None


async def test_recorded_twice_it_is_one_failure(desk: Desk) -> None:
    organization = an_organization()
    first = await desk.failures.record(failure("m1", organization), MESSAGE)
    desk.pass_time(5)
    again = await desk.failures.record(replace(failure("m1", organization), attempts=7), MESSAGE)
    (kept,) = (await desk.failures.page(organization, 10)).items
    assert (first, kept.failure.attempts) == (again, 7)


async def test_recorded_by_two_at_once_it_is_one_failure(desk: Desk) -> None:
    organization = an_organization()
    await asyncio.gather(*(desk.failures.record(failure("m1", organization), MESSAGE) for _ in range(5)))
    assert len((await desk.failures.page(organization, 10)).items) == 1


@pytest.mark.parametrize("message", [MESSAGE, LARGE])
async def test_a_replay_puts_the_message_back_and_marks_it(desk: Desk, message: Message) -> None:
    organization = an_organization()
    failure_id = await desk.failures.record(failure("m1", organization), message)
    desk.pass_time(60)
    kept = await desk.failures.replay(organization, failure_id)
    (back,) = desk.drops
    assert await desk.queues.resolve(back) == message
    assert replay_of(back) == failure_id
    assert (kept.replayable, kept.replayed_at) == (False, desk.now)
    assert (await desk.failures.page(organization, 10)).items == (kept,)


async def test_replayed_twice_it_is_one_message(desk: Desk) -> None:
    organization = an_organization()
    failure_id = await desk.failures.record(failure("m1", organization), MESSAGE)
    first = await desk.failures.replay(organization, failure_id)
    desk.pass_time(3600)
    assert await desk.failures.replay(organization, failure_id) == first
    assert len(desk.drops) == 1


async def test_replayed_by_many_at_once_it_is_one_message(desk: Desk) -> None:
    organization = an_organization()
    failure_id = await desk.failures.record(failure("m1", organization), LARGE)
    await asyncio.gather(*(desk.failures.replay(organization, failure_id) for _ in range(5)))
    assert len(desk.drops) == 1


async def test_what_fails_again_after_a_replay_is_a_new_failure(desk: Desk) -> None:
    organization = an_organization()
    first = await desk.failures.record(failure("m1", organization), MESSAGE)
    await desk.failures.replay(organization, first)
    desk.pass_time(5)
    second = await desk.failures.record(failure("m1", organization), MESSAGE)
    items = (await desk.failures.page(organization, 10)).items
    assert [(kept.id, kept.replayable) for kept in items] == [(second, True), (first, False)]


async def test_an_organization_cannot_replay_anothers(desk: Desk) -> None:
    organization = an_organization()
    failure_id = await desk.failures.record(failure("m1", organization), MESSAGE)
    with pytest.raises(NotFound):
        await desk.failures.replay(organization + "-2", failure_id)
    assert (await desk.failures.page(organization + "-2", 10)).items == ()
    assert desk.drops == []


@pytest.mark.parametrize("failure_id", ["", "x", "key-00", "../x", "98236000000000-0123456789abcdeg", "' or 1 eq 1"])
async def test_what_is_no_id_is_not_looked_up(stand: Stand, failure_id: str) -> None:
    stand.tables.away = True
    with pytest.raises(NotFound):
        await stand.failures.replay("acme", failure_id)


async def test_what_no_replay_can_mend_says_so(stand: Stand) -> None:
    failure_id = await stand.failures.record(failure(), {"raw": "hello"}, replayable=False)
    (kept,) = (await stand.failures.page("acme", 10)).items
    assert not kept.replayable
    with pytest.raises(NotReplayable):
        await stand.failures.replay("acme", failure_id)
    assert stand.tables.rows[TABLE, "acme", failure_id].text("Message") == '{"raw":"hello"}'


async def test_a_payload_that_is_gone_cannot_be_replayed_now_or_later(stand: Stand) -> None:
    failure_id = await stand.failures.record(failure(), LARGE)
    stand.blobs.blobs.clear()
    for _ in range(2):
        with pytest.raises(NotReplayable):
            await stand.failures.replay("acme", failure_id)
    assert not (await stand.failures.page("acme", 10)).items[0].replayable


async def test_a_queue_that_is_away_leaves_the_failure_replayable(stand: Stand) -> None:
    failure_id = await stand.failures.record(failure(), MESSAGE)
    stand.queues.away = True
    with pytest.raises(StorageUnavailable):
        await stand.failures.replay("acme", failure_id)
    stand.queues.away = False
    assert (await stand.failures.page("acme", 10)).items[0].replayable
    await stand.failures.replay("acme", failure_id)
    assert [content_of(message) for message in stand.drops] == [MESSAGE]


async def test_a_replay_that_died_is_taken_over_a_minute_later(stand: Stand) -> None:
    failure_id = await stand.failures.record(failure(), MESSAGE)
    row = stand.tables.rows[TABLE, "acme", failure_id]
    died = {**row.values, "State": "replaying", "ReplayedAt": stand.now}
    await stand.tables.put(TABLE, "acme", failure_id, died)
    stand.pass_time(59)
    await stand.failures.replay("acme", failure_id)
    assert stand.drops == []
    stand.pass_time(2)
    await stand.failures.replay("acme", failure_id)
    assert len(stand.drops) == 1


async def test_what_fails_again_while_its_replay_is_ending_stays_replayable(stand: Stand) -> None:
    """The worker may be quicker than the replay's last write."""
    failure_id = await stand.failures.record(failure(), LARGE)
    put = stand.queues.put

    async def put_and_fail(queue: str, payload: Message, delay_seconds: float = 0) -> None:
        await put(queue, payload, delay_seconds)
        await stand.failures.record(failure(), LARGE)

    stand.queues.put = put_and_fail  # type: ignore[method-assign, assignment]
    await stand.failures.replay("acme", failure_id)
    stand.queues.put = put  # type: ignore[method-assign]
    (kept,) = (await stand.failures.page("acme", 10)).items
    assert kept.replayable
    await stand.failures.replay("acme", kept.id)
    assert [await stand.queues.resolve(message) for message in stand.drops] == [LARGE, LARGE]


async def test_a_replayed_payload_is_not_kept_twice(stand: Stand) -> None:
    failure_id = await stand.failures.record(failure(), LARGE)
    assert len(stand.blobs.blobs) == 1
    await stand.failures.replay("acme", failure_id)
    assert stand.blobs.blobs == {}


async def test_a_record_cut_in_the_middle_is_finished_by_the_next(stand: Stand) -> None:
    stand.blobs.away = True
    with pytest.raises(StorageUnavailable):
        await stand.failures.record(failure(), LARGE)
    assert (await stand.failures.page("acme", 10)).items == ()
    stand.blobs.away = False
    await stand.failures.record(failure(), LARGE)
    assert len((await stand.failures.page("acme", 10)).items) == 1


async def test_what_the_app_noted_on_a_message_is_not_replayed(stand: Stand) -> None:
    noted = {**MESSAGE, "retry": {"attempts": 9}, "failure": {"code": "x"}, "replay": {"of": "old"}}
    failure_id = await stand.failures.record(failure(), noted)
    await stand.failures.replay("acme", failure_id)
    assert stand.drops == [{**MESSAGE, "replay": {"of": failure_id}}]


async def test_odd_text_is_kept(desk: Desk) -> None:
    organization = an_organization()
    odd = replace(failure("名前 \ud800/\\#?", organization), detail="half \ud800 名前 \x00" + "x" * 5_000)
    failure_id = await desk.failures.record(replace(odd, mapping_id=None), {"a": "\ud800 名前 \x00"})
    (kept,) = (await desk.failures.page(organization, 10)).items
    assert kept.failure.detail.startswith("half ? 名前")
    assert len(kept.failure.detail) == 1_000
    await desk.failures.replay(organization, failure_id)
    assert [content_of(message) for message in desk.drops] == [{"a": "\ud800 名前 \x00"}]
