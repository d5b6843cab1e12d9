"""One gate per deployment: hundreds of prompts share one pause and one quota, without a stampede when it ends.

A gate is open until the service answers 429. From then on it learns the quota from what is accepted, in windows: a
window opens when a pause ends and closes at the next 429. What was accepted at once when the window opened is let
through at once in the next one, and then as much a second as was accepted on average, and a little more, so that the
limit is found again: fixed windows and refilling buckets both end up used to the full, at the price of about one 429 a
window. After a pause the service did not time (no Retry-After, or an absurd one) a single prompt goes first.
The unit is tokens: the service counts an estimate of the prompt plus max tokens.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.errors import DeploymentThrottled
from shared.gateway.pauses import LONGEST, rate_limit
from shared.gateway.ports import Deployment

AT_ONCE = 0.25
"""Seconds after a window's opening that count as its beginning."""
CALM = 60.0
"""Seconds without a 429 after which a gate with nobody waiting is wide open again."""
MEMORY = 10.0
"""Seconds an open gate counts back: the longest window of the service."""


@dataclass
class Permit:
    cost: float
    window: int
    sent: float
    """All tokens ever let through, this permit's included."""
    at_once: bool = False


@dataclass
class Waiter:
    cost: float
    turn: asyncio.Future[Permit]


class Gate:
    """Every permit must be given back: by accepted, refused or unused."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._waiting: deque[Waiter] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._window = 0
        self._opened = clock()
        self._throttled_at: float | None = None
        self._sent = 0.0
        self._spent = 0.0
        self._spent_at_once = 0.0
        self._burst = 0.0
        self._rate = 0.0
        self._probing = False
        self._in_a_row = 0

    @property
    def idle(self) -> bool:
        return not self._waiting and self._throttled_at is None

    async def enter(self, cost: float, deadline: float) -> Permit:
        """Wait for this prompt's turn. Raises DeploymentThrottled if it cannot come before ``deadline``."""
        now = self._clock()
        self._calm_down(now)
        if not self._waiting and self._may_pass(cost, now):
            return self._let_through(cost, now)
        if self._opened > deadline:
            raise self._throttled(self._opened - now)
        waiter = Waiter(cost, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._pump()
        return await self._wait(waiter, deadline)

    def accepted(self, permit: Permit, headers: Mapping[str, str]) -> None:
        """The service took the prompt, whatever it answered."""
        if permit.window != self._window or self._throttled_at is None:
            return
        self._in_a_row = 0
        if self._probing:
            self._probing = False
            self._opened = self._clock()
        if self._rate == 0.0:
            self._burst += 2 * permit.cost  # nothing learnt yet: twice as many as were taken
        self._heed(permit, headers)
        self._pump()

    def refused(self, permit: Permit, wait: float | None) -> float:
        """The service answered 429 and said how long to wait, or not. Returns the pause in seconds."""
        now = self._clock()
        if permit.window != self._window:
            self._unlearn(permit)
            self._open_at(max(self._opened, now + min(wait or 0.0, LONGEST)))
            return max(self._opened - now, 0.0)
        self._take_back(permit)
        self._in_a_row += 1
        guess = min(2.0 ** (self._in_a_row - 1), LONGEST) * random.uniform(0.75, 1.25)  # noqa: S311
        pause = min(wait if wait is not None else guess, LONGEST)
        self._learn(now, now + pause)
        self._probing = wait is None or wait > LONGEST or self._burst == 0.0
        self._throttled_at = now
        self._window += 1
        self._spent = self._spent_at_once = 0.0
        self._open_at(now + pause)
        return pause

    def unused(self, permit: Permit) -> None:
        """The prompt was not sent, or nobody knows whether the service counted it."""
        if permit.window == self._window:
            self._take_back(permit)
        self._pump()

    def _may_pass(self, cost: float, now: float) -> bool:
        if self._throttled_at is None:
            return True
        return now >= self._opened and (self._spent == 0.0 or self._spent + cost <= self._allowance(now))

    def _allowance(self, now: float) -> float:
        if self._probing:
            return 0.0
        elapsed = now - self._opened
        return self._burst + self._rate * elapsed * (1.05 + elapsed / CALM)

    def _let_through(self, cost: float, now: float) -> Permit:
        if self._throttled_at is None and now - self._opened > MEMORY:
            self._opened, self._spent = now, 0.0
        self._sent += cost
        self._spent += cost
        at_once = now - self._opened <= AT_ONCE
        if at_once:
            self._spent_at_once += cost
        return Permit(cost, self._window, self._sent, at_once)

    def _take_back(self, permit: Permit) -> None:
        self._spent = max(self._spent - permit.cost, 0.0)
        if permit.at_once:
            self._spent_at_once = max(self._spent_at_once - permit.cost, 0.0)

    def _learn(self, now: float, opens: float) -> None:
        if self._spent > 0.0:
            first = self._throttled_at is None
            self._burst = self._spent if first else self._spent_at_once
            self._rate = self._spent / max(opens - self._opened, AT_ONCE)
        else:
            self._burst /= 2
            self._rate /= 2

    def _unlearn(self, permit: Permit) -> None:
        """A prompt of the last window was refused after that window had been judged."""
        if self._burst > 0.0:
            left = max(self._burst - permit.cost, 0.0)
            self._rate *= left / self._burst
            self._burst = left

    def _heed(self, permit: Permit, headers: Mapping[str, str]) -> None:
        """Stop before a 429 if the answer says that nothing is left."""
        limit = rate_limit(headers)
        if limit is None or limit.reset > MEMORY:
            return
        if limit.remaining - (self._sent - permit.sent) < permit.cost:
            now = self._clock()
            self._learn(now, now + limit.reset)
            self._window += 1
            self._spent = self._spent_at_once = 0.0
            self._open_at(now + limit.reset)

    def _open_at(self, moment: float) -> None:
        self._opened = moment
        self._pump()

    def _calm_down(self, now: float) -> None:
        if self._throttled_at is not None and not self._waiting and now - self._throttled_at > CALM:
            self._throttled_at, self._probing, self._in_a_row = None, False, 0
            self._opened, self._spent, self._burst, self._rate = now, 0.0, 0.0, 0.0

    def _pump(self) -> None:
        """Let through all whose turn has come, then look again when the next one's comes."""
        now = self._clock()
        while self._waiting and self._may_pass(self._waiting[0].cost, now):
            waiter = self._waiting.popleft()
            if not waiter.turn.done():
                waiter.turn.set_result(self._let_through(waiter.cost, now))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._next_turn(self._waiting[0].cost, now), self._pump)

    def _next_turn(self, cost: float, now: float) -> float:
        if now < self._opened:
            return self._opened - now + 0.001
        if self._rate <= 0.0 or self._probing:
            return 1.0
        return min(max((self._spent + cost - self._allowance(now)) / (self._rate * 1.05), 0.001), 1.0)

    async def _wait(self, waiter: Waiter, deadline: float) -> Permit:
        try:
            async with asyncio.timeout(max(deadline - self._clock(), 0.0)):
                return await waiter.turn
        except TimeoutError:
            self._leave(waiter)
            raise self._throttled(max(self._opened - self._clock(), 1.0)) from None
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _leave(self, waiter: Waiter) -> None:
        if waiter.turn.done() and not waiter.turn.cancelled():
            self.unused(waiter.turn.result())
        elif waiter in self._waiting:
            self._waiting.remove(waiter)

    def _throttled(self, wait: float) -> DeploymentThrottled:
        return DeploymentThrottled(f"The deployment {self._name} is at its limit", retry_after=min(wait, LONGEST))


class Throttle:
    """The gates, by deployment."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gates: dict[tuple[str, str], Gate] = {}

    def gate(self, deployment: Deployment) -> Gate:
        key = (deployment.base_url, deployment.name)
        gate = self._gates.get(key)
        if gate is None:
            self._drop_idle()
            gate = self._gates[key] = Gate(deployment.name, self._clock)
        return gate

    def _drop_idle(self) -> None:
        if len(self._gates) >= 1024:
            self._gates = {key: gate for key, gate in self._gates.items() if not gate.idle}
