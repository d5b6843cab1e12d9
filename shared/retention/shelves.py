"""What is kept how long, counted from when it was last written.

Nothing refers to a thing by then: a mapping and its failure are written when they end; a payload whose message is put
back is marked anew; a mapping's blob is written just before its row, and kept a day longer; a failure's blob is looked
up. What waits in a queue while nobody takes from it grows old without being past its time, so what messages
may still refer to stays until the app has been attended for longer than any message hides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared import checkpoints, failures, idempotency
from shared.mapping import store
from shared.queue_messages import PAYLOADS
from shared.retention.ports import OldBlob, OldRow
from shared.storage import Tables
from shared.values import reuse
from shared.values.jobs import store as value_jobs

DAY: Final = timedelta(days=1)
ANSWERS: Final = idempotency.KEPT + DAY
"""Of an Idempotency-Key."""
CLAIM_CHECKS: Final = timedelta(days=30)
"""Payloads of messages that vanished: those of finished ones are deleted with them."""
_FINISHED: Final = ("succeeded", "cancelled")


@dataclass(frozen=True)
class Days:
    """How long what an administrator may choose is kept."""

    mappings: timedelta
    failures: timedelta


async def _no_longer(old: OldRow | OldBlob) -> bool:
    return False


@dataclass(frozen=True)
class RowShelf:
    """One table. ``age``: what a row may reach, None for one that stays."""

    table: str
    youngest: timedelta
    """No row goes before this."""
    age: Callable[[OldRow], timedelta | None]
    needed: Callable[[OldRow], Awaitable[bool]] = _no_longer
    """Whether a row that is past its time is needed all the same."""

    @property
    def name(self) -> str:
        return f"table-{self.table}"


@dataclass(frozen=True)
class BlobShelf:
    """One container. ``age``: what a blob of this name may reach, None for one that stays."""

    container: str
    age: Callable[[str], timedelta | None]
    needed: Callable[[OldBlob], Awaitable[bool]] = _no_longer
    """Whether a blob that is past its time is needed all the same."""

    @property
    def name(self) -> str:
        return f"container-{self.container}"


def shelves(days: Days, tables: Tables, *, attended: bool) -> tuple[RowShelf | BlobShelf, ...]:
    """In the order in which they are swept. ``attended``: messages that could be taken have been taken."""
    unfinished = max(days.mappings, days.failures) + DAY

    def mapping(old: OldRow) -> timedelta | None:
        """What failed can be replayed as long as its failure is kept, and its row must be there then."""
        state = old.row.text("State")
        if state in _FINISHED:
            return days.mappings
        waits = state in ("queued", "running")
        return None if waits and not attended else unfinished

    async def pointed_to(old: OldRow) -> bool:
        pointed = old.row.text("Id") if failures.is_pointer(old.key) else None
        return pointed is not None and await tables.get(failures.TABLE, old.partition, pointed) is not None

    async def of_a_failure(old: OldBlob) -> bool:
        """A failure whose replay did not end well is written anew, and its message is not."""
        named = failures.FILED.fullmatch(old.name)
        row = await tables.get(failures.TABLE, named["organization"], named["id"]) if named else None
        return row is not None and row.text("Blob") == old.name

    def payload(name: str) -> timedelta | None:
        if name.startswith(failures.FOLDER):
            return days.failures + DAY
        if name.startswith(idempotency.FOLDER):
            return ANSWERS + DAY
        return CLAIM_CHECKS if attended else None

    return (
        RowShelf(idempotency.TABLE, ANSWERS, lambda old: ANSWERS),
        RowShelf(store.TABLE, days.mappings, mapping),
        RowShelf(failures.TABLE, days.failures, lambda old: days.failures, pointed_to),
        RowShelf(value_jobs.TABLE, unfinished, lambda old: unfinished),
        RowShelf(reuse.TABLE, reuse.KEPT + DAY, lambda old: reuse.KEPT + DAY),
        BlobShelf(PAYLOADS, payload, of_a_failure),
        BlobShelf(checkpoints.CONTAINER, lambda name: unfinished),
        BlobShelf(value_jobs.CONTAINER, lambda name: unfinished + DAY),
        BlobShelf(store.CONTAINER, lambda name: days.mappings + DAY),
    )
