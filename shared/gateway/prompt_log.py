"""The prompt history as it is read: what is asked for, what is answered. Times are aware and UTC."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shared.errors import InvalidRequest, Violation
from shared.gateway.records import Message, Status

PENDING_FOR = timedelta(minutes=10)
"""An attempt without an outcome is pending for this long, then unknown: possibly billed."""
_TOKEN_VERSION = 1
_LONGEST_TOKEN = 512


@dataclass(frozen=True)
class PromptQuery:
    """Filters of one organization's history; None filters nothing."""

    organization: str
    feature: str | None = None
    status: Status | None = None
    since: datetime | None = None
    """``from``, inclusive."""
    until: datetime | None = None
    """``to``, exclusive."""
    correlation_id: str | None = None
    mapping_id: str | None = None
    top: int = 50
    continuation: str | None = None


@dataclass(frozen=True)
class PromptItem:
    attempt_id: str
    created_at: datetime
    feature: str
    status: Status
    deployment: str
    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    cost: Decimal | None
    currency: str | None
    latency_ms: int | None
    correlation_id: str
    mapping_id: str | None


@dataclass(frozen=True)
class PromptPage:
    items: tuple[PromptItem, ...]
    """Newest first."""
    continuation: str | None


@dataclass(frozen=True)
class PromptError:
    code: str
    detail: str


@dataclass(frozen=True)
class PromptTry:
    """One try of the same prompt."""

    attempt_id: str
    try_number: int
    created_at: datetime
    status: Status
    error_code: str | None
    latency_ms: int | None


@dataclass(frozen=True)
class PromptDetail:
    item: PromptItem
    prompt_id: str
    try_number: int
    prompt_name: str
    host: str
    finished_at: datetime | None
    messages: tuple[Message, ...] | None
    """None where ``erased``."""
    response: str | None
    erased: bool
    """Prompt and answer were erased; counts and times stay."""
    finish_reason: str | None
    error: PromptError | None
    tries: tuple[PromptTry, ...]
    """All tries of this prompt, oldest first, this one among them."""


def continue_after(item: PromptItem) -> str:
    """A token for the page after this item. It says where to go on and nothing else, so it need not be secret."""
    place = [_TOKEN_VERSION, item.created_at.astimezone(UTC).isoformat(), item.attempt_id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def position(token: str) -> tuple[datetime, str]:
    """The place a token names. Raises InvalidRequest for anything this module did not write."""
    try:
        if len(token) > _LONGEST_TOKEN:
            raise ValueError("too long")
        padded = token + "=" * (-len(token) % 4)
        version, created_at, attempt_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        moment = datetime.fromisoformat(created_at)
        if version != _TOKEN_VERSION or moment.tzinfo is None or not isinstance(attempt_id, str):
            raise ValueError("not ours")
        return moment.astimezone(UTC), attempt_id.encode().decode()
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        wrong = Violation("/continuationToken", "is not a token this service gave")
        raise InvalidRequest("The continuation token cannot be read.", violations=(wrong,)) from error
