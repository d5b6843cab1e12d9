"""Which prompts and answers are to be erased. Their counts, times and costs stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Erasure:
    """Of one organization; every condition that is given must hold. None at all: everything of the organization."""

    organization: str
    attempt_id: str | None = None
    mapping_id: str | None = None
    before: datetime | None = None
    """Sent earlier than this."""
