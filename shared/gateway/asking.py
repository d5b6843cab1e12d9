"""One prompt, from its first try to its answer or its error. All promises about sending are kept here.

The order of a try: throttle → flag → settings → attempt row → flag again → send → checkpoint → outcome row.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic
from urllib.parse import urlsplit

from shared.errors import AnswerCutOff, ProductError
from shared.gateway import answers
from shared.gateway.attempts import Attempt, Keep, attempt_row, write_again
from shared.gateway.capabilities import Capabilities, Output, learn
from shared.gateway.checkpoints import Checkpoint, Finished
from shared.gateway.classify import classify
from shared.gateway.parts import Parts
from shared.gateway.ports import ChatError, ChatRequest, Completion, Deployment
from shared.gateway.prices import cost_of
from shared.gateway.records import Answer, Caller, OutcomeRow, Prompt, Reply, Status, Usage
from shared.gateway.recovery import Failure, Recovery
from shared.gateway.throttle import Turn
from shared.telemetry import names
from shared.telemetry.prompts import asking, sending, waiting

log = logging.getLogger(__name__)


class Asking(Generic[Answer]):
    def __init__(self, parts: Parts, caller: Caller, prompt: Prompt[Answer], plain: bool = False) -> None:
        """``plain``: no schema, the exact token budget, and any text, cut off or not, is an answer."""
        self._parts = parts
        self._caller = caller
        self._prompt = prompt
        self._plain = plain
        self._id = uuid.uuid4().hex
        self._ids: list[str] = []
        self._waited = 0.0
        self._usage = Usage()
        self._recovery = Recovery(parts, caller)
        self._checkpoint = Checkpoint(caller.checkpoints, prompt) if caller.checkpoints else None

    async def run(self) -> Reply[Answer]:
        with asking(self._caller, self._prompt.name) as asked:
            try:
                reply = await self._run()
                asked.set({names.CHECKPOINTED: reply.checkpointed})
                return reply
            finally:
                asked.set({names.TRIES: len(self._ids), names.WAITED: round(self._waited, 3)})

    async def _run(self) -> Reply[Answer]:
        try:
            finished = await self._checkpoint.load() if self._checkpoint else None
            if finished is not None:
                await self._take_over(finished)
                if finished.budget is None:
                    return self._from(finished)
                self._recovery.resume(finished.budget)
            while True:
                reply = await self._once()
                if reply is not None:
                    return reply
        except ProductError as error:
            error.attempt_ids, error.usage = tuple(self._ids), self._usage
            raise

    async def _take_over(self, finished: Finished) -> None:
        """What an earlier run of this work has paid for."""
        self._ids, self._usage = list(finished.attempt_ids), finished.usage
        await write_again(self._parts.history, finished.outcome)

    def _from(self, finished: Finished) -> Reply[Answer]:
        """What an earlier run of this work was answered, good or bad: nothing is sent."""
        log.info("prompt.checkpoint_used", extra={"attempt_id": finished.outcome.attempt_id})
        value = self._value(finished.completion, finished.output)
        return Reply(value, finished.attempt_ids, finished.completion.model, finished.usage, checkpointed=True)

    async def _once(self) -> Reply[Answer] | None:
        """One try; None if another one should follow."""
        parts, caller, recovery = self._parts, self._caller, self._recovery
        recovery.check_deadline()
        deployment = await parts.credentials.deployment(caller.organization)
        used = recovery.capabilities(deployment)
        cost = self._tokens(used)
        async with await self._turn(deployment, cost) as turn:
            await parts.flags.require(caller.organization, caller.features)
            if await parts.credentials.deployment(caller.organization) != deployment:
                return None  # changed while it waited: perhaps another deployment, with another gate
            request = self._request(deployment, used)
            try:
                return await self._attempt(request, used, turn)
            except Failure as failure:
                failed: Failure | AnswerCutOff = failure
            except AnswerCutOff as error:
                failed = error
        await recovery.after(failed, request, used)
        return None

    async def _turn(self, deployment: Deployment, cost: float) -> Turn:
        parts, caller, started = self._parts, self._caller, self._parts.clock()
        try:
            with waiting(caller, deployment.name):
                until = min(caller.deadline, started + caller.longest_wait)
                return await parts.throttle.turn(deployment, cost, until, self._recovery.was_refused, caller.background)
        finally:
            self._waited += parts.clock() - started

    async def _attempt(self, request: ChatRequest, used: Capabilities, turn: Turn) -> Reply[Answer]:
        """One HTTP request between its two rows."""
        parts, caller = self._parts, self._caller
        row = attempt_row(caller, self._prompt.name, self._id, len(self._ids) + 1, request)
        attempt = Attempt(parts.history, row, parts.settings.currency, parts.clock)
        await attempt.begin()
        self._ids.append(row.attempt_id)
        try:
            await parts.flags.require(caller.organization, caller.features)
            with sending(request, row) as sent:
                completion = await self._exchange(request, used, turn, attempt)
                sent.answered(completion, attempt.cost, attempt.currency)
            value = self._read(completion, used)
            attempt.status = Status.SUCCEEDED
        except BaseException as error:
            attempt.failed(error)
            raise
        finally:
            await attempt.end(self._keeper(attempt, used))
        return Reply(value, tuple(self._ids), completion.model, self._usage)

    def _keeper(self, attempt: Attempt, used: Capabilities) -> Keep | None:
        """Keeps the answer at its checkpoint; with one that was cut off, what the next try will be."""
        checkpoint, completion = self._checkpoint, attempt.completion
        if checkpoint is None or completion is None:
            return None
        another = attempt.status is Status.CUT_OFF and self._recovery.will_double(used)
        ids, usage, budget = tuple(self._ids), self._usage, used.budget * 2 if another else None

        async def keep(outcome: OutcomeRow) -> None:
            await checkpoint.save(Finished(completion, used.output, ids, usage, outcome, budget))

        return keep

    async def _exchange(self, request: ChatRequest, used: Capabilities, turn: Turn, attempt: Attempt) -> Completion:
        deployment = request.deployment
        log.info("prompt.sent", extra=attempt.fields())
        try:
            completion = _redacted(await self._parts.chat.send(request), deployment)
        except ChatError as error:
            turn.failed(error)
            verdict = classify(error, deployment, urlsplit(deployment.base_url).netloc)
            raise Failure(verdict, error, learn(used, error)) from None
        else:
            turn.accepted(completion.headers)
            self._parts.credentials.worked(self._caller.organization, deployment, request.key)
            attempt.completion, attempt.cost = completion, self._cost(completion)
            return completion
        finally:
            self._usage += attempt.usage()

    def _read(self, completion: Completion, used: Capabilities) -> Answer:
        if self._plain:
            return self._prompt.parse(completion.text)
        self._recovery.note(completion)
        return self._value(completion, used.output)

    def _value(self, completion: Completion, output: Output) -> Answer:
        return answers.read(completion, self._prompt, output)

    def _request(self, deployment: Deployment, used: Capabilities) -> ChatRequest:
        prompt = self._prompt
        return ChatRequest(
            deployment,
            self._recovery.key(deployment),
            prompt.messages if self._plain else used.messages(prompt.messages, prompt.schema),
            None if self._plain else used.response_format(prompt.name, prompt.schema),
            used.parameters(prompt.max_output_tokens, exact=self._plain),
            self._recovery.timeout(),
        )

    def _tokens(self, used: Capabilities) -> float:
        """What the service will count: an estimate of the prompt plus max tokens."""
        characters = sum(len(message.content.encode()) for message in self._prompt.messages)
        return characters / 4 + used.output_budget(self._prompt.max_output_tokens)

    def _cost(self, completion: Completion) -> Decimal | None:
        if completion.prompt_tokens <= 0:
            return None  # the answer did not say what it used
        return cost_of(
            self._parts.settings.prices,
            completion.model,
            completion.prompt_tokens,
            completion.cached_tokens,
            completion.completion_tokens,
            datetime.now(UTC).date(),
        )


def _redacted(completion: Completion, deployment: Deployment) -> Completion:
    """The answer without the keys, should whatever answered have repeated them."""
    keys = [key for key in (deployment.api_key, deployment.resource_key) if len(key) >= 8]
    if not any(key in part for key in keys for part in (completion.text, completion.refusal or "", completion.model)):
        return completion

    def clean(text: str) -> str:
        for key in keys:
            text = text.replace(key, "[key]")
        return text

    refusal = clean(completion.refusal) if completion.refusal else None
    return replace(completion, text=clean(completion.text), refusal=refusal, model=clean(completion.model))
