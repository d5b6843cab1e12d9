"""What prompts took, as it is answered."""

from __future__ import annotations

from shared.gateway.records import Usage
from shared.mapping.models import UsageOut


def usage_out(usage: Usage, currency: str) -> UsageOut:
    """``cost`` is null where a part has no price, never 0."""
    return UsageOut(
        prompts=usage.prompts,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        cost=None if usage.cost is None else float(usage.cost),
        currency=currency,
    )
