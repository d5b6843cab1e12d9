"""The local model's answers, kept beside the benchmarks: each prompt is paid for once, by whoever asks first.

``replies/{model}.jsonl`` has a line for each, found by the model, the messages, the schema and the most tokens; so a
changed prompt is another one. New answers are added at the end, for the commit that changed the prompts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "replies"
_DIGITS = 32


def known(kind: str, content: object) -> Mapping[str, Any] | None:
    return _kept(kind).get(_digest(kind, content))


def keep(kind: str, content: object, answered: Mapping[str, Any]) -> None:
    digest = _digest(kind, content)
    _kept(kind)[digest] = answered
    FOLDER.mkdir(exist_ok=True)
    with _file(kind).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"prompt": digest, **answered}, ensure_ascii=False) + "\n")


@cache
def _kept(kind: str) -> dict[str, Mapping[str, Any]]:
    if not _file(kind).is_file():
        return {}
    read = [json.loads(line) for line in _file(kind).read_text(encoding="utf-8").splitlines()]
    return {line.pop("prompt"): line for line in read}


def _file(kind: str) -> Path:
    return FOLDER / f"{kind}.jsonl"


def _digest(kind: str, content: object) -> str:
    return hashlib.sha256(json.dumps([kind, content]).encode()).hexdigest()[:_DIGITS]
