"""Everything that can go wrong, as one tree. ``functions/problems.py`` alone knows their status codes.

ProductError                     code, detail (safe to show), setting, retry_after, violations
├── InvalidInput                 the caller must change the request
│   ├── InvalidRequest           invalid_request
│   ├── InvalidOrganization      invalid_organization
│   ├── NotFound                 not_found
│   ├── TooLarge                 too_large
│   ├── UnsupportedMediaType     unsupported_media_type
│   ├── IdempotencyConflict      idempotency_conflict
│   ├── NotReplayable            not_replayable (a failure of which nothing is left to try again)
│   ├── NotReviewable            not_reviewable (a mapping without a result)
│   └── PromptInvalid            prompt_invalid (a prompt template without inputs or outputs, or that may not be sent)
├── RuleError                    a rule that cannot be offered, or run
│   ├── RuleUnusable             rule_unusable (with the draft and the reason)
│   └── RuleTimeout              rule_timeout
├── NotPermitted                 an administrator must allow it
│   ├── FeatureDisabled          feature_disabled
│   ├── AdminDisabled            admin_disabled
│   ├── AdminRequired            admin_required
│   ├── ErasureDisabled          erasure_disabled (no database role that may erase)
│   └── SettingsMissing          settings_missing
├── AnswerError                  the deployment answered, and the answer cannot be used: decided without the model
│   ├── ContentFiltered          content_filtered
│   ├── AnswerRefused            unusable_answer (the model refused)
│   ├── AnswerCutOff             unusable_answer (finish reason "length")
│   ├── ContextTooLong           unusable_answer (the prompt must be split)
│   └── UnusableAnswer           unusable_answer (not the JSON that was asked for)
├── DeploymentError              transport, sign-in or quota: fails an HTTP request, queued work waits
│   ├── DeploymentThrottled      deployment_throttled
│   ├── DeploymentUnauthorized   deployment_unauthorized
│   ├── DeploymentForbidden      deployment_forbidden
│   ├── DeploymentNotFound       deployment_not_found
│   ├── DeploymentRejected       unusable_answer (a 400 nothing else explains)
│   ├── DeploymentUnavailable    deployment_unavailable
│   └── DeploymentTimeout        deployment_timeout
└── DependencyUnavailable        one of ours is away: try again
    ├── FlagsUnavailable         flags_unavailable
    ├── HistoryUnavailable       history_unavailable
    ├── SettingsUnavailable      deployment_unavailable (Key Vault cannot be read)
    ├── StorageUnavailable       deployment_unavailable (the storage account cannot be reached)
    └── CallbackUndelivered      callback_undelivered (its receiver did not take it; never over HTTP)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pydantic import JsonValue

    from shared.gateway.records import Usage


@dataclass(frozen=True)
class Violation:
    """One offending member of a request: a JSON pointer (RFC 6901) and what is wrong with it."""

    pointer: str
    message: str


class ProductError(Exception):
    """Base of all expected failures. ``detail`` is shown to the caller: never a secret, a row or a stack."""

    code: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        setting: str | None = None,
        retry_after: float | None = None,
        violations: tuple[Violation, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.setting = setting
        """The name of the setting to fix, where one is to blame: apiKey, baseUrl, resourceKey, deploymentName or
        embeddingDeploymentName."""
        self.retry_after = retry_after
        """Seconds after which a retry makes sense."""
        self.violations = violations
        self.attempt_ids: tuple[str, ...] = ()
        """Attempts made on the way, set by the gateway."""
        self.usage: Usage | None = None
        """What those attempts used, set by the gateway: a cut-off answer is billed too."""


class InvalidInput(ProductError):
    pass


class InvalidRequest(InvalidInput):
    code = "invalid_request"


class InvalidOrganization(InvalidInput):
    code = "invalid_organization"


class NotFound(InvalidInput):
    code = "not_found"


class TooLarge(InvalidInput):
    code = "too_large"


class UnsupportedMediaType(InvalidInput):
    code = "unsupported_media_type"


class IdempotencyConflict(InvalidInput):
    code = "idempotency_conflict"


class NotReplayable(InvalidInput):
    code = "not_replayable"


class NotReviewable(InvalidInput):
    code = "not_reviewable"


class PromptInvalid(InvalidInput):
    code = "prompt_invalid"


class RuleError(ProductError):
    pass


class RuleUnusable(RuleError):
    code = "rule_unusable"

    def __init__(self, detail: str, *, draft: Mapping[str, JsonValue] | None = None, reason: str = "") -> None:
        super().__init__(detail)
        self.draft = draft or {}
        """What the model wrote, as it was understood."""
        self.reason = reason


class RuleTimeout(RuleError):
    code = "rule_timeout"


class NotPermitted(ProductError):
    pass


class FeatureDisabled(NotPermitted):
    code = "feature_disabled"


class AdminDisabled(NotPermitted):
    code = "admin_disabled"


class AdminRequired(NotPermitted):
    code = "admin_required"


class ErasureDisabled(NotPermitted):
    code = "erasure_disabled"


class SettingsMissing(NotPermitted):
    code = "settings_missing"


class AnswerError(ProductError):
    code = "unusable_answer"


class ContentFiltered(AnswerError):
    code = "content_filtered"


class AnswerRefused(AnswerError):
    pass


class AnswerCutOff(AnswerError):
    def __init__(self, detail: str, *, setting: str | None = None, text: str = "") -> None:
        super().__init__(detail, setting=setting)
        self.text = text
        """The answer as far as it came. Never shown."""


class ContextTooLong(AnswerError):
    pass


class UnusableAnswer(AnswerError):
    pass


class DeploymentError(ProductError):
    pass


class DeploymentThrottled(DeploymentError):
    code = "deployment_throttled"


class DeploymentUnauthorized(DeploymentError):
    code = "deployment_unauthorized"


class DeploymentForbidden(DeploymentError):
    code = "deployment_forbidden"


class DeploymentNotFound(DeploymentError):
    code = "deployment_not_found"


class DeploymentRejected(DeploymentError):
    code = "unusable_answer"


class DeploymentUnavailable(DeploymentError):
    code = "deployment_unavailable"


class DeploymentTimeout(DeploymentError):
    code = "deployment_timeout"


class DependencyUnavailable(ProductError):
    pass


class FlagsUnavailable(DependencyUnavailable):
    code = "flags_unavailable"


class HistoryUnavailable(DependencyUnavailable):
    code = "history_unavailable"


class SettingsUnavailable(DependencyUnavailable):
    code = "deployment_unavailable"


class StorageUnavailable(DependencyUnavailable):
    code = "deployment_unavailable"


class CallbackUndelivered(DependencyUnavailable):
    code = "callback_undelivered"
