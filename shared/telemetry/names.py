"""Names of attributes of spans and figures: OpenTelemetry's where it has one, else ours, which begin with ``cluedin.``.

OpenTelemetry's are those of its semantic conventions 1.41.1, the last release that holds those of generative AI
(``gen_ai.*``); docs/decisions/0014-telemetry.md says why. No attribute holds what somebody typed or a model answered.
"""

from __future__ import annotations

from typing import Final

ERROR: Final = "error.type"
"""Our code (``deployment_throttled``), or an exception's name."""
SERVER: Final = "server.address"
PORT: Final = "server.port"
STATUS: Final = "http.response.status_code"

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
"""The deployment's name: what Azure OpenAI is asked for as ``model``."""
RESPONSE_MODEL: Final = "gen_ai.response.model"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
OUTPUT_TYPE: Final = "gen_ai.output.type"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105 - no secret

DATABASE: Final = "db.system.name"
TABLE: Final = "db.collection.name"
STATEMENT: Final = "db.operation.name"

MESSAGING: Final = "messaging.system"
QUEUE: Final = "messaging.destination.name"
PROCESS: Final = "messaging.operation.type"

CODE: Final = "cluedin.error.code"
"""On spans the same as ERROR, which Application Insights leaves out of what it keeps of them."""
ORGANIZATION: Final = "cluedin.organization.id"
CORRELATION: Final = "cluedin.correlation.id"
MAPPING: Final = "cluedin.mapping.id"
"""Of a mapping or a value job."""
ATTEMPT: Final = "cluedin.attempt.id"
FEATURE: Final = "cluedin.feature"
PROMPT: Final = "cluedin.prompt.name"
"""Name and version of the prompt's text: ``map-fields-v2``."""
TRIES: Final = "cluedin.prompt.tries"
CHECKPOINTED: Final = "cluedin.prompt.checkpointed"
"""An earlier run's answer: nothing was sent."""
WAITED: Final = "cluedin.turn.waited"
"""Seconds."""
BACKGROUND: Final = "cluedin.background"
"""Whether it leaves a share of the quota to those who wait."""
COST: Final = "cluedin.cost.amount"
CURRENCY: Final = "cluedin.currency"
REFUSED_BY: Final = "cluedin.throttled.by"
"""``deployment``: it answered 429; ``gate``: it would have, so nothing was sent."""
KEPT_IN: Final = "cluedin.history.kept_in"
"""``sql`` or ``outbox``."""
QUEUE_NAME: Final = "cluedin.queue"
DELIVERIES: Final = "cluedin.delivery.attempts"
OUTCOME: Final = "cluedin.delivery.outcome"
"""``handled``, ``put_back``, ``later`` or ``buried``."""
KIND: Final = "cluedin.failure.kind"
