"""What one prompt may still try after a failed try, and when it must give up: the only layer of retries."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import replace

from shared.errors import AnswerCutOff, DeploymentTimeout, DeploymentUnauthorized, ProductError
from shared.gateway.attempts import TryFailed
from shared.gateway.capabilities import MOST_DOUBLED, Capabilities, Lesson
from shared.gateway.classify import Next, Verdict
from shared.gateway.parts import Parts
from shared.gateway.pauses import LONGEST, told_wait
from shared.gateway.ports import ChatError, ChatRequest, Completion, Deployment
from shared.gateway.records import Caller

MOST_TRIES = 4
"""Of a prompt that meets transient failures."""
MOST_REREADS = 3
"""Of the settings, by one prompt."""
BACKOFF = 0.5
"""Seconds before the second try; doubled each time."""

log = logging.getLogger(__name__)


class Failure(TryFailed):
    """A try the service answered with an error, or not at all."""

    def __init__(self, verdict: Verdict, cause: ChatError, lesson: Lesson | None) -> None:
        code, detail = verdict.error.code, verdict.error.detail
        if lesson is not None:
            code, detail = "parameter_unsupported", "The deployment does not accept a parameter: sent again without it"
        super().__init__(verdict.status, code, detail)
        self.verdict = verdict
        self.cause = cause
        self.lesson = lesson


class Recovery:
    """The memory of one prompt: keys refused, settings asked for again, tries spent."""

    was_refused = False
    """Whether the last try met a 429: such a prompt has its turn before the others."""

    def __init__(self, parts: Parts, caller: Caller) -> None:
        self._parts = parts
        self._caller = caller
        self._refused_keys: set[tuple[str, str]] = set()
        self._schema = Capabilities()
        self._rereads = MOST_REREADS
        self._doubled = False
        self._empty = False
        self._transient = 0
        self._last: ProductError | None = None

    def resume(self, budget: int) -> None:
        """An earlier run has met an answer that was cut off, and would have asked again with this budget."""
        self._doubled = True
        self._schema = replace(self._schema, budget=budget)

    def capabilities(self, deployment: Deployment) -> Capabilities:
        return self._parts.learnt.of(deployment).merged(self._schema)

    def check_deadline(self) -> None:
        """Raises what went wrong last, or DeploymentTimeout, if nobody waits any more."""
        if self._parts.clock() >= self._caller.deadline:
            raise self._last or DeploymentTimeout("No time is left to ask the deployment")

    def timeout(self) -> float:
        """Seconds for one try."""
        left = self._caller.deadline - self._parts.clock()
        return max(min(self._parts.settings.prompt_timeout, left), 0.001)

    def key(self, deployment: Deployment) -> str:
        """The next key to try. Raises DeploymentUnauthorized if there is none that could be sent."""
        for key in self._parts.credentials.keys(self._caller.organization, deployment):
            if (deployment.base_url, key) not in self._refused_keys:
                return key
        raise self._last or DeploymentUnauthorized("apiKey holds characters that no key has", setting="apiKey")

    def note(self, completion: Completion) -> None:
        self._empty = not completion.text.strip()

    async def after(self, failed: Failure | AnswerCutOff, request: ChatRequest, used: Capabilities) -> None:
        """Prepare the next try, waiting if need be. Raises the failure if there is to be none."""
        self.was_refused = False
        if isinstance(failed, AnswerCutOff):
            self._double(failed, request.deployment, used)
        elif failed.lesson is not None:
            self._learn(failed.lesson, request.deployment)
        else:
            await self._retry(failed, request)

    async def _retry(self, failure: Failure, request: ChatRequest) -> None:
        self._last = error = failure.verdict.error
        then = failure.verdict.next
        if then is Next.PAUSE:
            self.was_refused = True
            return None  # the gate makes it wait, or says that there is no time for it
        if then is Next.OTHER_KEY and self._other_key(request):
            return None
        if then in (Next.OTHER_KEY, Next.SETTINGS, Next.SETTINGS_THEN_AGAIN) and await self._changed(request):
            return None
        if then in (Next.AGAIN, Next.SETTINGS_THEN_AGAIN):
            return await self._back_off(error, failure.cause)
        raise error from None

    def _other_key(self, request: ChatRequest) -> bool:
        deployment = request.deployment
        self._refused_keys.add((deployment.base_url, request.key))
        return self._any_key_left(deployment)

    def _any_key_left(self, deployment: Deployment) -> bool:
        keys = self._parts.credentials.keys(self._caller.organization, deployment)
        return any((deployment.base_url, key) not in self._refused_keys for key in keys)

    async def _changed(self, request: ChatRequest) -> bool:
        """Ask Key Vault whether the settings that stopped working have been replaced: both keys may be rotated while
        one prompt waits. Once it says no, it is not asked again."""
        if self._rereads == 0:
            return False
        self._rereads -= 1
        current = await self._parts.credentials.reread(self._caller.organization, request.deployment)
        log.info("settings.reread", extra={"organization": self._caller.organization, "changed": current is not None})
        if current is None:
            self._rereads = 0
        return current is not None and self._any_key_left(current)

    async def _back_off(self, error: ProductError, cause: ChatError) -> None:
        self._transient += 1
        wait = BACKOFF * 2 ** (self._transient - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        wait = max(wait, min(told_wait(cause.headers) or 0.0, LONGEST))
        if self._transient >= MOST_TRIES or self._parts.clock() + wait >= self._caller.deadline:
            raise error from None
        await asyncio.sleep(wait)

    def _learn(self, lesson: Lesson, deployment: Deployment) -> None:
        if lesson.lasting:
            self._parts.learnt.remember(deployment, lesson.capabilities)
        else:
            self._schema = self._schema.merged(Capabilities(output=lesson.capabilities.output))

    def will_double(self, used: Capabilities) -> bool:
        """Whether an answer that was cut off will be asked for once more, with a larger budget."""
        return not self._doubled and self._empty and used.budget < MOST_DOUBLED

    def _double(self, error: AnswerCutOff, deployment: Deployment, used: Capabilities) -> None:
        """Hidden reasoning may have used up the budget: twice as much, once a prompt, and remembered."""
        if not self.will_double(used):
            raise error
        self._doubled = True
        self._parts.learnt.remember(deployment, replace(used, budget=used.budget * 2))
