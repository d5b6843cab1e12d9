"""Taking history away: one body, or everything past its time. The only DELETEs there are.

They need a database role of their own (``prompt_history_retention``); the application's role cannot run them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, Engine, Select, Table, delete, exists, select

from shared.adapters.sql_engine import connect_to
from shared.adapters.sql_errors import patiently
from shared.adapters.sql_schema import TABLES, outcome_bodies, prompt_attempts, prompt_bodies, prompt_outcomes
from shared.gateway.erasure import Erasure

_BATCH = 500
"""Attempts per transaction: below Azure SQL's 2,100 parameters and its lock escalation at 5,000."""


class SqlRetention:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def connect(cls, database_url: str) -> SqlRetention:
        """Signed in as the retention role. Nothing is connected yet."""
        return cls(connect_to(database_url))

    def erase(self, wish: Erasure) -> int:
        """Erase prompts and answers; counts and times stay. Blocking, repeatable.

        Returns how many attempts had a body. Raises HistoryUnavailable."""
        erased = 0
        while batch := patiently(lambda: self._read(with_bodies_statement(wish))):
            self._delete((outcome_bodies, prompt_bodies), batch)
            erased += len(batch)
        return erased

    def organizations(self) -> tuple[str, ...]:
        """Whose history there is. Blocking. Raises HistoryUnavailable."""
        return tuple(patiently(lambda: self._read(organizations_statement())))

    def erase_bodies(self, organization: str, attempt_ids: Sequence[str] = (), mapping_id: str | None = None) -> int:
        """Erase prompts and answers of the organization's named attempts, or of a mapping's. Blocking, repeatable.

        Returns how many attempts of the organization were named. Raises HistoryUnavailable."""
        found = patiently(lambda: self._owned(organization, attempt_ids, mapping_id))
        self._delete((outcome_bodies, prompt_bodies), found)
        return len(found)

    def purge(self, before: datetime, organization: str | None = None) -> int:
        """Delete all rows of attempts made before a time, and outcomes without an attempt, of one organization or of
        all. Blocking, repeatable.

        Returns the number of attempts deleted. Raises HistoryUnavailable."""
        purged = 0
        while batch := patiently(lambda: self._read(older_statement(before, organization))):
            self._delete((outcome_bodies, prompt_bodies, prompt_outcomes, prompt_attempts), batch)
            purged += len(batch)
        while orphans := patiently(lambda: self._read(orphans_statement(before, organization))):
            self._delete((outcome_bodies, prompt_outcomes), orphans)
        return purged

    def _owned(self, organization: str, attempt_ids: Sequence[str], mapping_id: str | None) -> list[str]:
        found: list[str] = []
        for start in range(0, len(attempt_ids), _BATCH):
            found += self._read(named_statement(organization, attempt_ids[start : start + _BATCH]))
        if mapping_id is not None:
            found += self._read(of_mapping_statement(organization, mapping_id))
        return found

    def _read(self, statement: Select[str]) -> list[str]:
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(statement)]

    def _delete(self, tables: Sequence[Table], attempt_ids: Sequence[str]) -> None:
        for start in range(0, len(attempt_ids), _BATCH):
            batch = attempt_ids[start : start + _BATCH]
            patiently(lambda batch=batch: self._delete_batch(tables, batch))  # type: ignore[misc]

    def _delete_batch(self, tables: Sequence[Table], attempt_ids: Sequence[str]) -> None:
        with self._engine.begin() as connection:
            for table in tables:
                connection.execute(delete_statement(table, attempt_ids))


def named_statement(organization: str, attempt_ids: Sequence[str]) -> Select[str]:
    a = prompt_attempts.c
    return select(a.attempt_id).where(a.organization == organization, a.attempt_id.in_(attempt_ids))


def of_mapping_statement(organization: str, mapping_id: str) -> Select[str]:
    a = prompt_attempts.c
    return select(a.attempt_id).where(a.organization == organization, a.mapping_id == mapping_id)


def with_bodies_statement(wish: Erasure) -> Select[str]:
    """Attempts that still have a body, some at a time."""
    a = prompt_attempts.c
    conditions = [a.organization == wish.organization]
    if wish.attempt_id is not None:
        conditions.append(a.attempt_id == wish.attempt_id)
    if wish.mapping_id is not None:
        conditions.append(a.mapping_id == wish.mapping_id)
    if wish.before is not None:
        conditions.append(a.created_at < wish.before)
    bodies = prompt_attempts.join(prompt_bodies, prompt_bodies.c.attempt_id == a.attempt_id)
    return select(a.attempt_id).select_from(bodies).where(*conditions).limit(_BATCH)


def organizations_statement() -> Select[str]:
    return select(prompt_attempts.c.organization).distinct()


def older_statement(before: datetime, organization: str | None = None) -> Select[str]:
    a = prompt_attempts.c
    own = () if organization is None else (a.organization == organization,)
    return select(a.attempt_id).where(a.created_at < before, *own).limit(_BATCH)


def orphans_statement(before: datetime, organization: str | None = None) -> Select[str]:
    o = prompt_outcomes.c
    attempt = exists(select(1).select_from(prompt_attempts).where(prompt_attempts.c.attempt_id == o.attempt_id))
    own = () if organization is None else (o.organization == organization,)
    return select(o.attempt_id).where(o.finished_at < before, ~attempt, *own).limit(_BATCH)


def delete_statement(table: Table, attempt_ids: Sequence[str]) -> Delete:
    return delete(table).where(table.c.attempt_id.in_(attempt_ids))


def every_statement(before: datetime) -> list[Select[str] | Delete]:
    """All statements of this module, for the checks that read them as T-SQL."""
    reads = [named_statement("o", ["a"]), of_mapping_statement("o", "m"), older_statement(before)]
    reads += [older_statement(before, "o"), organizations_statement()]
    reads += [with_bodies_statement(Erasure("o", "a", "m", before))]
    return [*reads, orphans_statement(before, "o"), *(delete_statement(table, ["a"]) for table in TABLES)]
