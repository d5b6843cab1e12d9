"""A job's limits: each call's most is reserved before it is sent, so that no limit is ever passed.

What is reserved stands in the lane's part of the job's row, by the call's own name. When the call ends, what it really
took takes its place. A worker that dies leaves its reservations behind: nobody knows whether those calls were billed,
so they count as lost, until the same call is found at its checkpoint, answered and paid for.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from shared.errors import AnswerError, DeploymentThrottled, ProductError
from shared.gateway.ports import Asker
from shared.gateway.records import Answer, Caller, Prompt, Reply, Usage
from shared.settings import Price
from shared.values.jobs.job import Job, Lane, Spent
from shared.values.jobs.store import ValueJobs
from shared.values.jobs.task import expected_cost

WAIT_SECONDS: Final = 0.5
"""Until it is looked at again whether calls of others have left room."""


class LimitReached(Exception):
    """No further call fits, and none is on its way that might leave room."""


class LaneLost(Exception):
    """The lane is somebody else's now."""


class BudgetedAsker(Asker):
    """Asks within the limits of one job, for one lane's owner."""

    def __init__(self, asker: Asker, jobs: ValueJobs, job: Job, lane: int, price: Price | None) -> None:
        """``price``: the most that any model costs; None where nobody can tell: ``max_cost`` then forbids it."""
        self._asker = asker
        self._jobs = jobs
        self._job = job
        self._lane = lane
        self._price = price
        self._turn = asyncio.Lock()
        self._asked: Counter[str] = Counter()

    async def require(self, caller: Caller) -> None:
        await self._asker.require(caller)

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        """As the asker does; raises LimitReached, LaneLost and StorageUnavailable as well."""
        name = self._call_name(prompt)
        if self._price is None and self._job.max_cost is not None:
            raise LimitReached
        read, written = most_tokens(prompt)
        await self._reserve(name, read + written, self._cost(read, written))
        try:
            reply = await self._asker.ask(caller, prompt)
        except AnswerError as error:
            await self._settle(name, error.usage or Usage(), known=False)
            raise
        except DeploymentThrottled as error:
            await self._settle(name, error.usage or Usage(), known=False)  # refused calls are not billed
            raise
        except ProductError:
            await self._settle(name, None, known=False)
            raise
        await self._settle(name, reply.usage, known=reply.checkpointed)
        return reply

    def _call_name(self, prompt: Prompt[Answer]) -> str:
        """The same in every run: the n-th time that this is asked."""
        messages = [message.content for message in prompt.messages]
        digest = hashlib.sha256(json.dumps([prompt.name, messages]).encode()).hexdigest()[:16]
        self._asked[digest] += 1
        return f"{digest}-{self._asked[digest]}"

    def _cost(self, read: int, written: int) -> Decimal:
        return expected_cost(self._price, read, written) or Decimal(0)

    async def _reserve(self, name: str, tokens: int, cost: Decimal) -> None:
        while True:
            verdict: list[bool] = []

            def edit(job: Job, verdict: list[bool] = verdict) -> Job | None:
                verdict.clear()
                lane = _own(job, self._lane, self._job)
                verdict.append(fits(job, tokens, cost))
                if not verdict[0]:
                    return None
                before = lane.calls.get(name, Spent())  # of an earlier run, whose answer may be at its checkpoint
                lost, lost_cost = before.lost + before.tokens, before.lost_cost + before.cost
                call = Spent(tokens, cost, open=True, lost=lost, lost_cost=lost_cost)
                return job.with_lane(self._lane, replace(lane, calls={**lane.calls, name: call}))

            async with self._turn:
                changed = await self._jobs.change(self._job.organization, self._job.job_id, edit)
            if changed:
                return
            if not verdict:
                raise LaneLost
            job = await self._jobs.get(self._job.organization, self._job.job_id)
            if job is None or not any(call.open for lane in job.lanes for call in lane.calls.values()):
                raise LimitReached
            await asyncio.sleep(WAIT_SECONDS)

    async def _settle(self, name: str, usage: Usage | None, *, known: bool) -> None:
        """``usage`` None: perhaps billed in full. ``known``: answered from a checkpoint, so nothing was lost."""

        def edit(job: Job) -> Job | None:
            lane = _own(job, self._lane, self._job)
            call = lane.calls.get(name)
            if call is None or not call.open:
                return None
            if usage is None:
                ended = Spent(lost=call.lost + call.tokens, lost_cost=call.lost_cost + call.cost)
            else:
                tokens = usage.prompt_tokens + usage.completion_tokens
                cost = usage.cost
                if cost is None:
                    cost = self._cost(usage.prompt_tokens, usage.completion_tokens)
                lost, lost_cost = (0, Decimal(0)) if known else (call.lost, call.lost_cost)
                ended = Spent(tokens, cost, lost=lost, lost_cost=lost_cost)
            return job.with_lane(self._lane, replace(lane, calls={**lane.calls, name: ended}))

        async with self._turn:
            await self._jobs.change(self._job.organization, self._job.job_id, edit)


def most_tokens(prompt: Prompt[Answer]) -> tuple[int, int]:
    """Read and written: more than one call can take, with the second try that a cut-off answer gets. Two bytes of text
    make a token or less, in any script and with any tokenizer in use."""
    text = sum(len(message.content.encode()) for message in prompt.messages) + len(json.dumps(prompt.schema))
    return 2 * (text // 2 + 64), 3 * prompt.max_output_tokens


def fits(job: Job, tokens: int, cost: Decimal) -> bool:
    """Whether a call of at most so much stays within the limits, whatever the calls on their way take."""
    calls = [call for lane in job.lanes for call in lane.calls.values()]
    used = job.usage.prompt_tokens + job.usage.completion_tokens + job.lost_tokens
    used += sum(call.tokens + call.lost for call in calls)
    paid = (job.usage.cost or Decimal(0)) + job.lost_cost + sum((c.cost + c.lost_cost for c in calls), Decimal(0))
    within_tokens = job.max_tokens is None or used + tokens <= job.max_tokens
    return within_tokens and (job.max_cost is None or paid + cost <= job.max_cost)


def taken_over(calls: Mapping[str, Spent]) -> dict[str, Spent]:
    """A dead owner's calls: what was on its way is lost."""
    return {
        name: Spent(lost=call.lost + call.tokens, lost_cost=call.lost_cost + call.cost) if call.open else call
        for name, call in calls.items()
    }


def _own(job: Job, number: int, claimed: Job) -> Lane:
    lane = job.lanes[number]
    if lane.owner != claimed.lanes[number].owner:
        raise LaneLost
    return lane
