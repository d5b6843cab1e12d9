"""A failure, and how it lies in a row of table ``Failures``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast

from shared.storage import Row, Value

LONGEST_DETAIL: Final = 1_000

Kind = Literal["drop", "mapping", "values", "history", "callback", "message", "index"]


@dataclass(frozen=True)
class Failure:
    """One piece of work that will not succeed by trying again as it is."""

    key: str
    """What failed, the same however often it is recorded: a mapping's id, a hash of the message."""
    kind: Kind
    queue: str
    """Where a replay puts the message."""
    organization: str
    code: str
    detail: str
    """One sentence that may be shown."""
    attempts: int = 1
    mapping_id: str | None = None


@dataclass(frozen=True)
class KeptFailure:
    id: str
    failure: Failure
    failed_at: datetime
    replayable: bool
    replayed_at: datetime | None


def short_hash(text: str) -> str:
    """32 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def row_of(failure: Failure, failed_at: datetime) -> dict[str, Value]:
    """Without State, which says what a replay may do: ``open``, ``replaying``, ``replayed``; none, where it may not."""
    row: dict[str, Value] = {
        "Key": short_hash(failure.key),
        "Kind": failure.kind,
        "Queue": failure.queue,
        "Code": failure.code,
        "Detail": _storable(failure.detail),
        "Attempts": failure.attempts,
        "FailedAt": failed_at,
    }
    return row | ({"MappingId": failure.mapping_id} if failure.mapping_id else {})


def _storable(text: str) -> str:
    """A lone surrogate, which UTF-8 has no place for, becomes a question mark."""
    return text[:LONGEST_DETAIL].encode("utf-8", "replace").decode()


def kept_from(organization: str, failure_id: str, row: Row) -> KeptFailure:
    """A failure as its row has it."""
    failure = Failure(
        key=row.text("Key") or "",
        kind=cast(Kind, row.text("Kind") or "message"),
        queue=row.text("Queue") or "",
        organization=organization,
        code=row.text("Code") or "internal_error",
        detail=row.text("Detail") or "",
        attempts=row.number("Attempts"),
        mapping_id=row.text("MappingId"),
    )
    state = row.text("State")
    return KeptFailure(
        id=failure_id,
        failure=failure,
        failed_at=row.time("FailedAt") or datetime.fromtimestamp(0, UTC),
        replayable=state in ("open", "replaying"),
        replayed_at=row.time("ReplayedAt") if state == "replayed" else None,
    )


def log_fields(failure: Failure) -> dict[str, object]:
    """What the log says of it."""
    return {
        "organization": failure.organization,
        "queue": failure.queue,
        "code": failure.code,
        "detail": _storable(failure.detail),
        "attempts": failure.attempts,
        "mappingId": failure.mapping_id,
    }
