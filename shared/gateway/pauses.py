"""How long the service asks to wait: ``retry-after-ms``, ``retry-after`` (seconds or an HTTP date) and rate limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

LONGEST = 60.0
"""Seconds after which a paused deployment is probed, whatever it said (86400 was seen)."""
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class RateLimit:
    """Tokens left now and seconds until there are all again."""

    remaining: float
    reset: float


def told_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait, None where the service says nothing that makes sense."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None and milliseconds > 0:
        return milliseconds / 1000
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    if seconds is None and text:
        seconds = _until(text, now or datetime.now(UTC))
    return seconds if seconds is not None and seconds > 0 else None


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The token limit of an answer; None if absent or absurd (limits of -1 and 0 were seen)."""
    limit = _number(headers.get("x-ratelimit-limit-tokens", ""))
    remaining = _number(headers.get("x-ratelimit-remaining-tokens", ""))
    reset = duration(headers.get("x-ratelimit-reset-tokens", ""))
    if limit is None or limit <= 0 or remaining is None or not 0 <= remaining <= limit or reset is None:
        return None
    return RateLimit(remaining, reset)


def duration(text: str) -> float | None:
    """``6``, ``6s``, ``120ms``, ``1m30s`` → seconds."""
    seconds = _number(text)
    if seconds is not None:
        return seconds if seconds >= 0 else None
    parts = _DURATION.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
