"""Prompt history past its time, and bodies that are to be erased: both under a database role of their own.

The application's role can only add and read. Whoever has prompts erased leaves a row in table ``Erasures``
(PartitionKey organization): when, by which request, what was asked for, how many bodies went. It is written before
anything is erased, so that no erasure is without one.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from shared.errors import ErasureDisabled
from shared.gateway.erasure import Erasure
from shared.organization_settings import OrganizationSettings
from shared.storage import Tables, Value

log = logging.getLogger(__name__)

TABLE: Final = "Erasures"
_END_OF_TIME_MS: Final = 10**14


class RetentionRole(Protocol):
    """The history, signed in to as who may take away. Blocking. Every call raises HistoryUnavailable."""

    def erase(self, wish: Erasure) -> int: ...

    def organizations(self) -> tuple[str, ...]: ...

    def purge(self, before: datetime, organization: str | None = None) -> int: ...


def _now() -> datetime:
    return datetime.now(UTC)


class HistoryRetention:
    def __init__(
        self,
        role: RetentionRole | None,
        tables: Tables,
        policies: OrganizationSettings,
        days: int | None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """``role`` None: nobody may take away. ``days``: setting HISTORY_DAYS."""
        self._role = role
        self._tables = tables
        self._policies = policies
        self._days = days
        self._clock = clock

    async def purge(self) -> Mapping[str, int]:
        """Delete every organization's history that is past its time: how many attempts, by organization.

        Raises HistoryUnavailable, StorageUnavailable."""
        purged: dict[str, int] = {}
        if self._role is None:
            if self._days is not None:
                log.warning("history.not_purged", extra={"reason": "RETENTION_DATABASE_URL is empty"})
            return purged
        for organization in await asyncio.to_thread(self._role.organizations):
            days = await self._policies.history_days(organization, self._days)
            if days is not None:
                before = self._clock() - timedelta(days=days)
                purged[organization] = await asyncio.to_thread(self._role.purge, before, organization)
        log.info("history.purged", extra={"attempts": sum(purged.values()), "organizations": len(purged)})
        return purged

    async def erase(self, wish: Erasure, correlation_id: str) -> int:
        """Erase, with an audit row. Raises ErasureDisabled, HistoryUnavailable, StorageUnavailable."""
        if self._role is None:
            raise ErasureDisabled("Nothing can be erased: the app has no RETENTION_DATABASE_URL.")
        now = self._clock()
        key = f"{_END_OF_TIME_MS - int(now.timestamp() * 1000):014d}-{uuid.uuid4().hex[:16]}"
        row: dict[str, Value] = {"AskedAt": now, "CorrelationId": correlation_id, "State": "asked", **_told(wish)}
        await self._tables.put(TABLE, wish.organization, key, row)
        erased = await asyncio.to_thread(self._role.erase, wish)
        done: dict[str, Value] = {**row, "State": "done", "Erased": erased, "DoneAt": self._clock()}
        await self._tables.put(TABLE, wish.organization, key, done)
        log.info("history.erased", extra={"organization": wish.organization, "erased": erased})
        return erased


def _told(wish: Erasure) -> dict[str, Value]:
    given: dict[str, Value | None] = {
        "AttemptId": wish.attempt_id,
        "MappingId": wish.mapping_id,
        "Before": wish.before,
        "All": None if wish.attempt_id or wish.mapping_id or wish.before else True,
    }
    return {name: value for name, value in given.items() if value is not None}
