"""What is told of prompts: a span for each, one for each of its tries, and their figures."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from shared.errors import DeploymentThrottled
from shared.telemetry import figures, names
from shared.telemetry.telemetry import Attributes, Span, name_of, span, tell

if TYPE_CHECKING:
    from shared.gateway.ports import ChatRequest, Completion
    from shared.gateway.records import AttemptRow, Caller

AZURE_OPENAI: Final = "azure.ai.openai"
_FINISHED: Final = frozenset(["stop", "length", "content_filter", "tool_calls", "function_call"])
_MODEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
"""A model is named by whatever answers: only what looks like a name is told."""


class Sent:
    """One HTTP request to a deployment, while it runs."""

    def __init__(self, noted: Span, common: Attributes) -> None:
        self._noted = noted
        self._common = dict(common)
        self._started = time.perf_counter()

    def answered(self, completion: Completion, cost: Decimal | None, currency: str) -> None:
        counted = completion.prompt_tokens > 0
        self._common[names.RESPONSE_MODEL] = model = completion.model if _MODEL.fullmatch(completion.model) else None
        reason = completion.finish_reason if completion.finish_reason in _FINISHED else "other"
        self._noted.set(
            {
                names.RESPONSE_MODEL: model,
                names.FINISH_REASONS: (reason,),
                names.INPUT_TOKENS: completion.prompt_tokens if counted else None,
                names.OUTPUT_TOKENS: completion.completion_tokens if counted else None,
                names.CACHED_TOKENS: completion.cached_tokens if counted else None,
                names.COST: None if cost is None else float(cost),
                names.CURRENCY: None if cost is None else currency,
            }
        )
        if counted:
            tell(figures.TOKENS, completion.prompt_tokens, {**self._common, names.TOKEN_TYPE: "input"})
            tell(figures.TOKENS, completion.completion_tokens, {**self._common, names.TOKEN_TYPE: "output"})
        if cost is not None:
            tell(figures.COST, float(cost), {**self._common, names.CURRENCY: currency})

    def ended(self, error: str | None) -> None:
        tell(figures.DURATION, time.perf_counter() - self._started, {**self._common, names.ERROR: error})


@contextlib.contextmanager
def asking(caller: Caller, prompt_name: str) -> Iterator[Span]:
    """Around one prompt and all its tries."""
    common: Attributes = {
        names.ORGANIZATION: caller.organization,
        names.FEATURE: caller.history_feature,
        names.PROMPT: prompt_name,
        names.BACKGROUND: caller.background,
    }
    ids: Attributes = {names.CORRELATION: caller.correlation_id, names.MAPPING: caller.mapping_id}
    error: str | None = None
    with span(f"ask {prompt_name}", {**common, **ids}) as noted:
        try:
            yield noted
        except BaseException as failed:
            error = name_of(failed)
            raise
        finally:
            tell(figures.PROMPTS, 1, {**common, names.ERROR: error})


@contextlib.contextmanager
def waiting(caller: Caller, deployment_name: str) -> Iterator[None]:
    """Around a try's waiting for its turn."""
    common: Attributes = {
        names.ORGANIZATION: caller.organization,
        names.REQUEST_MODEL: deployment_name,
        names.BACKGROUND: caller.background,
    }
    started = time.perf_counter()
    try:
        yield
    except DeploymentThrottled:
        tell(figures.THROTTLED, 1, {**common, names.REFUSED_BY: "gate"})
        raise
    tell(figures.TURN_WAIT, time.perf_counter() - started, common)


@contextlib.contextmanager
def sending(request: ChatRequest, row: AttemptRow) -> Iterator[Sent]:
    """Around one HTTP request to a deployment."""
    operation, place = "embeddings" if request.embeds else "chat", urlsplit(request.deployment.base_url)
    common: Attributes = {
        names.OPERATION: operation,
        names.PROVIDER: AZURE_OPENAI,
        names.REQUEST_MODEL: request.deployment.name,
        names.SERVER: place.hostname,
        names.PORT: place.port or (443 if place.scheme == "https" else 80),
        names.ORGANIZATION: row.organization,
        names.FEATURE: row.feature,
    }
    own: Attributes = {
        names.ATTEMPT: row.attempt_id,
        names.CORRELATION: row.correlation_id,
        names.MAPPING: row.mapping_id,
        names.PROMPT: row.prompt_name,
        names.OUTPUT_TYPE: "json" if request.response_format else None,
        names.MAX_TOKENS: _budget(request),
    }
    error: str | None = None
    with span(f"{operation} {request.deployment.name}", {**common, **own}, kind="client") as noted:
        sent = Sent(noted, common)
        try:
            yield sent
        except BaseException as failed:
            error = name_of(failed)
            if error == DeploymentThrottled.code:
                tell(figures.THROTTLED, 1, {**common, names.REFUSED_BY: "deployment"})
            raise
        finally:
            sent.ended(error)


def _budget(request: ChatRequest) -> int | None:
    given = request.parameters.get("max_completion_tokens", request.parameters.get("max_tokens"))
    return given if isinstance(given, int) else None
