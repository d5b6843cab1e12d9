"""What a deployment accepts, learnt from its own 400s and remembered per endpoint and deployment name.

Facts: reasoning models take no ``temperature`` and want ``max_completion_tokens``; older models and API versions know
no ``json_schema`` (Microsoft, "Azure OpenAI reasoning models", "Structured outputs").
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from shared.gateway.ports import ChatError, Deployment
from shared.gateway.records import Message

Output = Literal["json_schema", "json_object", "text"]
LimitName = Literal["max_tokens", "max_completion_tokens"]
REASONING_ALLOWANCE = 2048
"""Tokens added to the budget of a model whose hidden reasoning counts as output."""
MOST_DOUBLED = 8
"""The factor on the output budget that is not doubled any more."""
_REFUSING = re.compile(
    r"not support|unsupported|unrecognized|unrecognised|unknown (parameter|argument|field)|not permitted|extra input"
    r"|enabled only|not allowed|is invalid|not available",
    re.I,
)
_SCHEMA = re.compile(r"invalid schema|json.?schema|grammar", re.I)
_CODES = (None, "", "unsupported_value", "unsupported_parameter", "unknown_parameter", "invalid_request_error")
_LENIENT_CODES = (*_CODES, "400", "422", "BadRequest", "invalid_value", "invalid_parameter")


@dataclass(frozen=True)
class Capabilities:
    temperature: bool = True
    limit: LimitName | None = "max_tokens"
    output: Output = "json_schema"
    budget: int = 1
    """Factor on the output budget, doubled when reasoning ate it all."""

    def merged(self, other: Capabilities) -> Capabilities:
        """What both allow: two prompts may learn different things at the same time."""
        outputs, limits = ("json_schema", "json_object", "text"), ("max_tokens", "max_completion_tokens", None)
        return Capabilities(
            self.temperature and other.temperature,
            max(self.limit, other.limit, key=limits.index),
            max(self.output, other.output, key=outputs.index),
            max(self.budget, other.budget),
        )

    def parameters(self, max_output_tokens: int, exact: bool = False) -> dict[str, object]:
        """``exact`` keeps the budget as it is, whatever the model needs."""
        parameters: dict[str, object] = {"temperature": 0} if self.temperature else {}
        if self.limit is not None:
            parameters[self.limit] = max_output_tokens if exact else self.output_budget(max_output_tokens)
        return parameters

    def output_budget(self, max_output_tokens: int) -> int:
        allowance = REASONING_ALLOWANCE if self.limit == "max_completion_tokens" else 0
        return (max_output_tokens + allowance) * self.budget

    def response_format(self, name: str, schema: Mapping[str, object]) -> dict[str, object] | None:
        if self.output == "json_schema":
            named = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64]
            return {"type": "json_schema", "json_schema": {"name": named, "strict": True, "schema": dict(schema)}}
        return {"type": "json_object"} if self.output == "json_object" else None

    def messages(self, messages: tuple[Message, ...], schema: Mapping[str, object]) -> tuple[Message, ...]:
        """Where the deployment does not enforce the schema, it is told: in the fixed part, so that it can be cached."""
        if self.output == "json_schema" or not schema:
            return messages
        told = "Answer with one JSON object and nothing else. It must fit this JSON schema:\n" + json.dumps(schema)
        if messages and messages[0].role == "system":
            return (Message("system", f"{messages[0].content}\n\n{told}"), *messages[1:])
        return (Message("system", told), *messages)


@dataclass(frozen=True)
class Lesson:
    capabilities: Capabilities
    lasting: bool
    """False where only this prompt's schema was refused, not schemas as such."""


class Learnt:
    """What is known of each deployment."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Capabilities] = {}

    def of(self, deployment: Deployment) -> Capabilities:
        return self._known.get((deployment.base_url, deployment.name), Capabilities())

    def remember(self, deployment: Deployment, capabilities: Capabilities) -> None:
        key = (deployment.base_url, deployment.name)
        known = self._known.pop(key, Capabilities())
        self._known[key] = known.merged(capabilities)
        if len(self._known) > 4096:
            del self._known[next(iter(self._known))]


def learn(used: Capabilities, error: ChatError) -> Lesson | None:
    """What a 400 or 422 teaches about what was sent with ``used``; None if it is about something else."""
    if error.status not in (400, 422) or not _is_about_parameters(error):
        return None
    param = (error.param or "").lower()
    hint = error.body_hint if not param else ""
    about_format = param.startswith("response_format") or _names(hint, "response_format", "json_schema")
    if used.output != "text" and about_format:
        return _without_output(used, error)
    if used.limit is not None and (param == used.limit or _names(hint, used.limit)):
        return Lesson(replace(used, limit="max_completion_tokens" if used.limit == "max_tokens" else None), True)
    if used.temperature and (param == "temperature" or _names(hint, "temperature")):
        return Lesson(replace(used, temperature=False), True)
    if used.output != "text" and _SCHEMA.search(hint):
        return _without_output(used, error)
    return None


def _without_output(used: Capabilities, error: ChatError) -> Lesson:
    output: Output = "json_object" if used.output == "json_schema" else "text"
    own_schema = "invalid schema" in error.body_hint.lower() or "grammar" in error.body_hint.lower()
    return Lesson(replace(used, output=output), not own_schema)


def _is_about_parameters(error: ChatError) -> bool:
    if error.code in ("unsupported_value", "unsupported_parameter", "unknown_parameter"):
        return True
    if error.code not in _LENIENT_CODES:
        return False
    return bool(error.param) or bool(_REFUSING.search(error.body_hint) or _SCHEMA.search(error.body_hint))


def _names(hint: str, *parameters: str) -> bool:
    """Whether the service's message names a parameter as such, in quotes or before the words that refuse it."""
    return any(re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", hint) for name in parameters)
