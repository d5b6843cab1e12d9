"""The figures the app tells: each has one name, unit and kind, and is told in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_LONG_SECONDS: Final = (1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400)
_TOKENS: Final = tuple(4**power for power in range(14))


@dataclass(frozen=True)
class Figure:
    name: str
    kind: Literal["count", "spread", "level"]
    """A sum that grows; how values are spread; the last value."""
    unit: str
    """As OpenTelemetry writes units (UCUM)."""
    description: str
    bounds: tuple[float, ...] = ()
    """Of a spread: the upper bounds of its buckets."""


DURATION: Final = Figure("gen_ai.client.operation.duration", "spread", "s", "One try of one prompt", _SECONDS)
TOKENS: Final = Figure("gen_ai.client.token.usage", "spread", "{token}", "Tokens of one try", _TOKENS)
"""Names, units and bounds of these two are OpenTelemetry's."""
PROMPTS: Final = Figure("cluedin.prompts", "count", "{prompt}", "Prompts, by how they ended after all their tries")
"""Those answered from a checkpoint among them: their tries were told when they were sent."""
COST: Final = Figure("cluedin.cost", "count", "{currency}", "What tries cost, of those with a price")
THROTTLED: Final = Figure("cluedin.throttled", "count", "{refusal}", "Tries that a deployment's quota had no room for")
TURN_WAIT: Final = Figure("cluedin.turn.wait", "spread", "s", "How long a try waited for its turn", _SECONDS)
QUEUE_WAIT: Final = Figure(
    "cluedin.queue.wait", "spread", "s", "How long a message lay in its queue, its delay included", _LONG_SECONDS
)
QUEUE_DEPTH: Final = Figure("cluedin.queue.depth", "level", "{message}", "Messages in a queue, about")
OUTBOX_AGE: Final = Figure(
    "cluedin.history.outbox.age",
    "spread",
    "s",
    "Age of a message's oldest history row, when drained",
    _LONG_SECONDS,
)
FAILURES: Final = Figure("cluedin.failures", "count", "{failure}", "Work that failed for good")

FIGURES: Final = (
    DURATION,
    TOKENS,
    PROMPTS,
    COST,
    THROTTLED,
    TURN_WAIT,
    QUEUE_WAIT,
    QUEUE_DEPTH,
    OUTBOX_AGE,
    FAILURES,
)
