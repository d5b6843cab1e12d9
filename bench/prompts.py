"""The prompt the benchmarks send, through the gateway or through the bare SDK: the same bytes' worth of text."""

from __future__ import annotations

import time
import uuid

from shared.gateway.records import Caller, Feature, Message, Prompt

INSTRUCTIONS = "Map the field to a key of the vocabulary. " * 20
MAX_TOKENS = 60
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"key": {"type": "string", "enum": ["customer.email", "customer.phone", "none"]}},
    "required": ["key"],
    "additionalProperties": False,
}


def question() -> str:
    """Different each time, so that nothing can be answered from memory."""
    return f"Field: contact {uuid.uuid4()}"


def prompt() -> Prompt[object]:
    messages = (Message("system", INSTRUCTIONS), Message("user", question()))
    return Prompt("bench-v1", messages, SCHEMA, lambda answer: answer, MAX_TOKENS)


def caller(organization: str, seconds: float) -> Caller:
    deadline = time.monotonic() + seconds
    return Caller(organization, (Feature.AI_MAPPING,), Feature.AI_MAPPING.value, str(uuid.uuid4()), deadline)


def sdk_arguments(deployment: str) -> dict[str, object]:
    """For ``client.chat.completions.create``."""
    return {
        "model": deployment,
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": question()},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "bench-v1", "strict": True, "schema": SCHEMA},
        },
        "max_completion_tokens": MAX_TOKENS,
    }
