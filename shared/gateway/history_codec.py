"""History rows as JSON, for the outbox queue: ``{"version": 1, "rows": [{"kind": "attempt" | "outcome", …}]}``.

Times are ISO 8601 with a zone, amounts are text. Rows outlive deployments of the app: a new column gets a default here,
a changed meaning a new version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal, InvalidOperation

from shared.gateway.records import AttemptRow, HistoryRow, OutcomeRow, Status

VERSION = 1
_KINDS: dict[str, Callable[..., HistoryRow]] = {"attempt": AttemptRow, "outcome": OutcomeRow}
_MEMBERS = {
    kind: {field.name for field in fields(row)} for kind, row in (("attempt", AttemptRow), ("outcome", OutcomeRow))
}
_TIMES = frozenset(["created_at", "finished_at"])
_COUNTS = frozenset(["try_number", "latency_ms", "prompt_tokens", "completion_tokens", "cached_tokens"])


class UnreadableRows(Exception):
    """A message that will never become rows. The text names the fault, never a value."""


def encode(rows: Sequence[HistoryRow]) -> dict[str, object]:
    return {"version": VERSION, "rows": [_encode(row) for row in rows]}


def decode(message: Mapping[str, object]) -> list[HistoryRow]:
    """Raises UnreadableRows for another version, a missing member or a value of the wrong type."""
    if message.get("version") != VERSION:
        raise UnreadableRows("unknown version")
    rows = message.get("rows")
    if not isinstance(rows, list):
        raise UnreadableRows("rows is not a list")
    try:
        return [_decode(row) for row in rows]
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise UnreadableRows(f"a row cannot be read: {type(error).__name__}") from error


def _encode(row: HistoryRow) -> dict[str, object]:
    kind = "attempt" if isinstance(row, AttemptRow) else "outcome"
    return {"kind": kind} | {name: _plain(value) for name, value in vars(row).items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, Status)) else value


def _decode(row: Mapping[str, object]) -> HistoryRow:
    kind = str(row["kind"])
    values = {name: _typed(name, value) for name, value in row.items() if name in _MEMBERS[kind]}
    return _KINDS[kind](**values)


def _typed(name: str, value: object) -> object:
    if value is None:
        return None
    if name in _COUNTS:
        return _count(value)
    if not isinstance(value, str):
        raise TypeError(name)
    if name in _TIMES:
        return datetime.fromisoformat(value)
    if name == "cost":
        return Decimal(value)
    return Status(value) if name == "status" else value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a count is no number")
    return value
