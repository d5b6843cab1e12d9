"""A deployment's quota: tokens and requests per minute, watched in short windows, as the service does.

A window of ``w`` seconds holds ``w/60`` of the minute. A request costs the estimate of its prompt **plus its max
tokens**, whatever it produces or however it fails. While a window has anything left a request is let in; what it costs
beyond that is taken from the windows that follow, so a prompt larger than one window still gets through and no more
than the quota passes in the long run. A turned-away request counts as a request of its window, not in tokens.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.simulated_config import Quota


class Meter:
    """One limit. ``None`` per minute is no limit."""

    def __init__(self, per_minute: int | None, window: float, now: float) -> None:
        self.per_minute = per_minute
        self._window = window
        self._size = math.inf if per_minute is None else per_minute * window / 60
        self._start = now
        self._used = 0.0

    def move(self, now: float) -> None:
        windows = math.floor((now - self._start) / self._window)
        if windows > 0:
            self._start += windows * self._window
            self._used = 0.0 if self._size == math.inf else max(0.0, self._used - windows * self._size)

    def open(self) -> bool:
        return self._used < self._size

    def add(self, amount: float) -> None:
        self._used += amount

    def add_within_window(self, amount: float) -> None:
        """Counts, but never beyond this window."""
        self._used = max(self._used, min(self._used + amount, self._size))

    @property
    def remaining(self) -> int:
        return -1 if self._size == math.inf else max(0, math.floor(self._size - self._used))

    def seconds_until_open(self, now: float) -> float:
        if self._size == math.inf:
            return 0.0
        windows = math.floor(self._used / self._size) if self._used >= self._size else 1
        return self._start + windows * self._window - now


@dataclass(frozen=True)
class Verdict:
    limited_by: str | None
    """None: let in. Else ``tokens`` or ``requests``."""
    retry_after: float
    headers: dict[str, str]


class QuotaMeter:
    def __init__(self, quota: Quota, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        now = clock()
        self._started = now
        self._tokens = Meter(quota.tokens_per_minute, quota.window_seconds, now)
        self._requests = Meter(quota.requests_per_minute, quota.window_seconds, now)
        self.admitted_tokens = 0
        self.admitted_requests = 0
        self.turned_away = 0

    def ask(self, cost: int) -> Verdict:
        now = self._clock()
        self._tokens.move(now)
        self._requests.move(now)
        closed = [name for name, meter in self._meters() if not meter.open()]
        if closed:
            self.turned_away += 1
            self._requests.add_within_window(1)
            return Verdict(closed[0], max(self._until(now), 0.001), self._headers(now))
        self._tokens.add(cost)
        self._requests.add(1)
        self.admitted_tokens += cost
        self.admitted_requests += 1
        return Verdict(None, 0, self._headers(now))

    def shown(self) -> dict[str, object]:
        return {
            "seconds": round(self._clock() - self._started, 3),
            "admittedTokens": self.admitted_tokens,
            "admittedRequests": self.admitted_requests,
            "turnedAway": self.turned_away,
        }

    def _meters(self) -> tuple[tuple[str, Meter], tuple[str, Meter]]:
        return ("tokens", self._tokens), ("requests", self._requests)

    def _until(self, now: float) -> float:
        return max(meter.seconds_until_open(now) for _, meter in self._meters() if not meter.open())

    def _headers(self, now: float) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, meter in self._meters():
            if meter.per_minute is None:
                continue
            headers[f"x-ratelimit-limit-{name}"] = str(meter.per_minute)
            headers[f"x-ratelimit-remaining-{name}"] = str(meter.remaining)
            headers[f"x-ratelimit-reset-{name}"] = str(max(0, math.ceil(meter.seconds_until_open(now))))
        return headers
