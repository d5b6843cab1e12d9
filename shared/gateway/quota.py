"""How much may be sent to a deployment now, learnt from what it accepts and refuses. No waiting here: see throttle.py.

Nothing is held back until the service answers 429. From then on there are windows: one opens when a pause ends and
closes at the next 429. What was accepted at once when a window opened is let through at once in the next one, as far as
the pause before it explains so much; then as much a second as was accepted on average, slowly growing until the limit
is met again. Fixed windows and refilling buckets both end up used to the full, with few 429s. After a pause the service
did not time (no Retry-After, or an absurd one) a single prompt goes first. One prompt may always be on its way.
The unit is tokens: the service counts an estimate of the prompt plus max tokens.

The x-ratelimit headers are left alone: "reset" is in whole seconds and "remaining" of a minute or of a window, and
stopping when they say that nothing is left was measured to use 77% of a quota watched in windows of 1 s.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from shared.gateway.pauses import LONGEST

AT_ONCE = 0.25
"""Seconds after a window's opening that count as its beginning."""
CALM = 180.0
"""Seconds after the last 429 until the quota is taken to be ample again."""
REST = 1.0
"""Seconds without a prompt that make a new window: what was not asked for was not refused."""
AVERAGE = 20.0
"""Seconds over which the rate is averaged."""
MEMORY = 60.0
"""Seconds counted back, about, at the first 429."""


@dataclass
class Permit:
    """One prompt that may be sent. ``cost`` in tokens; ``window``: the number of the one it was given in."""

    cost: float
    window: int
    at_once: bool
    """Whether it was given at the window's opening."""


class Quota:
    """Of one deployment. Costs are tokens; ``now`` and all other times seconds on one monotonic clock."""

    def __init__(self, now: float) -> None:
        self.opens = now
        """When the present window opened, or will."""
        self.throttled_at: float | None = None
        self._window = 0
        self._spent = 0.0
        self._spent_at_once = 0.0
        self._out = 0
        self._last = now
        self._held = False
        self._burst = 0.0
        self._rate = 0.0
        self._tokens = self._seconds = 0.0
        self._pause = 0.0
        self._probing = False
        self._refusals = 0

    def may_pass(self, cost: float, now: float) -> bool:
        if self.throttled_at is None:
            return True
        if now < self.opens:
            return False
        passes = self._is_first() or self._spent + cost <= self._allowance(now)
        self._held = self._held or not passes
        return passes

    def next_turn(self, cost: float, now: float) -> float:
        """Seconds until it is worth asking again whether ``cost`` may pass."""
        if now < self.opens:
            return self.opens - now + 0.001
        if self._rate <= 0.0 or self._probing:
            return 1.0
        return min(max((self._spent + cost - self._allowance(now)) / self._rate, 0.001), 1.0)

    def take(self, cost: float, now: float) -> Permit:
        """Count a prompt as sent, after ``may_pass``. Its permit ends once: accepted, refused or given back."""
        if self.throttled_at is None and now - self.opens > MEMORY:
            self.opens, self._spent = now - MEMORY / 2, self._spent / 2
        at_once = self.throttled_at is None or now - self.opens <= AT_ONCE
        self._out += 1
        self._last = now
        self._spent += cost
        self._spent_at_once += cost if at_once else 0.0
        return Permit(cost, self._window, at_once)

    def give_back(self, permit: Permit) -> None:
        """The prompt was not sent, or nobody knows whether it was counted."""
        if permit.window == self._window:
            self._out -= 1
            self._spent = max(self._spent - permit.cost, 0.0)
            self._spent_at_once = max(self._spent_at_once - (permit.cost if permit.at_once else 0.0), 0.0)

    def accepted(self, permit: Permit, now: float) -> None:
        """The service took the prompt, whatever it answered."""
        self._refusals = 0
        if permit.window != self._window:
            return
        self._out -= 1
        if self.throttled_at is None:
            return
        if self._probing:
            self._probing, self.opens = False, now
        if self._rate == 0.0:
            self._burst += 2 * permit.cost  # nothing learnt yet: twice as many as were taken

    def refused(self, permit: Permit, wait: float | None, now: float) -> None:
        """A 429 with the wait it told, in seconds, or None."""
        if permit.window != self._window:
            self._unlearn(permit)
            self.opens = max(self.opens, now + min(wait or 0.0, LONGEST))
            return
        self.give_back(permit)
        self._refusals += 1
        guess = 2.0 ** min(self._refusals - 1, 6) * random.uniform(0.75, 1.25)  # noqa: S311
        self._close(now, now + min(guess if wait is None else wait, LONGEST))
        self._probing = wait is None or wait > LONGEST or self._burst == 0.0
        self.throttled_at = now

    def resume(self, now: float) -> None:
        """Nobody waits: after a rest a new window opens, and after a long one the limit is forgotten."""
        if self.throttled_at is None:
            return
        if now - self.throttled_at > CALM:
            self.throttled_at, self._probing, self._refusals = None, False, 0
            self.opens, self._spent, self._burst = now, 0.0, 0.0
            self._rate = self._tokens = self._seconds = 0.0
        elif now - max(self._last, self.opens) > REST and not self._probing:
            self.opens, self._spent, self._spent_at_once, self._held = now, 0.0, 0.0, False

    def _is_first(self) -> bool:
        """One prompt may go where nothing else says when: at a window's opening, and before anything is learnt."""
        return self._out == 0 and (self._spent <= 0.0 or self._rate <= 0.0)

    def _allowance(self, now: float) -> float:
        if self._probing:
            return 0.0
        elapsed = now - self.opens
        burst = min(self._burst, 1.1 * self._rate * self._pause) if self._rate > 0.0 else self._burst
        return burst + self._rate * elapsed * (1.0 + elapsed / 10.0 + (elapsed / 10.0) ** 2)

    def _close(self, now: float, opens: float) -> None:
        """End the window, learn from it, and open the next one later."""
        if self._spent > 0.0:
            self._burst = self._spent if self.throttled_at is None else self._spent_at_once
        else:
            self._burst /= 2
        if self._held or self._rate <= 0.0:  # else there was no more to send: that says nothing of the quota
            self._average(self._spent, max(opens - self.opens, 0.001))
        self._held = False
        self._pause = opens - now
        self._window += 1
        self._spent = self._spent_at_once = 0.0
        self._out = 0
        self.opens = opens

    def _average(self, tokens: float, seconds: float) -> None:
        """The rate over the last windows, the older ones counting less: one alone may be too short to tell."""
        kept = math.exp(-seconds / AVERAGE)
        self._tokens, self._seconds = self._tokens * kept + tokens, self._seconds * kept + seconds
        self._rate = self._tokens / self._seconds

    def _unlearn(self, permit: Permit) -> None:
        """A prompt of the last window was refused after that window had been judged."""
        if permit.window == self._window - 1:
            self._average(-min(permit.cost, self._tokens), 0.0)
            self._burst = max(self._burst - (permit.cost if permit.at_once else 0.0), 0.0)
