"""Mappings that were made, for 30 days: a row in table Mappings with the result in it or, where that is too long for a
row, in blob mappings/{org}/{id}.json. One write is quicker than two, and cannot succeed by half.

The row's PartitionKey is the organization and its RowKey the mapping's id, so that one organization cannot name
another's. A mapping that failed after it started is kept too, with its cause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, cast

from shared.mapping.models import Mapping
from shared.storage import Blobs, Row, Tables, Value

TABLE: Final = "Mappings"
CONTAINER: Final = "mappings"
KEPT: Final = timedelta(days=30)
PART: Final = 30_000
"""Characters in one property; a table's property holds 32,768 UTF-16 units, and the text is ASCII."""
PARTS: Final = 3

State = Literal["queued", "running", "succeeded", "failed", "refused", "cancelled"]


@dataclass(frozen=True)
class Cause:
    """Why a mapping failed, in words that may be shown."""

    code: str
    detail: str
    setting: str | None = None


@dataclass(frozen=True)
class KeptMapping:
    mapping_id: str
    organization: str
    state: State
    created_at: datetime
    updated_at: datetime
    fields: int
    done: int
    correlation_id: str
    result: bytes | None = None
    """The mapping as JSON, as it was answered."""
    cause: Cause | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class MappingStore:
    def __init__(self, tables: Tables, blobs: Blobs, clock: Callable[[], datetime] = _now) -> None:
        self._tables = tables
        self._blobs = blobs
        self._clock = clock

    async def keep(self, mapping: Mapping, created_at: datetime, correlation_id: str) -> None:
        """Keep a finished mapping. Returns once it is stored. Raises StorageUnavailable."""
        organization, mapping_id = mapping.organization_id, mapping.mapping_id
        fields = len(mapping.properties)
        content = mapping.model_dump_json(by_alias=True, ensure_ascii=True)
        row = self._row("succeeded", created_at, correlation_id, fields, done=fields)
        if len(content) <= PART * PARTS:
            row |= {f"Result{start // PART}": content[start : start + PART] for start in range(0, len(content), PART)}
        else:
            blob = _blob(organization, mapping_id)
            await self._blobs.put(CONTAINER, blob, content.encode(), "application/json")
            row["Blob"] = blob
        await self._tables.put(TABLE, organization, mapping_id, row)

    async def keep_failure(
        self, organization: str, mapping_id: str, cause: Cause, state: State, created_at: datetime, correlation_id: str
    ) -> None:
        """Keep why a mapping failed after it started. Raises StorageUnavailable."""
        row = self._row(state, created_at, correlation_id, 0, done=0)
        row |= {"ErrorCode": cause.code, "ErrorDetail": cause.detail}
        if cause.setting:
            row["ErrorSetting"] = cause.setting
        await self._tables.put(TABLE, organization, mapping_id, row)

    async def get(self, organization: str, mapping_id: str) -> KeptMapping | None:
        """One mapping, None where there is none, where it was forgotten or is older than 30 days.

        Raises StorageUnavailable."""
        row = await self._tables.get(TABLE, organization, mapping_id)
        if row is None:
            return None
        kept = _kept(organization, mapping_id, row)
        if kept.created_at < self._clock() - KEPT:
            return None
        name = row.text("Blob")
        if name is None:
            return kept
        blob = await self._blobs.get(CONTAINER, name)
        return replace(kept, result=blob.content) if blob else None

    async def forget(self, organization: str, mapping_id: str) -> bool:
        """Remove a mapping and its result; False where there was none. Raises StorageUnavailable."""
        if await self.get(organization, mapping_id) is None:
            return False
        await asyncio.gather(
            self._blobs.delete(CONTAINER, _blob(organization, mapping_id)),
            self._tables.delete(TABLE, organization, mapping_id),
        )
        return True

    def _row(
        self, state: State, created_at: datetime, correlation_id: str, fields: int, *, done: int
    ) -> dict[str, Value]:
        return {
            "State": state,
            "CreatedAt": created_at,
            "UpdatedAt": self._clock(),
            "CorrelationId": correlation_id,
            "Fields": fields,
            "Done": done,
        }


def _blob(organization: str, mapping_id: str) -> str:
    return f"{organization}/{mapping_id}.json"


def _kept(organization: str, mapping_id: str, row: Row) -> KeptMapping:
    parts = "".join(row.text(f"Result{number}") or "" for number in range(PARTS))
    code = row.text("ErrorCode")
    epoch = datetime.fromtimestamp(0, UTC)
    return KeptMapping(
        mapping_id=mapping_id,
        organization=organization,
        state=cast(State, row.text("State") or "failed"),
        created_at=row.time("CreatedAt") or epoch,
        updated_at=row.time("UpdatedAt") or epoch,
        fields=row.number("Fields"),
        done=row.number("Done"),
        correlation_id=row.text("CorrelationId") or "",
        result=parts.encode() or None,
        cause=Cause(code, row.text("ErrorDetail") or "", row.text("ErrorSetting")) if code else None,
    )
