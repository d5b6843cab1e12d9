"""Which misbehaviour a request meets, and what it does to the answer."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace

from local import simulated_errors as errors
from local.simulated_chat import Chat, Completion
from local.simulated_config import Fault

TRANSPORT = frozenset({"reset", "cut_body", "hang", "slow_body", "huge_body"})
IN_ANSWER = frozenset(
    {"finish_content_filter", "finish_length", "empty_length", "refusal", "not_json", "breaks_schema", "wrong_model"}
)
_STATUS = {
    "request_timeout": 408,
    "conflict": 409,
    "server_error": 500,
    "bad_gateway": 502,
    "unavailable": 503,
    "gateway_timeout": 504,
}
_PLAIN = {
    "unauthorized": errors.unauthorized,
    "unauthorized_token": errors.unauthorized_token,
    "firewall": errors.firewall,
    "virtual_network": errors.virtual_network,
    "suspended": errors.suspended,
    "deployment_not_found": errors.deployment_not_found,
}


class Faults:
    """The faults in force. The first one that matches is met; one with a count is then used up by one."""

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self._left = [(fault, fault.count) for fault in faults]
        self._random = random.Random(seed)

    def meet(self, raw: bytes, chat: Chat, surface: str, key: str) -> Fault | None:
        for number, (fault, left) in enumerate(self._left):
            if left == 0 or not _matches(fault, raw, chat, surface, key):
                continue
            if fault.probability is not None and self._random.random() >= fault.probability:
                continue
            if left is not None:
                self._left[number] = (fault, left - 1)
            return fault
        return None


def error_answer(fault: Fault, chat: Chat, context_tokens: int) -> errors.Answer | None:
    """The answer of a fault that is one by itself; None for all others."""
    if fault.kind in _PLAIN:
        return _PLAIN[fault.kind]()
    if fault.kind in _STATUS:
        return errors.server_error(_STATUS[fault.kind])
    if fault.kind == "content_filter":
        return errors.content_filter(fault.spelling)
    if fault.kind == "unsupported":
        return errors.unsupported(fault.param, fault.code)
    if fault.kind == "context_length_exceeded":
        return errors.context_length_exceeded(context_tokens, max(chat.prompt_tokens, context_tokens + 1))
    if fault.kind == "throttled":
        return _throttled(fault)
    if fault.kind == "redirect":
        return errors.Answer(302, b"", {"location": fault.location})
    return None


def misanswered(fault: Fault, done: Completion) -> Completion:
    """The answer as this fault spoils it."""
    content = done.content or ""
    if fault.kind == "finish_content_filter":
        return replace(done, content=content[: len(content) // 2], finish_reason="content_filter")
    if fault.kind == "finish_length":
        return replace(done, content=content[: len(content) // 2], finish_reason="length")
    if fault.kind == "empty_length":
        hidden = max(1, done.completion_tokens)
        return replace(done, content="", finish_reason="length", completion_tokens=hidden, reasoning_tokens=hidden)
    if fault.kind == "refusal":
        return replace(done, content=None, refusal="I'm sorry, I cannot assist with that request.")
    if fault.kind == "not_json":
        return replace(done, content="Sure! Here is the mapping you asked for:\n- the first field is the name")
    if fault.kind == "breaks_schema":
        return replace(done, content=json.dumps({"unexpected": True}))
    if fault.kind == "wrong_model":
        return replace(done, model="gpt-unknown-2020-01-01")
    return done


def _throttled(fault: Fault) -> errors.Answer:
    if fault.retry_after == "absent":
        return errors.throttled(fault.reason, None)
    headers: dict[str, str] = {}
    if fault.retry_after < 0:
        for name in ("requests", "tokens"):
            headers |= {f"x-ratelimit-limit-{name}": "-1", f"x-ratelimit-remaining-{name}": "-1"}
            headers[f"x-ratelimit-reset-{name}"] = "0"
    if fault.reason == "max_tokens":
        headers |= {"x-ratelimit-limit-tokens": "30000", "x-ratelimit-remaining-tokens": "12000"}
    return errors.throttled(fault.reason, fault.retry_after, headers=headers)


def _matches(fault: Fault, raw: bytes, chat: Chat, surface: str, key: str) -> bool:
    match = fault.match
    if match.surface not in (None, surface) or match.key not in (None, key):
        return False
    if match.contains is not None and match.contains.encode() not in raw:
        return False
    return fault.kind != "unsupported" or _has(chat, fault.param)


def _has(chat: Chat, param: str) -> bool:
    if param == "response_format":
        return (chat.body.get("response_format") or {}).get("type") == "json_schema"
    return chat.body.get(param) is not None
