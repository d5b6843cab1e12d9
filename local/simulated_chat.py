"""One chat completion: the request read and checked, the answer written, as the service does both."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from local import simulated_errors as errors
from local.simulated_answers import answer
from local.simulated_config import Config
from local.simulated_schemas import SchemaBroken, check_response_format
from local.simulated_tokens import CHARACTERS, estimate

PER_MESSAGE = 3
ASSUMED_MAX_TOKENS = 800
"""Counted against the quota when a request names no maximum."""
_SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}


@dataclass(frozen=True)
class Chat:
    """A request in numbers. ``text`` is what the prompt cache sees: the schema first, then the messages."""

    body: dict[str, Any]
    text: str
    prompt_tokens: int
    max_tokens: int | None
    inputs: tuple[str, ...] = ()
    """Texts to be embedded, where that is what was asked for."""

    @property
    def cost(self) -> int:
        """What the quota counts: the prompt's estimate plus the most it may answer."""
        return self.prompt_tokens + (ASSUMED_MAX_TOKENS if self.max_tokens is None else self.max_tokens)


class Answers:
    """Checks and answers response formats; each distinct one is looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], str | SchemaBroken] = {}

    def content(self, response_format: dict[str, Any] | None, config: Config, told: Any = None) -> str:
        """``told``: a schema that stands in the prompt, followed where none is enforced. Raises SchemaBroken."""
        kind = "text" if response_format is None else response_format.get("type")
        if kind in ("text", "json_object") and told is not None:
            return json.dumps(answer(told, config.array_items), ensure_ascii=False)
        if response_format is None or kind == "text":
            return "This is a simulated answer."
        if kind == "json_object":
            return '{"answer": "simulated"}'
        key = (json.dumps(response_format), config.enum_limit, config.array_items)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 1_000:
                self._known.clear()
            found = self._known[key] = _written(response_format, config)
        if isinstance(found, SchemaBroken):
            raise found
        return found


def read_chat(raw: bytes) -> Chat | errors.Answer:
    """The request, or the 400 for one that is not a chat request at all."""
    try:
        body = json.loads(raw)
    except ValueError:
        return errors.invalid("We could not parse the JSON body of your request.")
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        return errors.invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    if body.get("stream"):
        return errors.invalid("The simulated deployment does not stream.", "stream", "unsupported_value")
    if not all(isinstance(one, dict) and isinstance(one.get("content"), str | list) for one in messages):
        return errors.invalid("Invalid type for 'messages[0].content'.", "messages", "invalid_type")
    schema = body.get("response_format")
    text = (json.dumps(schema) if schema else "") + "".join(f"{one['role']}\n{_text(one)}\n" for one in messages)
    maximum = body.get("max_completion_tokens") or body.get("max_tokens")
    return Chat(body, text, estimate(text) + PER_MESSAGE * len(messages), maximum if isinstance(maximum, int) else None)


@dataclass(frozen=True)
class Completion:
    """What the answer will say; faults change it before it is written."""

    content: str | None
    finish_reason: str
    model: str
    completion_tokens: int
    reasoning_tokens: int = 0
    refusal: str | None = None


def complete(chat: Chat, content: str, config: Config) -> Completion:
    """Cut off where max tokens says so; hidden reasoning comes first and can eat it all."""
    wanted = config.reasoning_tokens + estimate(content)
    limit = chat.max_tokens
    if limit is None or wanted <= limit:
        return Completion(content, "stop", config.model, wanted, config.reasoning_tokens)
    reasoning = min(config.reasoning_tokens, limit)
    return Completion(content[: (limit - reasoning) * CHARACTERS], "length", config.model, limit, reasoning)


def written(chat: Chat, done: Completion, cached_tokens: int) -> bytes:
    """The response body, with the members Azure adds."""
    message: dict[str, object] = {
        "role": "assistant",
        "content": done.content,
        "refusal": done.refusal,
        "annotations": [],
    }
    filtered = dict(_SAFE)
    if done.finish_reason == "content_filter":
        filtered["violence"] = {"filtered": True, "severity": "medium"}
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": done.finish_reason,
        "logprobs": None,
        "content_filter_results": filtered,
    }
    usage = {
        "prompt_tokens": chat.prompt_tokens,
        "completion_tokens": done.completion_tokens,
        "total_tokens": chat.prompt_tokens + done.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": done.reasoning_tokens, "audio_tokens": 0},
    }
    body = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": done.model,
        "system_fingerprint": "fp_simulated",
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _SAFE}],
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(body).encode()


def schema_told(chat: Chat) -> dict[str, Any] | None:
    """A JSON schema on the last line of a system message: how a deployment that enforces none is told."""
    for message in chat.body["messages"]:
        last = _text(message).rstrip().rpartition("\n")[2]
        if message["role"] == "system" and last.startswith("{"):
            try:
                schema = json.loads(last)
            except ValueError:
                continue
            if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
                return dict(schema)
    return None


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else json.dumps(content)


def _written(response_format: dict[str, Any], config: Config) -> str | SchemaBroken:
    described = response_format.get("json_schema")
    if response_format.get("type") != "json_schema" or not isinstance(described, dict):
        return SchemaBroken("Invalid value for 'response_format'.")
    schema = described.get("schema", {})
    try:
        if described.get("strict"):
            check_response_format(described.get("name"), schema, config.enum_limit)
        return json.dumps(answer(schema, config.array_items), ensure_ascii=False)
    except SchemaBroken as broken:
        return broken
