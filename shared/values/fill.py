"""Ask about many records with few calls, until each is answered or its failure has a cause of its own.

A call that fails because of one record is hunted down with as few further calls as can be; an answer that is missing,
doubled or not legal is asked for again, in smaller company; nothing a record does fails its neighbours. What goes wrong
with the deployment itself (sign-in, quota, transport, flags, history) is raised as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.errors import AnswerCutOff, AnswerError, ContextTooLong
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Usage
from shared.together import together
from shared.values.addressed import apart
from shared.values.answers import Values, cause_of, read_answers
from shared.values.batches import FIRST_TRY, START, BatchSize
from shared.values.models import Cause
from shared.values.prompt import Form, fill_prompt
from shared.values.questions import Inputs

IN_FLIGHT: Final = 16
"""Calls of one request at a time."""

Batch = tuple[Inputs, ...]


@dataclass
class Filled:
    """What came of it. Filled while the calls run, from one event loop."""

    values: dict[Inputs, Values] = field(default_factory=dict)
    failed: dict[Inputs, Cause] = field(default_factory=dict)
    attempt_ids: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def add(self, attempt_ids: Sequence[str], usage: Usage | None) -> None:
        self.attempt_ids += attempt_ids
        self.usage += usage or Usage()


async def fill(asker: Asker, caller: Caller, form: Form, questions: Sequence[Inputs], size: BatchSize) -> Filled:
    """Every question is in ``values`` or in ``failed``. Raises what ``asker.ask`` raises other than AnswerError."""
    filling = _Filling(asker, caller, form, size)
    ordinary, addressed = apart(questions)
    waiting, alone = deque(ordinary), deque(addressed)
    if not size.tried and len(waiting) > START:
        await filling.first(tuple(waiting.popleft() for _ in range(FIRST_TRY)))

    async def work() -> None:
        while waiting:
            await filling.first(tuple(waiting.popleft() for _ in range(size.take(tuple(waiting)))))
        while alone:
            await filling.ask((alone.popleft(),))

    await together([work() for _ in range(min(IN_FLIGHT, len(questions)))])
    return filling.filled


@dataclass(frozen=True)
class _Call:
    answered: int
    """Records it answered itself."""
    error: AnswerError | None = None
    """Why it had no answer to give."""


@dataclass
class _Filling:
    asker: Asker
    caller: Caller
    form: Form
    size: BatchSize
    filled: Filled = field(default_factory=Filled)

    async def first(self, batch: Batch) -> None:
        """Records nobody was asked about yet. Only such a call teaches the size: in those that follow, records that are
        trouble anyway are among themselves. Nor does one that failed because of a record that fails alone, too."""
        call = await self.ask(batch)
        in_the_end = sum(inputs in self.filled.values for inputs in batch)
        if call.error is None or in_the_end == len(batch):
            self.size.learn(len(batch), call.answered, in_the_end - call.answered)

    async def ask(self, batch: Batch, *, last: bool = False) -> _Call:
        """One call, then whatever it takes to settle those it left open.

        ``last``: a record alone that is not asked again."""
        prompt, ids = fill_prompt(self.form, batch, self.size.room(self.form.room))
        try:
            reply = await self.asker.ask(self.caller, prompt)
        except AnswerError as error:
            self.filled.add(error.attempt_ids, error.usage)
            await self._failed(batch, error, last=last)
            return _Call(0, error)
        self.filled.add(reply.attempt_ids, reply.usage)
        reading = read_answers(self.form, batch, ids, reply.value)
        self.size.used(len(batch), reply.usage.completion_tokens)
        self.filled.values.update(reading.answered)
        if last:
            self.filled.failed.update(reading.open)
        else:
            await self._again(tuple(reading.open), of=len(batch))
        return _Call(len(reading.answered))

    async def _again(self, batch: Batch, *, of: int) -> None:
        """Those a call left open: in one smaller call, or in halves where it left most open."""
        if len(batch) == 1:
            await self.ask(batch, last=True)
        elif batch and len(batch) <= of / 2:
            await self.ask(batch)
        elif batch:
            await together([self.ask(half) for half in _halves(batch)])

    async def _failed(self, batch: Batch, error: AnswerError, *, last: bool) -> None:
        if len(batch) > 1 and isinstance(error, AnswerCutOff | ContextTooLong):
            await together([self.ask(half) for half in _halves(batch)])
        elif len(batch) > 1:
            await self._hunt(batch)
        elif last or cause_of(error).code != "answer_invalid":
            self.filled.failed[batch[0]] = cause_of(error)
        else:
            await self.ask(batch, last=True)

    async def _hunt(self, batch: Batch) -> None:
        """At least one record of this batch spoils a call. Asking the smaller part of a golden section first, and the
        rest only where that part was to blame, finds one such record among 20 in 7 calls, and confirms it in one."""
        if len(batch) == 1:
            await self.ask(batch, last=True)
            return
        first = _smaller_part(len(batch))
        if (await self.ask(batch[:first])).error:
            await self.ask(batch[first:])
        else:
            await self._hunt(batch[first:])


def _halves(batch: Batch) -> tuple[Batch, Batch]:
    middle = -(-len(batch) // 2)
    return batch[:middle], batch[middle:]


def _smaller_part(records: int) -> int:
    """Of the smallest two Fibonacci numbers that make up ``records``, so much of the smaller one as there is."""
    smaller, larger = 1, 1
    while smaller + larger < records:
        smaller, larger = larger, smaller + larger
    return max(1, min(smaller, records - larger) if records > larger else records - 1)
