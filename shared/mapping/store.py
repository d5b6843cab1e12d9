"""Mappings that are made or were made, until 30 days (MAPPING_DAYS) after their last change: a row in table Mappings.

Its PartitionKey is the organization, so that one cannot name another's, and its RowKey the mapping's id.

The result of queued work is always in blob mappings/{org}/{id}.json, for pipelines to read. What HTTP was answered is
in the row, where it is not too long for one: one write is quicker than two, and cannot succeed by half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, cast

from shared.checkpoints import discard_checkpoints
from shared.mapping.models import Mapping
from shared.storage import Blobs, Row, Tables, Value

TABLE: Final = "Mappings"
CONTAINER: Final = "mappings"
KEPT: Final = timedelta(days=30)
PART: Final = 30_000
"""Characters in one property; a table's property holds 32,768 UTF-16 units, and the text is ASCII."""
PARTS: Final = 3
KEY_PARTS: Final = 8

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
    own_keys: str | None = None
    """Of a vocabulary that came with the request, as ``own_keys`` packs them."""


def _now() -> datetime:
    return datetime.now(UTC)


class MappingStore:
    def __init__(
        self, tables: Tables, blobs: Blobs, clock: Callable[[], datetime] = _now, kept: timedelta = KEPT
    ) -> None:
        self._tables = tables
        self._blobs = blobs
        self._clock = clock
        self._kept_for = kept

    async def keep(
        self, mapping: Mapping, created_at: datetime, correlation_id: str, own_keys: str | None = None
    ) -> None:
        """Keep a finished mapping. Returns once it is stored. Raises StorageUnavailable.

        ``own_keys``: of a vocabulary that came with the request, as ``own_keys`` packs them."""
        organization, mapping_id = mapping.organization_id, mapping.mapping_id
        fields = len(mapping.properties)
        content = mapping.model_dump_json(by_alias=True, ensure_ascii=True)
        row = row_values("succeeded", created_at, self._clock(), correlation_id, fields, fields)
        if len(content) <= PART * PARTS:
            row |= {f"Result{start // PART}": content[start : start + PART] for start in range(0, len(content), PART)}
        else:
            blob = blob_name(organization, mapping_id)
            await self._blobs.put(CONTAINER, blob, content.encode(), "application/json")
            row["Blob"] = blob
        await self._tables.put(TABLE, organization, mapping_id, row | keys_values(own_keys))

    async def keep_failure(
        self, organization: str, mapping_id: str, cause: Cause, state: State, created_at: datetime, correlation_id: str
    ) -> None:
        """Keep why a mapping failed after it started. Raises StorageUnavailable."""
        row = row_values(state, created_at, self._clock(), correlation_id, 0, 0) | cause_values(cause)
        await self._tables.put(TABLE, organization, mapping_id, row)

    async def get(self, organization: str, mapping_id: str) -> KeptMapping | None:
        """One mapping, None where there is none, where it was forgotten or is not kept any more.

        Raises StorageUnavailable."""
        row, kept = await self._read(organization, mapping_id)
        name = row.text("Blob") if row else None
        if kept is None or name is None:
            return kept
        blob = await self._blobs.get(CONTAINER, name)
        return replace(kept, result=blob.content) if blob else None

    async def state(self, organization: str, mapping_id: str) -> KeptMapping | None:
        """As ``get``, without a result that is in a blob. Raises StorageUnavailable."""
        return (await self._read(organization, mapping_id))[1]

    async def _read(self, organization: str, mapping_id: str) -> tuple[Row | None, KeptMapping | None]:
        row = await self._tables.get(TABLE, organization, mapping_id)
        kept = kept_from(organization, mapping_id, row) if row else None
        return row, kept if kept and kept.updated_at >= self._clock() - self._kept_for else None

    async def add_queued(
        self, organization: str, mapping_id: str, created_at: datetime, correlation_id: str, fields: int
    ) -> KeptMapping:
        """A mapping that a worker will make. Raises StorageUnavailable."""
        row = row_values("queued", created_at, self._clock(), correlation_id, fields, 0)
        await self._tables.put(TABLE, organization, mapping_id, row)
        return kept_from(organization, mapping_id, Row(row, ""))

    async def keep_result(self, mapping: Mapping) -> None:
        """The blob of queued work, once: the first result stands. Raises StorageUnavailable."""
        content = mapping.model_dump_json(by_alias=True, ensure_ascii=True).encode()
        name = blob_name(mapping.organization_id, mapping.mapping_id)
        await self._blobs.put(CONTAINER, name, content, "application/json", over="")

    async def result(self, organization: str, mapping_id: str) -> bytes | None:
        """The blob of queued work, None where there is none yet. Raises StorageUnavailable."""
        blob = await self._blobs.get(CONTAINER, blob_name(organization, mapping_id))
        return blob.content if blob else None

    async def end(self, organization: str, mapping_id: str) -> bool:
        """Cancel a mapping that is not finished, forget one that is; False where there was none.

        Its worker finds out at its next beat, within seconds. Raises StorageUnavailable."""
        while True:
            row, kept = await self._read(organization, mapping_id)
            if row is None or kept is None:
                return False
            if kept.state not in ("queued", "running"):
                await self.discard_work(organization, mapping_id)
                await self._tables.delete(TABLE, organization, mapping_id)
                return True
            values = row_values(
                "cancelled", kept.created_at, self._clock(), kept.correlation_id, kept.fields, kept.done
            )
            if await self._tables.put(TABLE, organization, mapping_id, values, etag=row.etag):
                await self.discard_work(organization, mapping_id)
                return True

    async def discard_checkpoints(self, organization: str, mapping_id: str) -> None:
        """The calls a mapping was made from: nobody will run it again. Raises StorageUnavailable."""
        await discard_checkpoints(self._blobs, organization, mapping_id)

    async def discard_work(self, organization: str, mapping_id: str) -> None:
        """All there is of a mapping but its row. Raises StorageUnavailable."""
        await self._blobs.delete(CONTAINER, blob_name(organization, mapping_id))
        await self.discard_checkpoints(organization, mapping_id)


def row_values(
    state: State, created_at: datetime, now: datetime, correlation_id: str, fields: int, done: int
) -> dict[str, Value]:
    """What every row of table Mappings holds."""
    return {
        "State": state,
        "CreatedAt": created_at,
        "UpdatedAt": now,
        "CorrelationId": correlation_id,
        "Fields": fields,
        "Done": done,
    }


def cause_values(cause: Cause) -> dict[str, Value]:
    setting: dict[str, Value] = {"ErrorSetting": cause.setting} if cause.setting else {}
    return {"ErrorCode": cause.code, "ErrorDetail": cause.detail, **setting}


def blob_name(organization: str, mapping_id: str) -> str:
    """The result's name in container ``mappings``."""
    return f"{organization}/{mapping_id}.json"


def keys_values(own_keys: str | None) -> dict[str, Value]:
    """The keys of a request's own vocabulary, for its row. More than some 30,000 keys are not kept."""
    if own_keys is None or len(own_keys) > PART * KEY_PARTS:
        return {}
    return {f"Keys{start // PART}": own_keys[start : start + PART] for start in range(0, len(own_keys), PART)}


def kept_from(organization: str, mapping_id: str, row: Row) -> KeptMapping:
    """A mapping as its row has it, without a result that is in a blob."""
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
        own_keys="".join(row.text(f"Keys{number}") or "" for number in range(KEY_PARTS)) or None,
    )
