"""Embeddings, as the service answers them: read, checked and written. Never used for an accuracy figure.

A text's vector counts its words and their beginnings in 64 numbers by hash, so that texts with words in common lie
closer together than others; nothing more is known of their meaning.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import struct
from typing import Any

from local import simulated_errors as errors
from local.simulated_chat import Chat
from local.simulated_tokens import estimate

DIMENSIONS = 64
MOST_INPUTS = 2048
_WORD = re.compile(r"\w+")


def read_embeddings(raw: bytes) -> Chat | errors.Answer:
    """The request, its texts as messages; or the 400 for one that is none."""
    try:
        body = json.loads(raw)
    except ValueError:
        return errors.invalid("We could not parse the JSON body of your request.")
    given = body.get("input") if isinstance(body, dict) else None
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        return errors.invalid("'$.input' is invalid. Please check the API reference.", "input")
    if len(texts) > MOST_INPUTS:
        return errors.invalid(f"Invalid 'input': maximum array length is {MOST_INPUTS}.", "input")
    messages = [{"role": "user", "content": text} for text in texts]
    tokens = sum(estimate(text) for text in texts)
    return Chat({**body, "messages": messages}, "\n".join(texts), tokens, 0, inputs=tuple(texts))


def embedded(chat: Chat, model: str) -> bytes:
    """The response body."""
    as_text = chat.body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _encoded(_vector(text), as_text)}
        for index, text in enumerate(chat.inputs)
    ]
    usage = {"prompt_tokens": chat.prompt_tokens, "total_tokens": chat.prompt_tokens}
    return json.dumps({"object": "list", "data": data, "model": model, "usage": usage}).encode()


def _vector(text: str) -> list[float]:
    numbers = [0.0] * DIMENSIONS
    for word in _WORD.findall(text.casefold()):
        for part in {word, word[:4]}:
            numbers[hashlib.blake2b(part.encode(), digest_size=1).digest()[0] % DIMENSIONS] += 1.0
    length = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return [number / length for number in numbers]


def _encoded(numbers: list[float], as_text: bool) -> Any:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode() if as_text else numbers
