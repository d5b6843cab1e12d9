"""NCRONTAB: ``{second} {minute} {hour} {day} {month} {day-of-week}``, and the next moment a schedule names.

Source: learn.microsoft.com, "Timer trigger for Azure Functions" (six fields; five mean second 0; a TimeSpan is an
interval). Names such as ``MON`` and ``JAN`` count; when both day and day-of-week are given, both must fit.
Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.host_settings import seconds

_RANGES = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
_YEARS_AHEAD = 8  # 29 February can be eight years away (around 1900, 2100)


@dataclass(frozen=True)
class Schedule:
    second: frozenset[int]
    minute: frozenset[int]
    hour: frozenset[int]
    day: frozenset[int]
    month: frozenset[int]
    weekday: frozenset[int]
    """0 is Sunday."""

    def after(self, moment: datetime) -> datetime | None:
        """The first moment strictly after the given one; None when there is none, as on 31 February."""
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        for day in self._days(start):
            first = start if day.date() == start.date() else day
            for hour, minute, second in self._times():
                found = day.replace(hour=hour, minute=minute, second=second)
                if found >= first:
                    return found
        return None

    def _days(self, start: datetime) -> Iterator[datetime]:
        midnight = start.replace(hour=0, minute=0, second=0)
        for ahead in range(_YEARS_AHEAD * 366):
            day = midnight + timedelta(days=ahead)
            if day.month in self.month and day.day in self.day and day.isoweekday() % 7 in self.weekday:
                yield day

    def _times(self) -> Iterator[tuple[int, int, int]]:
        for hour in sorted(self.hour):
            for minute in sorted(self.minute):
                for second in sorted(self.second):
                    yield hour, minute, second


@dataclass(frozen=True)
class Interval:
    length: timedelta

    def after(self, moment: datetime) -> datetime | None:
        return moment + self.length


def parse_schedule(text: str) -> Schedule | Interval:
    """Raises ValueError naming the field that is wrong."""
    fields = text.split()
    if len(fields) == 1:
        return Interval(timedelta(seconds=seconds(text)))
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) != 6:
        raise ValueError(f"{text!r} has {len(fields)} fields; a schedule has six")
    names: tuple[dict[str, int], ...] = ({}, {}, {}, {}, _MONTHS, _DAYS)
    sets = [_values(field, *limits, known) for field, limits, known in zip(fields, _RANGES, names, strict=True)]
    sets[5] = frozenset(day % 7 for day in sets[5])
    return Schedule(*sets)


def _values(field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    return frozenset(value for part in field.split(",") for value in _part(part, low, high, names))


def _part(part: str, low: int, high: int, names: dict[str, int]) -> range:
    span, _, step = part.partition("/")
    if span == "*":
        first, last = low, high
    else:
        begin, dash, end = span.partition("-")
        first = _number(begin, names)
        last = _number(end, names) if dash else (high if step else first)
    if not (low <= first <= last <= high) or (step and not int(step) > 0):
        raise ValueError(f"{part!r} is outside {low} to {high}")
    return range(first, last + 1, int(step or 1))


def _number(text: str, names: dict[str, int]) -> int:
    return names.get(text.upper()[:3], -1) if text[:1].isalpha() else int(text)
