"""Ask the model about fields, in batches and concurrently, and check what it answers.

Only answers that are invalid, refused, filtered or cut off leave a field to be decided without the model. Everything
else that goes wrong (sign-in, quota, transport, flags, history) is raised as it is, after the other prompts in flight
have been cancelled and have written their outcomes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.errors import AnswerError, ContentFiltered, UnusableAnswer
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Prompt
from shared.mapping.prompt import Answers
from shared.mapping.prompt_size import START, PromptSize
from shared.mapping.questions import Question
from shared.mapping.verdicts import INVALID, Ledger, Verdict, contradicts, without_answer
from shared.together import together

IN_FLIGHT = 8
"""Prompts of one mapping at a time."""
SPLITS = 6
"""How often, per batch, batches of one mapping may be halved to find the fields that spoil the others: enough for one
such field in each batch."""

Check = Callable[[Answers], tuple[dict[int, Verdict], list[Question]]]
Ask = Callable[[tuple[Question, ...]], tuple[Prompt[Answers], Check]]
"""Questions → the prompt for them and the check of its answers."""


async def decide(
    asker: Asker, caller: Caller, questions: Sequence[Question], ask: Ask, ledger: Ledger, size: PromptSize
) -> None:
    """Fill ``ledger`` with a verdict for each question, asked in their order. ``size`` learns from what comes back.

    Work with checkpoints is asked in batches of START, whatever was learnt: another worker that goes on with it must
    come to the same prompts, to find them answered.

    Raises ContentFiltered or UnusableAnswer when no field at all was answered, and what ``asker.ask`` raises other than
    AnswerError."""
    if not questions:
        return
    asking = _Round(asker, caller, ask, ledger, size, deque(questions), _Splits())
    await together([asking.work() for _ in range(min(IN_FLIGHT, len(questions)))])
    if not ledger.answered:
        raise _nothing(ledger)


@dataclass
class _Splits:
    left: int = 0


@dataclass(frozen=True)
class _Round:
    """One mapping's questions on their way: each worker has one prompt in flight."""

    asker: Asker
    caller: Caller
    ask: Ask
    ledger: Ledger
    size: PromptSize
    waiting: deque[Question]
    splits: _Splits

    async def work(self) -> None:
        """Take batches while questions are waiting, of the size that is known by then."""
        while self.waiting:
            batch = self._next()
            self.splits.left += SPLITS
            await self.send(batch)

    def _next(self) -> tuple[Question, ...]:
        """Evenly spread over the prompts to come, so that none is left with a single field."""
        most = START if self.caller.checkpoints else self.size.fields
        prompts = -(-len(self.waiting) // most)
        count = -(-len(self.waiting) // prompts)
        return tuple(self.waiting.popleft() for _ in range(count))

    async def send(self, batch: tuple[Question, ...], *, again: bool = False) -> None:
        """Ask; what was answered wrongly is asked once more, alone; what spoils its batch is found by halving."""
        prompt, check = self.ask(batch)
        try:
            reply = await self.asker.ask(self.caller, prompt)
        except AnswerError as error:
            self.ledger.add(error.attempt_ids, error.usage)
            self.ledger.failures.append(error)
            await self._failed(batch, error, again=again)
            return
        self.ledger.add(reply.attempt_ids, reply.usage)
        valid, invalid = check(reply.value)
        self.ledger.verdicts.update(valid)
        wrong = sum(contradicts(asked, valid[asked.number]) for asked in batch if asked.number in valid)
        self.size.learn(len(batch), len(valid) - wrong)
        if invalid and again:
            self._give_up(invalid, INVALID)
        elif invalid:
            await self.send(tuple(invalid), again=True)

    async def _failed(self, batch: tuple[Question, ...], error: AnswerError, *, again: bool) -> None:
        if not isinstance(error, ContentFiltered):
            self.size.learn(len(batch), 0)
        if isinstance(error, UnusableAnswer) and not again:
            await self.send(batch, again=True)
        elif len(batch) > 1 and self.splits.left > 0:
            self.splits.left -= 1
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                await self.send(half, again=again)
        else:
            self._give_up(batch, without_answer(error))

    def _give_up(self, batch: Sequence[Question], verdict: Verdict) -> None:
        self.ledger.verdicts.update({asked.number: verdict for asked in batch})


def _nothing(ledger: Ledger) -> AnswerError:
    error: AnswerError
    if ledger.failures and all(isinstance(failure, ContentFiltered) for failure in ledger.failures):
        error = ContentFiltered("The deployment's content filter blocked every prompt of this mapping.")
    else:
        named = next((failure.setting for failure in ledger.failures if failure.setting), "deploymentName")
        text = "The deployment gave no answer that can be used to any prompt of this mapping."
        error = UnusableAnswer(text, setting=named)
    error.attempt_ids, error.usage = tuple(ledger.attempt_ids), ledger.usage
    return error
