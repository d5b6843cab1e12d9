"""Writing the history down: into SQL, else into the outbox, before anybody goes on.

Rows that arrive while one insert runs are written together by the next (group commit), so that hundreds of prompts in
flight cost few transactions, and a lone row is written at once. SQL is called in one thread, one call at a time. When
it is away or slow, rows go to the outbox; a ping every few seconds, and no request, finds out that it is back. A call
that comes back late may have written what the outbox holds too: harmless, a row is inserted only once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from shared.errors import HistoryUnavailable
from shared.gateway.ports import HistoryStore, Outbox, RowsRejected
from shared.gateway.records import AttemptRow, HistoryRow
from shared.telemetry.names import KEPT_IN
from shared.telemetry.rows import appending, outboxing
from shared.telemetry.telemetry import traceparent

log = logging.getLogger(__name__)

BATCH_ROWS = 200
BATCH_CHARACTERS = 4_000_000
"""Of bodies: keeps a batch, queued, well under the largest payload the outbox takes."""


@dataclass(frozen=True)
class _Waiting:
    row: HistoryRow
    written: asyncio.Future[str]
    """Ends with where the row was kept."""
    trace: str | None


class Recorder:
    """``patience``: seconds a row may wait for SQL before it goes to the outbox. ``probe_every``: seconds between pings
    while SQL is away."""

    def __init__(self, store: HistoryStore, outbox: Outbox, *, patience: float = 2.0, probe_every: float = 5.0) -> None:
        self._store = store
        self._outbox = outbox
        self._patience = patience
        self._probe_every = probe_every
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history")
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._probe: asyncio.Task[None] | None = None

    async def record(self, row: HistoryRow) -> None:
        """Return once the row is durable, in SQL or in the outbox. A caller that is cancelled does not take it back.

        Raises HistoryUnavailable when both are away: then the row is kept nowhere."""
        with appending(row) as kept:
            waiting = _Waiting(row, asyncio.get_running_loop().create_future(), traceparent())
            waiting.written.add_done_callback(_seen)
            self._waiting.append(waiting)
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write_all())
            kept.set({KEPT_IN: await asyncio.shield(waiting.written)})

    async def close(self) -> None:
        """Write what still waits, then stop."""
        if self._writer is not None:
            await self._writer
        if self._probe is not None:
            self._probe.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def sql_is_away(self) -> bool:
        """True while rows go to the outbox without asking SQL."""
        return self._probe is not None and not self._probe.done()

    async def _write_all(self) -> None:
        while self._waiting:
            batch = _next_batch(self._waiting)
            try:
                await self._write(batch)
            except BaseException as error:
                _fail(batch, error)
                if not isinstance(error, Exception):
                    raise

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        rows = [waiting.row for waiting in batch]
        left = rows if self.sql_is_away else await self._into_sql(rows)
        unwritten = set(left)
        _succeed("sql", (waiting for waiting in batch if waiting.row not in unwritten))
        if left:
            with outboxing(next(waiting.trace for waiting in batch if waiting.row in unwritten)):
                await self._outbox.put(left)
            log.info("history.outboxed", extra={"rows": len(left)})
            _succeed("outbox", (waiting for waiting in batch if waiting.row in unwritten))

    async def _into_sql(self, rows: Sequence[HistoryRow]) -> Sequence[HistoryRow]:
        """The rows SQL did not take."""
        call = self._in_thread(lambda: self._store.insert(rows))
        try:
            await asyncio.wait_for(asyncio.shield(call), self._patience)
        except RowsRejected as rejected:
            log.error("history.rows_rejected", extra={"rows": len(rejected.rows), "reason": rejected.reason})
            return rejected.rows
        except Exception as error:
            # Whatever it is, known or not, the rows are safer in the outbox than with the caller.
            log.warning("history.sql_away", extra={"rows": len(rows), "error": type(error).__name__})
            self._probe = asyncio.create_task(self._wait_for_sql(call))
            return rows
        return ()

    async def _wait_for_sql(self, late: asyncio.Future[None]) -> None:
        """Ends when SQL answers again. A late call is the first probe: the one thread is busy with it anyway."""
        if await _answers(late):
            return
        while True:
            await asyncio.sleep(self._probe_every)
            if await _answers(self._in_thread(self._store.ping)):
                log.info("history.sql_back")
                return

    def _in_thread(self, work: Callable[[], None]) -> asyncio.Future[None]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _answers(call: asyncio.Future[None]) -> bool:
    try:
        await call
    except RowsRejected:
        return True
    except Exception:
        return False
    return True


def _next_batch(waiting: deque[_Waiting]) -> list[_Waiting]:
    batch = [waiting.popleft()]
    size = _size(batch[0].row)
    while waiting and len(batch) < BATCH_ROWS and size + _size(waiting[0].row) <= BATCH_CHARACTERS:
        size += _size(waiting[0].row)
        batch.append(waiting.popleft())
    return batch


def _size(row: HistoryRow) -> int:
    return len(row.messages if isinstance(row, AttemptRow) else row.response or "")


def _succeed(place: str, written: Iterable[_Waiting]) -> None:
    for waiting in written:
        waiting.written.set_result(place)


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    lost = [waiting for waiting in batch if not waiting.written.done()]
    log.error("history.lost", extra={"rows": len(lost), "error": type(error).__name__})
    for waiting in lost:
        waiting.written.set_exception(_as_unavailable(error))


def _as_unavailable(error: BaseException) -> HistoryUnavailable:
    unavailable = HistoryUnavailable(
        "The prompt history can be written neither to its database nor to its outbox.", retry_after=5
    )
    unavailable.__cause__ = error
    return unavailable


def _seen(written: asyncio.Future[str]) -> None:
    """A row whose caller has gone has nobody to tell: mark its error as seen."""
    if not written.cancelled():
        written.exception()
