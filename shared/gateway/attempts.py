"""The two rows of one try: the attempt before it is sent, the outcome after it, whatever happens in between."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol
from urllib.parse import urlsplit

from shared.errors import AnswerError, HistoryUnavailable, ProductError
from shared.gateway.answers import status_of
from shared.gateway.ports import ChatRequest, Completion
from shared.gateway.records import AttemptRow, Caller, HistoryRow, OutcomeRow, Status, Usage
from shared.version import VERSION

log = logging.getLogger(__name__)


Keep = Callable[[OutcomeRow], Awaitable[None]]
"""Keeps an answer before its outcome is written. Must not raise."""


class History(Protocol):
    async def record(self, row: HistoryRow) -> None:
        """Returns once the row is durable. Raises HistoryUnavailable."""


class TryFailed(Exception):
    """A try that ended without an answer: what the history says of it."""

    def __init__(self, status: Status, code: str, detail: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass
class Attempt:
    """One try. ``begin`` before the send, ``end`` after it; both are carried through if the caller goes away."""

    history: History
    row: AttemptRow
    currency: str
    clock: Callable[[], float] = time.monotonic
    status: Status = Status.CANCELLED
    error_code: str | None = None
    error_detail: str | None = None
    completion: Completion | None = None
    cost: Decimal | None = None
    started: float = field(init=False, default=0.0)

    async def begin(self) -> None:
        """Raises HistoryUnavailable: then nothing may be sent."""
        self.started = self.clock()
        writing = _carry_through(self.history.record(self.row))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            self.cancelled()
            _carry_through(self._end_after(writing))
            raise
        self.started = self.clock()

    async def end(self, keep: Keep | None = None) -> None:
        """``keep`` is done first. Does not raise when the row cannot be written: the answer is not taken from the
        caller because of it."""
        fields = {**self.fields(), "status": str(self.status), "error_code": self.error_code}
        log.info("prompt.ended", extra=fields)
        await asyncio.shield(_carry_through(self._write_outcome(keep)))

    def fields(self) -> dict[str, object]:
        """For the log."""
        row = self.row
        return {
            "attempt_id": row.attempt_id,
            "organization": row.organization,
            "feature": row.feature,
            "correlation_id": row.correlation_id,
        }

    def cancelled(self) -> None:
        self.status, self.error_code = Status.CANCELLED, "cancelled"
        self.error_detail = "The caller no longer waited"

    def failed(self, error: BaseException) -> None:
        """What the history says of an exception. An unknown one keeps its words to itself."""
        if isinstance(error, asyncio.CancelledError):
            self.cancelled()
        elif isinstance(error, TryFailed):
            self.status, self.error_code, self.error_detail = error.status, error.code, error.detail
        elif isinstance(error, AnswerError):
            self.status, self.error_code, self.error_detail = status_of(error), error.code, error.detail
        elif isinstance(error, ProductError):  # the flag, between the attempt row and the send: nothing was sent
            self.status, self.error_code, self.error_detail = Status.CANCELLED, error.code, error.detail
        else:
            self.status, self.error_code = Status.FAILED, "internal_error"
            self.error_detail = f"Unexpected {type(error).__name__}"

    def usage(self) -> Usage:
        done = self.completion
        if done is None:
            return Usage(prompts=1)
        return Usage(1, done.prompt_tokens, done.completion_tokens, done.cached_tokens, self.cost)

    async def _end_after(self, writing: asyncio.Task[None]) -> None:
        await asyncio.wait([writing])
        if writing.exception() is None:
            await self._write_outcome()

    async def _write_outcome(self, keep: Keep | None = None) -> None:
        outcome = self._outcome()
        if keep is not None:
            await keep(outcome)
        try:
            await self.history.record(outcome)
        except Exception as error:  # the answer is there: it is worth more than its row, which then reads "unknown"
            fields = {**self.fields(), "status": str(self.status), "error": type(error).__name__}
            log.error("history.outcome_lost", extra=fields)

    def _outcome(self) -> OutcomeRow:
        done = self.completion
        counted = done is not None and done.prompt_tokens > 0
        return OutcomeRow(
            attempt_id=self.row.attempt_id,
            organization=self.row.organization,
            status=self.status,
            finished_at=datetime.now(UTC),
            latency_ms=round((self.clock() - self.started) * 1000),
            model=done.model if done else None,
            prompt_tokens=done.prompt_tokens if done and counted else None,
            completion_tokens=done.completion_tokens if done and counted else None,
            cached_tokens=done.cached_tokens if done and counted else None,
            cost=self.cost,
            currency=self.currency if self.cost is not None else None,
            finish_reason=done.finish_reason if done else None,
            error_code=self.error_code,
            error_detail=self.error_detail,
            response=(done.text or done.refusal or "") if done else None,
        )


def attempt_row(caller: Caller, prompt_name: str, prompt_id: str, number: int, request: ChatRequest) -> AttemptRow:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    return AttemptRow(
        attempt_id=f"{prompt_id}-{number}",
        prompt_id=prompt_id,
        try_number=number,
        organization=caller.organization,
        feature=caller.history_feature,
        prompt_name=prompt_name,
        deployment=request.deployment.name,
        host=urlsplit(request.deployment.base_url).netloc,
        correlation_id=caller.correlation_id,
        mapping_id=caller.mapping_id,
        created_at=datetime.now(UTC),
        app_version=VERSION,
        messages=json.dumps(messages, ensure_ascii=False),
    )


async def write_again(history: History, outcome: OutcomeRow) -> None:
    """An outcome that may have been written before. Does not raise, as ``Attempt.end`` does not."""
    try:
        await history.record(outcome)
    except HistoryUnavailable:
        log.error("history.outcome_lost", extra={"attempt_id": outcome.attempt_id})


_writing: set[asyncio.Task[None]] = set()


def _carry_through(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Run to the end even if whoever awaits it is cancelled."""
    task = asyncio.get_running_loop().create_task(work)
    _writing.add(task)
    task.add_done_callback(_writing.discard)
    return task


async def settled() -> None:
    """Wait for the rows that are still being written: for shutdown, and for tests."""
    while _writing:
        await asyncio.wait(set(_writing))
