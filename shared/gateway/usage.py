"""What an organization's prompts used and cost, added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Part = Literal["day", "feature", "deployment"]


@dataclass(frozen=True)
class UsageQuery:
    organization: str
    since: datetime
    """Inclusive, by when a prompt was sent."""
    until: datetime
    """Exclusive."""
    by: tuple[Part, ...]
    """Empty: all in one."""
    currency: str
    """Costs in another count as unpriced: amounts of two currencies cannot be added."""


@dataclass(frozen=True)
class UsageItem:
    """``cost`` of those that have one, None where none has. Parts that were not asked for are None."""

    day: date | None
    feature: str | None
    deployment: str | None
    prompts: int
    """Each try that was sent."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost: Decimal | None
    unpriced: int
    """Billed, or perhaps billed, at a price that nobody knows: without a price for the model, or without an outcome."""
