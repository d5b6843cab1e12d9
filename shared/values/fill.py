"""Ask about many records with few calls, until each is answered or its failure has a cause of its own.

A call that fails because of one record is hunted down with as few further calls as can be. Of an answer that was cut
off what is whole counts. One that is missing, doubled or not legal is asked for again, in smaller company. Nothing a
record does fails its neighbours. What goes wrong with the deployment itself (sign-in, quota, transport, flags, history)
is raised as it is.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.errors import AnswerCutOff, AnswerError, ContextTooLong
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Usage
from shared.together import together
from shared.values.addressed import apart
from shared.values.answers import Values, cause_of, read_answers, read_cut_off
from shared.values.batches import FIRST_TRY, START, BatchSize
from shared.values.models import Cause
from shared.values.parts import Batch, halves, smaller_part
from shared.values.prompt import Form, fill_prompt
from shared.values.questions import Inputs

IN_FLIGHT: Final = 16
"""Calls of one request at a time."""
ALONE_TIMES: Final = 8
"""As much room as usual for the answer of a record alone, once it was cut off."""


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


async def fill(
    asker: Asker,
    caller: Caller,
    form: Form,
    questions: Sequence[Inputs],
    size: BatchSize,
    filled: Filled | None = None,
) -> Filled:
    """Every question is in ``values`` or in ``failed``. Raises what ``asker.ask`` raises other than AnswerError.

    ``filled``: the caller's own, which holds what was answered also where this raises."""
    filling = _Filling(asker, caller, form, size, Filled() if filled is None else filled)
    ordinary, addressed = await asyncio.to_thread(apart, questions)  # megabytes of text take seconds
    waiting, alone = deque(ordinary), deque(addressed)
    if not size.tried and len(waiting) > START:
        await filling.first(tuple(waiting.popleft() for _ in range(FIRST_TRY)))

    async def work() -> None:
        while waiting:
            await filling.first(tuple(waiting.popleft() for _ in range(size.take(tuple(waiting), form.room))))
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
    filled: Filled

    async def first(self, batch: Batch) -> None:
        """Records nobody was asked about yet. Only such a call teaches the size: in those that follow, records that are
        trouble anyway are among themselves. Nor does one that failed because of a record that fails alone, too, or that
        only had too little room."""
        call = await self.ask(batch)
        in_the_end = sum(inputs in self.filled.values for inputs in batch)
        if call.error is None or (in_the_end == len(batch) and not call.answered):
            self.size.learn(len(batch), call.answered, in_the_end - call.answered)

    async def ask(self, batch: Batch, *, last: bool = False, times: int = 1) -> _Call:
        """One call, then whatever it takes to settle those it left open.

        ``last``: a record alone that is not asked again. ``times``: as much room as usual for answers."""
        prompt, ids = fill_prompt(self.form, batch, self.size.room(self.form.room, times))
        try:
            reply = await self.asker.ask(self.caller, prompt)
        except AnswerCutOff as error:
            self.filled.add(error.attempt_ids, error.usage)
            return _Call(await self._cut_off(batch, ids, error, times), error)
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
            await self._again(tuple(reading.open), of=len(batch), times=times)
        return _Call(len(reading.answered))

    async def _again(self, batch: Batch, *, of: int, times: int) -> None:
        """Those a call left open: in one smaller call, or in halves where it left most open."""
        if len(batch) == 1:
            await self.ask(batch, last=True, times=times)
        elif batch and len(batch) <= of / 2:
            await self.ask(batch, times=times)
        elif batch:
            await together([self.ask(half, times=times) for half in halves(batch)])

    async def _cut_off(self, batch: Batch, ids: tuple[str, ...], error: AnswerCutOff, times: int) -> int:
        """What is whole counts. The record whose answer is not is asked alone, those after it without it, both with
        more room. Returns how many were answered."""
        reading, cut = read_cut_off(self.form, batch, ids, error.text)
        self.filled.values.update(reading.answered)
        if len(batch) == 1 and times >= ALONE_TIMES:
            self.filled.failed.update({inputs: cause_of(error) for inputs in reading.open})
            return len(reading.answered)
        alone = tuple(inputs for inputs in reading.open if inputs == cut or len(batch) == 1)
        rest = tuple(inputs for inputs in reading.open if inputs not in alone)
        parts = halves(rest) if len(rest) == len(batch) else (rest,)
        calls = [self.ask(part, times=2 * times) for part in parts if part]
        await together([*calls, *(self.ask((inputs,), times=max(ALONE_TIMES, times)) for inputs in alone)])
        return len(reading.answered)

    async def _failed(self, batch: Batch, error: AnswerError, *, last: bool) -> None:
        if len(batch) > 1 and isinstance(error, ContextTooLong):
            await together([self.ask(half) for half in halves(batch)])
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
        first = smaller_part(len(batch))
        if (await self.ask(batch[:first])).error:
            await self.ask(batch[first:])
        else:
            await self._hunt(batch[first:])
