"""What the simulated deployment can be told, ``PUT /simulated/config``. Members left out stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Surface = Literal["v1", "dated"]
KeyName = Literal["apiKey", "resourceKey", "other"]
FaultKind = Literal[
    "content_filter",
    "finish_content_filter",
    "unsupported",
    "context_length_exceeded",
    "unauthorized",
    "unauthorized_token",
    "firewall",
    "virtual_network",
    "suspended",
    "deployment_not_found",
    "throttled",
    "request_timeout",
    "conflict",
    "server_error",
    "bad_gateway",
    "unavailable",
    "gateway_timeout",
    "redirect",
    "reset",
    "cut_body",
    "hang",
    "slow_body",
    "huge_body",
    "finish_length",
    "empty_length",
    "refusal",
    "not_json",
    "breaks_schema",
    "wrong_model",
    "delay",
]
Seconds = Annotated[float, Field(ge=0)]


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True)


class Match(Told):
    """All given conditions must hold."""

    contains: str | None = None
    """Text in the request's body as it came (JSON, so quotes are escaped)."""
    surface: Surface | None = None
    key: KeyName | None = None


class Fault(Told):
    """One misbehaviour. Without ``count`` and ``probability`` it lasts until the next PUT."""

    kind: FaultKind
    count: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    match: Match = Match()
    spelling: Literal["innererror", "inner_error"] = "innererror"
    """content_filter."""
    param: Literal["temperature", "max_tokens", "response_format"] = "temperature"
    """unsupported: answered only when the request has that member."""
    code: str | None = "unsupported_parameter"
    """unsupported: null is seen too."""
    reason: Literal["quota", "capacity", "adjustment", "max_tokens"] = "quota"
    """throttled."""
    retry_after: float | Literal["absent"] = 1.0
    """throttled: seconds; 86400 and -1 are seen too (-1 also makes the limit headers -1, -1 and 0)."""
    seconds: Seconds = 1
    """slow_body, delay: how long it takes. hang ends when the client leaves."""
    size: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024
    """huge_body: bytes."""
    location: str = "https://elsewhere.example/"
    """redirect."""


class Quota(Told):
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    window_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    """The service looks at windows of 1 to 10 s."""


class Keys(Told):
    api_key: str
    resource_key: str


class Config(Told):
    latency_seconds: Seconds = 0
    jitter_seconds: Seconds = 0
    """Up to this much more, evenly."""
    seconds_per_output_token: Seconds = 0
    quota: Quota = Quota()
    keys: Keys
    deployment: str
    embedding_deployment: str = "simulated-embedding"
    """Answers /embeddings, and nothing else does."""
    model: str = "gpt-4.1-mini-2025-04-14"
    reasoning_tokens: Annotated[int, Field(ge=0)] = 0
    """Hidden tokens before an answer: billed, and counted against max_completion_tokens."""
    context_tokens: Annotated[int, Field(ge=1)] = 1_047_576
    enum_limit: Annotated[int, Field(ge=1)] = 500
    """Enum values in one schema; 1,000 is documented elsewhere, the lower one is the safe one."""
    array_items: Annotated[int, Field(ge=0)] = 1
    seed: int = 0
    """Of probabilities and jitter."""
    keep_bodies: bool = False
    """The log then shows each request's body too: for tests of what leaves. Keys are headers and are never kept."""
    faults: tuple[Fault, ...] = ()

    def changed(self, told: Mapping[str, object]) -> Config:
        """This configuration with the members of a PUT. Raises pydantic.ValidationError."""
        return Config.model_validate(self.model_dump(by_alias=True) | dict(told))

    def shown(self) -> dict[str, object]:
        """Everything but the keys."""
        return self.model_dump(by_alias=True, mode="json", exclude={"keys"})
