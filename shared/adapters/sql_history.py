"""The prompt history in SQL: appended to, read, never updated. All methods block: call them in a thread.

The engine takes its connections from a pool and gives each call its own; ODBC connections are not shared by threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, text

from shared.adapters.sql_engine import Token, connect_to
from shared.adapters.sql_errors import RowFault, patiently
from shared.adapters.sql_reader import read_one, read_page
from shared.adapters.sql_retention import SqlRetention
from shared.adapters.sql_rows import clean, sort_by_table
from shared.adapters.sql_statements import append
from shared.adapters.sql_usage import read_usage
from shared.gateway.ports import RowsRejected
from shared.gateway.prompt_log import PromptDetail, PromptPage, PromptQuery
from shared.gateway.records import HistoryRow
from shared.gateway.usage import UsageItem, UsageQuery

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class SqlHistory:
    """Implements HistoryStore. ``token`` replaces the app's identity where DATABASE_URL names no user."""

    def __init__(
        self,
        database_url: str,
        token: Token | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = connect_to(database_url, token)
        self._retention = SqlRetention(self._engine)
        self._clock = clock

    def insert(self, rows: Sequence[HistoryRow]) -> None:
        """Append rows; one that is already there changes nothing. One transaction, unless a row is bad: then each row
        has its own, so that its neighbours are kept.

        Raises HistoryUnavailable when the database cannot be reached now, RowsRejected for rows it will never take."""
        try:
            self._append(rows)
        except RowFault:
            self._append_apart(rows)

    def page(self, query: PromptQuery) -> PromptPage:
        """Newest first. Raises InvalidRequest for a foreign continuation token, HistoryUnavailable."""
        return self._read(lambda connection: read_page(connection, query, self._clock()))

    def one(self, organization: str, attempt_id: str) -> PromptDetail | None:
        """One attempt of this organization with its bodies and tries, or None. Raises HistoryUnavailable."""
        wanted = clean(attempt_id)
        return self._read(lambda connection: read_one(connection, organization, wanted, self._clock()))

    def usage(self, query: UsageQuery) -> tuple[UsageItem, ...]:
        """What was used, added up. Raises HistoryUnavailable."""
        return self._read(lambda connection: read_usage(connection, query))

    def erase_bodies(self, organization: str, attempt_ids: Sequence[str] = (), mapping_id: str | None = None) -> int:
        """Erase prompts and answers; counts stay. See SqlRetention: needs the retention role."""
        return self._retention.erase_bodies(organization, attempt_ids, mapping_id)

    def purge(self, before: datetime) -> int:
        """Delete what is older than a time. See SqlRetention: needs the retention role."""
        return self._retention.purge(before)

    def ping(self) -> None:
        """Raises HistoryUnavailable when the database cannot be reached now, or has no tables yet."""
        self._read(lambda connection: connection.execute(text("SELECT 1 FROM prompt_attempts WHERE 1 = 0")).first())

    def migrate(self) -> None:
        """Bring the schema up to date. Two processes may do so at once."""
        from shared.migrations import upgrade

        upgrade(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def _append(self, rows: Sequence[HistoryRow]) -> None:
        patiently(lambda: self._append_once(rows))

    def _append_once(self, rows: Sequence[HistoryRow]) -> None:
        by_table = sort_by_table(rows)
        if by_table:
            with self._engine.begin() as connection:
                append(connection, by_table)

    def _append_apart(self, rows: Sequence[HistoryRow]) -> None:
        faults = {row: fault for row in rows if (fault := self._fault_of(row)) is not None}
        for row, fault in faults.items():
            log.error("history.row_rejected", extra={"attempt_id": row.attempt_id, "reason": fault})
        if faults:
            raise RowsRejected(tuple(faults), next(iter(faults.values())))

    def _fault_of(self, row: HistoryRow) -> str | None:
        """Tried twice: a key that another process wrote meanwhile (2627) is seen, and skipped, the second time."""
        for last in (False, True):
            try:
                self._append((row,))
            except RowFault as fault:
                if last:
                    return fault.reason
            else:
                break
        return None

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        return patiently(lambda: self._with_connection(work))

    def _with_connection(self, work: Callable[[Connection], Result]) -> Result:
        with self._engine.connect() as connection:
            return work(connection)
