"""The use case of the timer: take away what is past its time in the storage account, page by page, once a day.

A run ends with its time and leaves behind where it was; the next one goes on from there. Everything is removed as the
version that was seen, so that whatever a worker writes meanwhile stays. Two runs at once do each other no harm.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.retention.ports import Inventory, OldBlob, OldRow
from shared.retention.shelves import BlobShelf, Days, RowShelf, shelves
from shared.storage import Tables

log = logging.getLogger(__name__)

TABLE: Final = "Retention"
PARTITION: Final = "retention"
RUN: Final = "run"
RUN_SECONDS: Final = 300.0
"""Of one run: half of host.json's functionTimeout."""
PAUSE: Final = timedelta(hours=20)
"""Between the end of one round through everything and the start of the next."""
GAP: Final = timedelta(days=2)
"""A run missed for longer than this: nobody took messages from the queues either."""
LONGEST_HIDDEN: Final = timedelta(days=8)
"""A day more than any message is hidden for."""
AT_ONCE: Final = 8


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Retention:
    inventory: Inventory
    tables: Tables
    days: Days
    clock: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic

    async def run(self) -> Counter[str]:
        """What was removed, by shelf. Raises StorageUnavailable: the next run goes on."""
        ends = self.monotonic() + RUN_SECONDS
        removed: Counter[str] = Counter()
        state = await self._begin()
        if state.done is not None and self.clock() < state.done + PAUSE:
            return removed
        attended = self.clock() - state.attended_since >= LONGEST_HIDDEN
        for shelf in shelves(self.days, self.tables, attended=attended):
            if not await self._sweep(shelf, ends, removed):
                return removed
        await self._end(state)
        return removed

    async def _sweep(self, shelf: RowShelf | BlobShelf, ends: float, removed: Counter[str]) -> bool:
        """Whether its last page was reached in this round."""
        row = await self.tables.get(TABLE, PARTITION, shelf.name)
        cursor = row.text("Cursor") if row else None
        while cursor != "" and self.monotonic() < ends:
            count, cursor = await self._page(shelf, cursor)
            removed[shelf.name] += count
            await self.tables.put(TABLE, PARTITION, shelf.name, {"Cursor": cursor})
        return cursor == ""

    async def _page(self, shelf: RowShelf | BlobShelf, cursor: str | None) -> tuple[int, str]:
        """How many were removed, and where the next page begins: "" after the last one."""
        if isinstance(shelf, RowShelf):
            rows = await self.inventory.rows(shelf.table, self.clock() - shelf.youngest, cursor)
            count = await _each([self._row(shelf, old) for old in rows.items])
            return count, rows.cursor or ""
        blobs = await self.inventory.blobs(shelf.container, cursor)
        count = await _each([self._blob(shelf, old) for old in blobs.items])
        return count, blobs.cursor or ""

    async def _row(self, shelf: RowShelf, old: OldRow) -> bool:
        if not self._past(old, shelf.age(old)) or await shelf.needed(old):
            return False
        return await self.inventory.remove_row(shelf.table, old)

    async def _blob(self, shelf: BlobShelf, old: OldBlob) -> bool:
        if not self._past(old, shelf.age(old.name)) or await shelf.needed(old):
            return False
        return await self.inventory.remove_blob(shelf.container, old)

    def _past(self, old: OldRow | OldBlob, age: timedelta | None) -> bool:
        return age is not None and old.written < self.clock() - age

    async def _begin(self) -> _State:
        """What is known of earlier runs, and that there is one now."""
        row = await self.tables.get(TABLE, PARTITION, RUN)
        now = self.clock()
        last = row.time("RunAt") if row else None
        since = row.time("AttendedSince") if row else None
        unattended = last is None or since is None or now - last > GAP
        state = _State(now if unattended or since is None else since, row.time("DoneAt") if row else None)
        await self.tables.put(TABLE, PARTITION, RUN, self._values(state))
        return state

    async def _end(self, state: _State) -> None:
        for shelf in shelves(self.days, self.tables, attended=False):
            await self.tables.delete(TABLE, PARTITION, shelf.name)
        await self.tables.put(TABLE, PARTITION, RUN, self._values(state) | {"DoneAt": self.clock()})

    def _values(self, state: _State) -> dict[str, str | int | bool | float | datetime]:
        done = {"DoneAt": state.done} if state.done else {}
        return {"RunAt": self.clock(), "AttendedSince": state.attended_since, **done}


@dataclass(frozen=True)
class _State:
    attended_since: datetime
    done: datetime | None
    """When the last round through everything ended."""


async def _each(removals: Sequence[Awaitable[bool]]) -> int:
    """A few at a time: how many there were to remove."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(removal: Awaitable[bool]) -> bool:
        async with gate:
            return await removal

    return sum(await asyncio.gather(*(one(removal) for removal in removals)))
