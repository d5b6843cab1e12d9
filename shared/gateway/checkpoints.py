"""Finished calls of queued work, kept so that a message delivered again does not pay for them again.

A checkpoint holds the deployment's answer as it came, whatever it was worth: reading it again gives the same value or
the same error. It is written before the outcome row, which is therefore written again when a checkpoint is found: the
worker may have died between the two, and a row that is there already changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from shared.errors import StorageUnavailable
from shared.gateway import history_codec
from shared.gateway.capabilities import MOST_DOUBLED, Output
from shared.gateway.ports import Checkpoints, Completion
from shared.gateway.records import Answer, OutcomeRow, Prompt, Usage

log = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True)
class Finished:
    """A call with its answer, and what it took to get it."""

    completion: Completion
    output: Output
    attempt_ids: tuple[str, ...]
    usage: Usage
    outcome: OutcomeRow
    budget: int | None = None
    """Where the answer was cut off and is asked for again: the factor on the output budget of the next try."""


class Checkpoint:
    """One call's place among the checkpoints."""

    def __init__(self, store: Checkpoints, prompt: Prompt[Answer]) -> None:
        self._store = store
        self._name = store.name(_key(prompt))

    async def load(self) -> Finished | None:
        """None where the call has not finished yet. Raises StorageUnavailable: nothing is sent while nobody knows."""
        content = await self._store.load(self._name)
        if content is None:
            return None
        try:
            return _decode(content)
        except (KeyError, TypeError, ValueError, InvalidOperation, history_codec.UnreadableRows):
            log.warning("checkpoint.unreadable")
            return None

    async def save(self, finished: Finished) -> None:
        """Does not raise when it cannot be kept: the answer is there, and only a second run would pay again."""
        try:
            await self._store.save(self._name, _encode(finished))
        except StorageUnavailable:
            log.warning("checkpoint.not_kept", extra={"attempt_id": finished.outcome.attempt_id})


def _key(prompt: Prompt[Answer]) -> str:
    messages = [(message.role, message.content) for message in prompt.messages]
    asked = json.dumps([prompt.name, messages, prompt.schema], separators=(",", ":"))
    return hashlib.sha256(asked.encode()).hexdigest()


def _encode(finished: Finished) -> bytes:
    answer, usage = finished.completion, finished.usage
    content = {
        "version": VERSION,
        "answer": {name: value for name, value in vars(answer).items() if name != "headers"},
        "output": finished.output,
        "attemptIds": finished.attempt_ids,
        "usage": {**vars(usage), "cost": None if usage.cost is None else str(usage.cost)},
        "budget": finished.budget,
        "history": history_codec.encode([finished.outcome]),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def _decode(content: bytes) -> Finished:
    found = json.loads(content)
    if found["version"] != VERSION:
        raise ValueError("unknown version")
    usage = found["usage"]
    cost = None if usage["cost"] is None else Decimal(usage["cost"])
    (outcome,) = history_codec.decode(found["history"])
    return Finished(
        completion=Completion(**found["answer"], headers={}),
        output=cast(Output, found["output"]),
        attempt_ids=tuple(found["attemptIds"]),
        usage=Usage(**{**usage, "cost": cost}),
        outcome=cast(OutcomeRow, outcome),
        budget=_budget(found.get("budget")),
    )


def _budget(found: object) -> int | None:
    """Raises ValueError."""
    if found is not None and not (isinstance(found, int) and 1 < found <= MOST_DOUBLED * 2):
        raise ValueError("no budget")
    return found
