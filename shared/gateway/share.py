"""What background work leaves of a deployment's quota, so that people who wait for an answer get one.

Jobs may run in other processes than requests do, so the two cannot see each other; but the service tells everyone what
is left of the quota (``x-ratelimit-remaining-…`` and ``-reset-…``). Background prompts go on only while so much is left
that the share stays untouched. The headers mean a minute at one deployment and some seconds at another, so the most
that was ever announced lately is taken for the whole. Where no headers are seen, nothing is held back.

What an answer announces is as old as its prompt: what was taken since is taken off, and nothing is believed of a window
that is over.
"""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

MEMORY: Final = 120.0
"""Seconds in which the most that was announced is halved, should the quota have been lowered."""
LONGEST_RESET: Final = 60.0
NEARLY_ALL: Final = 0.95

_SECONDS: Final = re.compile(r"(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s)?)?")


@dataclass
class _Announced:
    """One kind of limit: tokens or requests."""

    whole: float
    left: float
    until: float
    """When it is announced to be whole again."""
    heard: float
    period: float
    """The longest that it took lately."""
    began: float = -math.inf
    """When it was last taken to be whole again, without being told."""

    def at(self, now: float) -> float:
        return self.whole if now >= self.until else self.left


class InteractiveShare:
    """Of one deployment, as one process knows it."""

    def __init__(self, share: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``share``: 0 to 1."""
        self._share = share
        self._clock = clock
        self._kinds: dict[str, _Announced] = {}
        self._taken: deque[tuple[float, float]] = deque()
        """When background prompts went, and of how many tokens; the last minute's."""

    def heard(self, headers: Mapping[str, str], sent: float | None = None) -> None:
        """What an answer announced. Limits the service does not have are announced as -1, or not at all. ``sent``: when
        its prompt went, on the clock; now, where that is not known."""
        now = self._clock()
        sent = now if sent is None else sent
        since = [cost for at, cost in self._taken if at > sent]
        for kind, used in (("tokens", sum(since)), ("requests", float(len(since)))):
            left = _number(headers.get(f"x-ratelimit-remaining-{kind}"))
            if left is None or left < 0:
                self._kinds.pop(kind, None)
                continue
            reset = min(_seconds(headers.get(f"x-ratelimit-reset-{kind}")) or 1.0, LONGEST_RESET)
            known = self._kinds.get(kind)
            whole, period = left, reset
            if known:
                fading = math.pow(0.5, (now - known.heard) / MEMORY)
                whole, period = max(left, known.whole * fading), max(reset, known.period * fading)
            if known and sent < known.began:
                self._kinds[kind] = replace(known, whole=whole, heard=now, period=period)
            else:
                self._kinds[kind] = _Announced(whole, left - used, now + reset, now, period)

    def take(self, cost: float) -> float:
        """0 where a background prompt of so many tokens may go now; else seconds until it is worth asking again."""
        now = self._clock()
        costs = {"tokens": cost, "requests": 1.0}
        for kind, known in self._kinds.items():
            left = known.at(now)
            alone = left >= NEARLY_ALL * known.whole  # a prompt larger than what may be used at all
            if left - costs[kind] < self._share * known.whole and not alone:
                return min(max(known.until - now, 0.05), 1.0)
        for kind, known in self._kinds.items():
            if now >= known.until:
                known.left, known.began, known.until = known.whole, now, now + known.period
            known.left -= costs[kind]
        while self._taken and self._taken[0][0] < now - LONGEST_RESET:
            self._taken.popleft()
        self._taken.append((now, cost))
        return 0.0


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds(text: str | None) -> float | None:
    """``12``, ``6s``, ``1m30s``, ``250ms``."""
    found = _SECONDS.fullmatch((text or "").strip())
    if not found or not found[0]:
        return None
    seconds = float(found[2] or 0) / (1_000 if found[3] == "ms" else 1)
    return 60 * int(found[1] or 0) + seconds
