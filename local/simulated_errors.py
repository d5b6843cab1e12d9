"""Error answers in the service's own words. Source: bodies quoted in public issues of Azure OpenAI's clients.

The four texts of 429 are the service's where they are known (quota: tokens and calls; capacity); those for a temporary
adjustment and for overestimated max tokens are variations of the first, told apart by headers.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON


def error(
    status: int,
    message: str,
    code: str | int | None,
    *,
    param: str | None = None,
    kind: str | None = "",
    more: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """``kind`` is the member ``type``; without it the body is of the short form that the gateway in front answers."""
    body: dict[str, object] = {"code": code, "message": message}
    if kind != "":
        body = {"message": message, "type": kind, "param": param, "code": code}
    return Answer(status, json.dumps({"error": body | (more or {})}).encode(), headers or {})


def invalid(message: str, param: str | None = None, code: str | None = None) -> Answer:
    return error(400, message, code, param=param, kind="invalid_request_error")


def unauthorized() -> Answer:
    return error(
        401,
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource.",
        "401",
    )


def unauthorized_token() -> Answer:
    message = (
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), "
        "or have expired."
    )
    return Answer(401, json.dumps({"statusCode": 401, "message": message}).encode())


def forbidden(policy: str, message: str) -> Answer:
    return error(403, message, "403", headers={"policy-id": policy})


def firewall() -> Answer:
    return forbidden("ThrowExceptionDueToTrafficDenied", "Access denied due to Virtual Network/Firewall rules.")


def virtual_network() -> Answer:
    return forbidden(
        "ThrowExceptionDueToTrafficDenied",
        "A Virtual Network is configured for this resource. Please use the correct endpoint for making requests. "
        "Check https://aka.ms/cogsvc-vnet for more details.",
    )


def suspended() -> Answer:
    return forbidden(
        "ThrowExceptionDueToResourceSuspended",
        "We are sorry, your Cognitive Services resource has been suspended. Please contact support.",
    )


def deployment_not_found() -> Answer:
    return error(
        404,
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
        "please wait a moment and try again.",
        "DeploymentNotFound",
    )


def resource_not_found() -> Answer:
    return error(404, "Resource not found", "404")


def version_not_allowed() -> Answer:
    return error(400, "api-version query parameter is not allowed when using /v1 path", "BadRequest")


def content_filter(spelling: str) -> Answer:
    categories = ("hate", "self_harm", "sexual", "violence")
    results: dict[str, object] = {name: {"filtered": False, "severity": "safe"} for name in categories}
    results["jailbreak"] = {"filtered": True, "detected": True}
    plural = "content_filter_result" if spelling == "innererror" else "content_filter_results"
    return error(
        400,
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please "
        "modify your prompt and retry. To learn more about our content filtering policies please read our "
        "documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
        "content_filter",
        param="prompt",
        kind=None,
        more={"status": 400, spelling: {"code": "ResponsibleAIPolicyViolation", plural: results}},
    )


def unsupported(param: str, code: str | None) -> Answer:
    hint = " Use 'max_completion_tokens' instead." if param == "max_tokens" else ""
    message = f"Unsupported parameter: '{param}' is not supported with this model.{hint}"
    if code == "unsupported_value":
        message = (
            f"Unsupported value: '{param}' does not support 0 with this model. Only the default (1) value is supported."
        )
    if param == "response_format":
        message = (
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more "
            "about supported models at the Structured Outputs guide: "
            "https://platform.openai.com/docs/guides/structured-outputs"
        )
    return invalid(message, param, code)


def context_length_exceeded(limit: int, asked: int) -> Answer:
    message = (
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {asked} tokens. "
        "Please reduce the length of the messages."
    )
    return invalid(message, "messages", "context_length_exceeded")


_WHERE = "Azure OpenAI API version {version}"
_OVER_QUOTA = (
    "Requests to the ChatCompletions_Create Operation under {where} have exceeded {rate} rate limit of your current "
    "OpenAI S0 pricing tier. Please retry after {seconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if "
    "you would like to further increase the default rate limit."
)
_CAPACITY = (
    "The system is currently experiencing high demand and cannot process your request. Your request exceeds the "
    "maximum usage size allowed during peak load. For improved capacity reliability, consider switching to Provisioned "
    "Throughput."
)


def throttled(
    reason: str, retry_after: float | None, version: str = "2024-10-21", headers: dict[str, str] | None = None
) -> Answer:
    """``retry_after`` in seconds; None leaves both headers out."""
    more = dict(headers or {})
    if retry_after is not None:
        more |= {"retry-after": str(math.ceil(retry_after)), "retry-after-ms": str(round(retry_after * 1_000))}
    if reason == "capacity":
        return error(429, _CAPACITY, "too_many_requests", kind="too_many_requests", headers=more)
    shown = 86_400 if retry_after is None else math.ceil(retry_after)
    rate = "call" if reason == "requests" else "token"
    message = _OVER_QUOTA.format(where=_WHERE.format(version=version), rate=rate, seconds=shown)
    if reason == "adjustment":
        message += " The rate limit of this deployment is temporarily reduced."
    policy = {"policy-id": "DeploymentRatelimit-Call" if rate == "call" else "DeploymentRatelimit-Token"}
    return error(429, message, "429", headers=more | policy)


def server_error(status: int) -> Answer:
    if status == 502:
        page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return Answer(502, page, {}, "text/html")
    words = {
        408: ("Timeout", "The operation was timeout."),
        409: ("Conflict", "The resource is being modified by another operation. Please retry."),
        500: ("InternalServerError", "The server had an error while processing your request. Sorry about that!"),
        503: ("ServiceUnavailable", "The service is temporarily unable to process your request. Please try again."),
        504: ("GatewayTimeout", "The request was timed out. Please try again."),
    }
    code, message = words[status]
    return error(status, message, code)
