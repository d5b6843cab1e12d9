"""What is past its time is taken away, and nothing that anybody still needs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import NotFound, StorageUnavailable
from shared.failures import TABLE as FAILURES
from shared.failures import Failure, Failures
from shared.idempotency import TABLE as IDEMPOTENCY
from shared.mapping.claims import Claims, Job
from shared.mapping.store import TABLE as MAPPINGS
from shared.mapping.store import MappingStore, row_values
from shared.retention import sweep
from shared.retention.ports import OldRow
from shared.retention.shelves import Days
from shared.retention.sweep import Retention
from tests.fakes.inventory import FakeInventory
from tests.fakes.queues import FakeQueues
from tests.fakes.storage import FakeBlobs, FakeTables

START = datetime(2026, 1, 1, 3, tzinfo=UTC)
FAILURE = Failure("m1", "drop", "data-drops", "acme", "not_a_table", "The file is a picture.", 1, "m1")


class Account:
    """A storage account, whose clock goes on a day at a time with retention run each day."""

    def __init__(self, page: int = 500) -> None:
        self.time = START
        self.tables, self.blobs, self.queues = FakeTables(), FakeBlobs(), FakeQueues()
        self.tables.now = self.blobs.now = self.now
        self.inventory = FakeInventory(self.tables, self.blobs, page)
        self.seconds = 0.0
        self.retention = Retention(
            self.inventory,
            self.tables,
            Days(timedelta(days=30), timedelta(days=90)),
            clock=self.now,
            monotonic=lambda: self.seconds,
        )
        self.failures = Failures(self.tables, self.blobs, self.queues, self.now)

    def now(self) -> datetime:
        return self.time

    async def pass_days(self, days: int) -> Counter[str]:
        removed: Counter[str] = Counter()
        for _ in range(days):
            self.time += timedelta(days=1)
            removed += await self.retention.run()
        return removed

    async def mapping(self, mapping_id: str, state: Any) -> None:
        row = row_values(state, self.time, self.time, "c", 1, 1)
        await self.tables.put(MAPPINGS, "acme", mapping_id, row)

    def mappings(self) -> set[str]:
        return {key for table, _, key in self.tables.rows if table == MAPPINGS}

    def names(self, container: str) -> set[str]:
        return {name for where, name in self.blobs.blobs if where == container}


async def test_a_finished_mapping_goes_with_its_result_after_its_days() -> None:
    account = Account()
    await account.mapping("m1", "succeeded")
    await account.blobs.put("mappings", "acme/m1.json", b"{}", "application/json")
    await account.pass_days(30)
    assert (account.mappings(), account.names("mappings")) == ({"m1"}, {"acme/m1.json"})
    await account.pass_days(2)
    assert (account.mappings(), account.names("mappings")) == (set(), set())


async def test_days_count_from_the_last_change() -> None:
    account = Account()
    await account.mapping("m1", "running")
    await account.pass_days(25)
    await account.mapping("m1", "succeeded")
    await account.pass_days(29)
    assert account.mappings() == {"m1"}


async def test_what_failed_stays_as_long_as_it_can_be_replayed() -> None:
    """With what it has paid for."""
    account = Account()
    await account.mapping("m1", "failed")
    await account.blobs.put("checkpoints", "acme/m1/a-1.json", b"{}", "application/json")
    await account.failures.record(FAILURE, {"organizationId": "acme"})
    await account.pass_days(90)
    assert account.mappings() == {"m1"}
    (failure,) = (await account.failures.page("acme", 10)).items
    assert (await account.failures.replay("acme", failure.id)).replayed_at == account.time
    assert account.names("checkpoints") == {"acme/m1/a-1.json"}
    await account.pass_days(95)
    assert (account.mappings(), account.names("checkpoints")) == (set(), set())
    assert [key for table, _, key in account.tables.rows if table == FAILURES] == []


async def test_a_failures_message_in_a_blob_stays_as_long_as_its_failure() -> None:
    """A replay that could not put the message back has written the row anew, and not the blob."""
    account = Account()
    failure_id = await account.failures.record(FAILURE, {"text": "x" * 40_000})
    await account.pass_days(80)
    account.queues.away = True
    with pytest.raises(StorageUnavailable):
        await account.failures.replay("acme", failure_id)
    account.queues.away = False
    await account.pass_days(60)
    assert (await account.failures.replay("acme", failure_id)).replayed_at
    assert account.queues.messages("data-drops")


async def test_a_failures_message_in_a_blob_goes_with_it() -> None:
    account = Account()
    failure_id = await account.failures.record(FAILURE, {"text": "x" * 40_000})
    await account.blobs.put("payloads", "failures/odd", b"{}", "application/json")
    await account.pass_days(93)
    with pytest.raises(NotFound):
        await account.failures.replay("acme", failure_id)
    assert account.names("payloads") == set()


async def test_work_that_fails_again_after_its_failure_went_is_a_new_failure() -> None:
    """Listed as of now, and not where the old one was."""
    account = Account()
    first = await account.failures.record(FAILURE, {})
    await account.pass_days(91)
    second = await account.failures.record(FAILURE, {})
    assert second < first
    assert [kept.id for kept in (await account.failures.page("acme", 10)).items] == [second]
    assert await account.failures.record(FAILURE, {}) == second


async def test_answers_of_idempotency_keys_go_after_two_days() -> None:
    account = Account()
    await account.tables.put(IDEMPOTENCY, "acme", "k", {"State": "done", "Blob": "idempotency/acme/k-1.json"})
    await account.blobs.put("payloads", "idempotency/acme/k-1.json", b"{}", "application/json")
    await account.pass_days(1)
    assert [table for table, _, _ in account.tables.rows if table == IDEMPOTENCY] == [IDEMPOTENCY]
    await account.pass_days(3)
    assert [table for table, _, _ in account.tables.rows if table == IDEMPOTENCY] == []
    assert account.names("payloads") == set()


async def test_the_payload_of_a_message_that_vanished_goes_at_last() -> None:
    account = Account()
    await account.blobs.put("payloads", "2026/01/01/a.json", b"{}", "application/json")
    await account.pass_days(30)
    assert account.names("payloads")
    await account.pass_days(2)
    assert account.names("payloads") == set()


async def test_jobs_of_values_go_and_the_answers_that_may_be_used_again() -> None:
    account = Account()
    await account.tables.put("ValueJobs", "acme", "j", {"State": "succeeded"})
    await account.tables.put("ValueAnswers", "acme", "a", {"Answer": "{}"})
    await account.blobs.put("results", "acme/j/results.jsonl", b"{}", "application/jsonl")
    removed = await account.pass_days(95)
    assert removed == Counter({"table-ValueJobs": 1, "table-ValueAnswers": 1, "container-results": 1})


@pytest.mark.parametrize("gap", [3, 45, 400])
async def test_what_waited_while_the_app_was_stopped_is_not_taken_from_it(gap: int) -> None:
    """Its messages are delivered within days of the restart, and their rows and payloads are there."""
    account = Account()
    await account.pass_days(10)
    await account.mapping("m1", "queued")
    await account.blobs.put("payloads", "2026/01/11/a.json", b"{}", "application/json")
    account.time += timedelta(days=gap)
    await account.pass_days(7)
    assert (account.mappings(), account.names("payloads")) == ({"m1"}, {"2026/01/11/a.json"})
    await account.pass_days(120)
    assert (account.mappings(), account.names("payloads")) == (set(), set())


async def test_what_a_worker_writes_meanwhile_stays() -> None:
    """The row was listed as old; before it is removed, its job is taken up again."""
    account = Account()
    await account.mapping("m1", "failed")
    await account.pass_days(5)
    account.time += timedelta(days=90)
    page = await account.inventory.rows(MAPPINGS, account.time, None)
    claims = Claims(account.tables, account.now)
    assert await claims.take(Job("acme", "m1", "c", account.time, new=False))
    (old,) = page.items
    assert isinstance(old, OldRow)
    assert not await account.inventory.remove_row(MAPPINGS, old)
    assert account.mappings() == {"m1"}


async def test_a_run_that_has_no_time_left_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten, one for each run: everything goes, and nothing is looked at twice."""
    account = Account(page=10)
    for number in range(95):
        await account.mapping(f"m{number:02}", "succeeded")
    account.time += timedelta(days=31)
    found, rows = [], account.inventory.rows

    async def slowly(table: str, before: datetime, cursor: str | None) -> Any:
        account.seconds += sweep.RUN_SECONDS
        found.append((table, cursor))
        return await rows(table, before, cursor)

    monkeypatch.setattr(account.inventory, "rows", slowly)
    left = []
    for _ in range(14):
        account.time += timedelta(hours=1)
        await account.retention.run()
        left.append(len(account.mappings()))
    assert left == [95, *range(85, 0, -10), 0, 0, 0, 0]
    assert len(set(found)) == len(found)


async def test_once_around_a_day_is_enough() -> None:
    account = Account()
    await account.pass_days(1)
    await account.mapping("m1", "succeeded")
    account.tables.written[MAPPINGS, "acme", "m1"] -= timedelta(days=40)
    account.time += timedelta(hours=1)
    assert await account.retention.run() == Counter()
    assert await account.pass_days(1) == Counter({"table-Mappings": 1})


async def test_an_outage_is_gone_on_after() -> None:
    account = Account()
    await account.mapping("m1", "succeeded")
    await account.pass_days(29)
    account.tables.away = True
    with pytest.raises(StorageUnavailable):
        await account.pass_days(3)
    account.tables.away = False
    await account.pass_days(1)
    assert account.mappings() == set()


async def test_a_mapping_is_read_until_its_days_after_its_last_change() -> None:
    account = Account()
    store = MappingStore(account.tables, account.blobs, account.now, kept=timedelta(days=2))
    await account.mapping("m1", "running")
    account.time += timedelta(days=2)
    await account.mapping("m1", "failed")
    account.time += timedelta(days=2)
    assert await store.get("acme", "m1")
    account.time += timedelta(seconds=1)
    assert await store.get("acme", "m1") is None
