"""One gate per deployment: hundreds of prompts share one pause and one quota, without a stampede when it ends."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.errors import DeploymentThrottled
from shared.gateway.pauses import LONGEST, told_wait
from shared.gateway.ports import ChatError, Deployment
from shared.gateway.quota import Permit, Quota
from shared.gateway.share import InteractiveShare

_NOTHING: Mapping[str, str] = {}


@dataclass(eq=False)
class Waiter:
    """A prompt in the queue; ``cost`` in tokens."""

    cost: float
    turn: asyncio.Future[Permit]


class Gate:
    """Who may send now, in order. Every permit must be given back: by accepted, refused or unused."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic, share: float = 0.0) -> None:
        """``share``: of the quota, what background prompts leave to others; 0 to 1."""
        self.share = InteractiveShare(share, clock)
        self._name = name
        self._clock = clock
        self._quota = Quota(clock())
        self._waiting: deque[Waiter] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._clock()

    @property
    def idle(self) -> bool:
        return not self._waiting and self._quota.throttled_at is None

    async def enter(self, cost: float, deadline: float, first: bool = False) -> Permit:
        """Wait for this prompt's turn, before all others if ``first``.

        Raises DeploymentThrottled if the turn cannot come before ``deadline`` (on the clock)."""
        now = self._clock()
        if not self._waiting:
            self._quota.resume(now)
            if self._quota.may_pass(cost, now):
                return self._quota.take(cost, now)
        if self._quota.opens > deadline:
            raise self._throttled(now)
        waiter = Waiter(cost, asyncio.get_running_loop().create_future())
        if first:
            self._waiting.appendleft(waiter)
        else:
            self._waiting.append(waiter)
        self._pump()
        return await self._wait(waiter, deadline)

    async def enter_in_background(self, cost: float, deadline: float, first: bool = False) -> Permit:
        """Wait for a turn that leaves others their share as well: what was there when the wait began may be gone when
        the turn comes. Raises DeploymentThrottled."""
        while True:
            permit = await self.enter(cost, deadline, first)
            wait = self.share.take(cost)
            if not wait:
                return permit
            self.unused(permit)
            if self._clock() + wait > deadline:
                raise self._throttled(self._clock())
            await asyncio.sleep(wait)

    def accepted(self, permit: Permit) -> None:
        """The service took the prompt, whatever it answered."""
        self._quota.accepted(permit, self._clock())
        self._pump()

    def refused(self, permit: Permit, wait: float | None) -> None:
        """The service answered 429 and said how many seconds to wait, or not."""
        self._quota.refused(permit, wait, self._clock())
        self._pump()

    def unused(self, permit: Permit) -> None:
        """The prompt was not sent, or nobody knows whether the service counted it."""
        self._quota.give_back(permit)
        self._pump()

    def _pump(self) -> None:
        """Let through all whose turn has come, then look again when the next one's comes."""
        now = self._clock()
        while self._waiting and self._quota.may_pass(self._waiting[0].cost, now):
            waiter = self._waiting.popleft()
            if not waiter.turn.done():
                waiter.turn.set_result(self._quota.take(waiter.cost, now))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            wait = self._quota.next_turn(self._waiting[0].cost, now)
            self._timer = asyncio.get_running_loop().call_later(wait, self._pump)

    async def _wait(self, waiter: Waiter, deadline: float) -> Permit:
        try:
            async with asyncio.timeout(max(deadline - self._clock(), 0.0)):
                return await waiter.turn
        except TimeoutError:
            self._leave(waiter)
            raise self._throttled(self._clock()) from None
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _leave(self, waiter: Waiter) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.turn.done() and not waiter.turn.cancelled():
            self.unused(waiter.turn.result())

    def _throttled(self, now: float) -> DeploymentThrottled:
        wait = min(max(self._quota.opens - now, 1.0), LONGEST)
        return DeploymentThrottled(f"The deployment {self._name} is at its limit", retry_after=wait)


class Turn:
    """A permit for the time of one try; given back at its end, whatever happened."""

    def __init__(self, gate: Gate, permit: Permit) -> None:
        self._gate = gate
        self._permit: Permit | None = permit
        self._sent = gate.now()

    def accepted(self, headers: Mapping[str, str] = _NOTHING) -> None:
        self._gate.share.heard(headers, self._sent)
        if self._permit is not None:
            self._gate.accepted(self._permit)
            self._permit = None

    def failed(self, error: ChatError) -> None:
        """A 429 pauses the gate. A 400 was counted by the service; whether anything else was, nobody knows."""
        if self._permit is not None and error.status == 429:
            self._gate.refused(self._permit, told_wait(error.headers))
            self._permit = None
        elif error.status == 400:
            self.accepted(error.headers)

    async def __aenter__(self) -> Turn:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._permit is not None:
            self._gate.unused(self._permit)
            self._permit = None


class Throttle:
    """The gates, by deployment."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, share: float = 0.0) -> None:
        """``share``: what background prompts leave of each quota, 0 to 1."""
        self._clock = clock
        self._share = share
        self._gates: dict[tuple[str, str], Gate] = {}

    async def turn(
        self, deployment: Deployment, cost: float, deadline: float, first: bool, background: bool = False
    ) -> Turn:
        """Wait at the deployment's gate, before all others if ``first``. Raises DeploymentThrottled."""
        gate = self._gate(deployment)
        enter = gate.enter_in_background if background else gate.enter
        return Turn(gate, await enter(cost, deadline, first))

    def _gate(self, deployment: Deployment) -> Gate:
        key = (deployment.base_url, deployment.name)
        if key not in self._gates:
            if len(self._gates) >= 1024:
                self._gates = {known: gate for known, gate in self._gates.items() if not gate.idle}
            self._gates[key] = Gate(deployment.name, self._clock, self._share)
        return self._gates[key]
