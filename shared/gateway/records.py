"""What the gateway is asked, what it answers and what it writes down. Plain data, no behaviour."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from shared.gateway.ports import Checkpoints

Answer = TypeVar("Answer")


class Feature(StrEnum):
    """A feature flag's name (table FeatureFlags, RowKey)."""

    AI_MAPPING = "AiMapping"
    RULE_ENGINE = "RuleEngine"
    COPILOT = "Copilot"


class Status(StrEnum):
    """How an attempt ended. ``pending`` and ``unknown`` are never written: they are read from a missing outcome."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    THROTTLED = "throttled"
    UNAUTHORIZED = "unauthorized"
    FILTERED = "filtered"
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Caller:
    """On whose behalf a prompt is sent."""

    organization: str
    features: tuple[Feature, ...]
    """Any one of these flags must be on."""
    history_feature: str
    """What the history says: the feature's name, or ``Verify``."""
    correlation_id: str
    deadline: float
    """time.monotonic() after which nobody waits for the answer."""
    mapping_id: str | None = None
    checkpoints: Checkpoints | None = None
    """For queued work: finished calls of an earlier run are answered from here, and not sent again."""
    background: bool = False
    """Nobody waits for it: a share of the quota is left to those who wait."""
    longest_wait: float = math.inf
    """Seconds to wait for a turn at the deployment: who waits in a queue instead leaves the worker to others."""


@dataclass(frozen=True)
class Prompt(Generic[Answer]):
    """One question. The fixed part of ``messages`` comes first, so that a deployment can cache it."""

    name: str
    """The prompt text's name and version, e.g. ``map-fields-v1``."""
    messages: tuple[Message, ...]
    schema: Mapping[str, object]
    """A strict JSON schema (all properties required, no additional ones, root an object)."""
    parse: Callable[[object], Answer]
    """Decoded JSON → answer. Raises ValueError when the answer cannot be used at all."""
    max_output_tokens: int


@dataclass(frozen=True)
class Usage:
    """Tokens of one or more attempts. ``cost`` is None as soon as one part has no price."""

    prompts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: Decimal | None = Decimal(0)

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompts + other.prompts,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
        )


@dataclass(frozen=True)
class Reply(Generic[Answer]):
    value: Answer
    attempt_ids: tuple[str, ...]
    """Every try that was sent for this prompt, the successful one last."""
    model: str
    usage: Usage
    """Summed over the tries."""
    checkpointed: bool = field(default=False, compare=False)
    """An earlier run's answer: nothing was sent now."""


@dataclass(frozen=True)
class AttemptRow:
    """Written before a prompt is sent. ``attempt_id`` is ``{prompt_id}-{try_number}``."""

    attempt_id: str
    prompt_id: str
    try_number: int
    organization: str
    feature: str
    prompt_name: str
    deployment: str
    host: str
    correlation_id: str
    mapping_id: str | None
    created_at: datetime
    app_version: str
    messages: str
    """JSON list of {role, content}: the body, which can be erased."""


@dataclass(frozen=True)
class OutcomeRow:
    """Written after the answer, whatever it was."""

    attempt_id: str
    organization: str
    status: Status
    finished_at: datetime
    latency_ms: int
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    cost: Decimal | None = None
    currency: str | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    error_detail: str | None = None
    """One sentence of ours. Never the service's text, which may repeat the prompt or a key."""
    response: str | None = None
    """The answer's text: the body, which can be erased."""


HistoryRow = AttemptRow | OutcomeRow
