"""What an answer other than 200 means: what to do next, what the history says, what the caller is told.

One row per row of the error table in Microsoft's documentation. The service's own text is never passed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from shared.errors import (
    ContentFiltered,
    ContextTooLong,
    DeploymentForbidden,
    DeploymentNotFound,
    DeploymentRejected,
    DeploymentThrottled,
    DeploymentTimeout,
    DeploymentUnauthorized,
    DeploymentUnavailable,
    ProductError,
)
from shared.gateway.pauses import LONGEST, told_wait
from shared.gateway.ports import ChatError, Deployment
from shared.gateway.records import Status

ADDRESS_REFUSED = "address_refused"
NAME_NOT_FOUND = "name_not_found"
TLS_FAILED = "tls_failed"
NOT_JSON = "not_json"
TOO_LARGE = "too_large"
"""Codes of our own, given by the adapter where the service gave no answer, or none that can be read."""


class Next(Enum):
    OTHER_KEY = auto()
    """Try the other key, then Key Vault."""
    SETTINGS = auto()
    """Ask Key Vault whether the settings have changed; if not, stop."""
    SETTINGS_THEN_AGAIN = auto()
    """Ask Key Vault; if nothing changed, retry with backoff."""
    PAUSE = auto()
    """Wait as told, with all other prompts for this deployment."""
    AGAIN = auto()
    """Retry with backoff."""
    STOP = auto()


@dataclass(frozen=True)
class Verdict:
    next: Next
    status: Status
    error: ProductError


def classify(error: ChatError, deployment: Deployment, host: str) -> Verdict:
    """The error in the verdict is new: it may be raised and noted on."""
    if error.status is None:
        return _no_answer(error, host)
    if error.status == 400 or error.status in (413, 422):
        return _bad_request(error)
    if error.status == 401:
        detail = f"{host} refuses both apiKey and resourceKey: they are wrong, or of another resource than baseUrl"
        return Verdict(Next.OTHER_KEY, Status.UNAUTHORIZED, DeploymentUnauthorized(detail, setting="apiKey"))
    if error.status == 403:
        detail = f"{host} refuses this app: by its firewall or private endpoint, or because the resource is suspended"
        return Verdict(Next.SETTINGS, Status.FAILED, DeploymentForbidden(detail, setting="baseUrl"))
    if error.status == 404:
        return Verdict(Next.SETTINGS, Status.FAILED, _not_found(error, deployment, host))
    if error.status == 429:
        wait = min(told_wait(error.headers) or 1.0, LONGEST)
        throttled = DeploymentThrottled(f"The deployment {deployment.name} is at its limit", retry_after=wait)
        return Verdict(Next.PAUSE, Status.THROTTLED, throttled)
    if error.status == 408:
        timeout = DeploymentTimeout(f"The deployment {deployment.name} did not answer in time")
        return Verdict(Next.AGAIN, Status.TIMED_OUT, timeout)
    if error.status == 409 or error.status >= 500:
        away = DeploymentUnavailable(f"{host} cannot answer now (status {error.status})", retry_after=10)
        return Verdict(Next.AGAIN, Status.FAILED, away)
    return _odd(error, host)


def _no_answer(error: ChatError, host: str) -> Verdict:
    if error.code == ADDRESS_REFUSED:
        detail = f"{host} resolves to an address that may not be sent to"
        return Verdict(Next.SETTINGS, Status.FAILED, DeploymentForbidden(detail, setting="baseUrl"))
    details = {
        NAME_NOT_FOUND: f"The name {host} in baseUrl cannot be resolved",
        TLS_FAILED: f"No secure connection to {host} can be made: its certificate is not trusted",
    }
    detail = details.get(error.code or "", f"{host} cannot be reached, or it closed the connection")
    away = DeploymentUnavailable(detail, setting="baseUrl", retry_after=10)
    return Verdict(Next.SETTINGS_THEN_AGAIN, Status.FAILED, away)


def _bad_request(error: ChatError) -> Verdict:
    if error.code in ("content_filter", "ResponsibleAIPolicyViolation"):
        detail = "The deployment's content filter refused the prompt"
        return Verdict(Next.STOP, Status.FILTERED, ContentFiltered(detail))
    if _too_long(error):
        detail = "The prompt is longer than the deployment's model can take"
        return Verdict(Next.STOP, Status.FAILED, ContextTooLong(detail, setting="deploymentName"))
    detail = f"The deployment rejects the request (status {error.status}); another model may accept it"
    return Verdict(Next.STOP, Status.FAILED, DeploymentRejected(detail, setting="deploymentName"))


def _too_long(error: ChatError) -> bool:
    if error.status == 413 or error.code == "context_length_exceeded":
        return True
    hint = error.body_hint.lower()
    return error.status == 400 and any(
        words in hint for words in ("maximum context length", "context size", "context window", "context_length")
    )


def _not_found(error: ChatError, deployment: Deployment, host: str) -> DeploymentNotFound:
    named = (error.code or "") in ("DeploymentNotFound", "model_not_found", "DeploymentModelNotFound")
    if named or "deployment" in error.body_hint.lower() or "model" in error.body_hint.lower():
        detail = f"{host} has no deployment {deployment.name}; one made less than five minutes ago may not be found yet"
        return DeploymentNotFound(detail, setting="deploymentName")
    return DeploymentNotFound(f"Nothing answers at the address in baseUrl on {host}", setting="baseUrl")


def _odd(error: ChatError, host: str) -> Verdict:
    if error.status is not None and 300 <= error.status < 400:
        detail = f"{host} answers with a redirect, which is not followed: baseUrl must name the resource itself"
        return Verdict(Next.STOP, Status.FAILED, DeploymentForbidden(detail, setting="baseUrl"))
    detail = f"What answers at {host} is not an Azure OpenAI deployment (status {error.status})"
    return Verdict(Next.STOP, Status.FAILED, DeploymentRejected(detail, setting="baseUrl"))
