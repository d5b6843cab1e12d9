"""Errors on the wire: RFC 9457 problems, and the only table of their status codes."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Final

from pydantic import BaseModel, Field, JsonValue

from shared.errors import ProductError, RuleUnusable
from shared.mapping.models import AnswerModel

STATUS: Final[dict[str, int]] = {
    "invalid_request": 400,
    "invalid_organization": 400,
    "feature_disabled": 403,
    "admin_disabled": 403,
    "admin_required": 403,
    "erasure_disabled": 403,
    "not_found": 404,
    "settings_missing": 409,
    "idempotency_conflict": 409,
    "not_replayable": 409,
    "not_reviewable": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "content_filtered": 422,
    "rule_unusable": 422,
    "rule_timeout": 422,
    "prompt_invalid": 422,
    "deployment_throttled": 429,
    "internal_error": 500,
    "configuration_error": 500,
    "deployment_unauthorized": 502,
    "deployment_not_found": 502,
    "deployment_forbidden": 502,
    "unusable_answer": 502,
    "deployment_unavailable": 503,
    "history_unavailable": 503,
    "flags_unavailable": 503,
    "callback_undelivered": 503,
    "deployment_timeout": 504,
}
"""Code → status, as in the product's interface; 500 is ours alone: a defect, or a setting of the app."""

TITLES: Final[dict[str, str]] = {code: code.replace("_", " ").capitalize() for code in STATUS}
WAITS: Final = frozenset({429, 503})
"""Statuses that always say when to come back."""
WAIT_SECONDS: Final = 5
UNEXPECTED: Final = "Something went wrong on our side. The log tells more under this correlation id."
MISCONFIGURED: Final = "The app is not configured completely. The log names the setting under this correlation id."


class Fault(AnswerModel):
    """One offending member: a JSON pointer (RFC 6901) into the body, or /NAME of a query parameter or header."""

    pointer: str
    message: str


class Problem(AnswerModel):
    """application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    correlation_id: str
    setting: str | None = Field(default=None, description="The setting to fix: apiKey, baseUrl, resourceKey or …")
    errors: list[Fault] | None = Field(default=None, description="For invalid input: what is wrong where")
    draft: dict[str, JsonValue] | None = Field(default=None, description="rule_unusable: what the model wrote")
    reason: str | None = Field(default=None, description="rule_unusable: why it cannot be used")


def describe(error: ProductError, correlation_id: str) -> Problem:
    """An expected failure as a problem."""
    errors = [Fault(pointer=v.pointer, message=v.message) for v in error.violations] or None
    made = problem(error.code, error.detail, correlation_id, setting=error.setting, errors=errors)
    if isinstance(error, RuleUnusable):
        return made.model_copy(update={"draft": dict(error.draft), "reason": error.reason})
    return made


def problem(
    code: str, detail: str, correlation_id: str, *, setting: str | None = None, errors: list[Fault] | None = None
) -> Problem:
    """A problem by its code."""
    return Problem(
        type=f"urn:cluedin-ai:problem:{code.replace('_', '-')}",
        title=TITLES.get(code, HTTPStatus(STATUS.get(code, 500)).phrase),
        status=STATUS.get(code, 500),
        detail=detail,
        code=code,
        correlation_id=correlation_id,
        setting=setting,
        errors=errors,
    )


def retry_after(status: int, seconds: float | None) -> str | None:
    """The Retry-After header: whole seconds, at least 1; None where there is nothing to wait for."""
    if seconds is None:
        return str(WAIT_SECONDS) if status in WAITS else None
    return str(max(1, math.ceil(min(seconds, 86_400))))


def to_json(model: BaseModel) -> bytes:
    """A problem's or another answer's JSON. Members of a problem that say nothing are left out."""
    return model.model_dump_json(by_alias=True, exclude_none=isinstance(model, Problem)).encode()
