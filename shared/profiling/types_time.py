"""Detectors of dates and times, in the forms files hold them. Each takes one trimmed value.

Months and days of the week are words from lists, so that the patterns need not know a language.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from shared.profiling.folding import fold
from shared.profiling.types_duration import duration as duration
from shared.profiling.types_duration import named_duration as named_duration
from shared.profiling.types_duration import named_time_zone as named_time_zone
from shared.profiling.types_duration import time_zone as time_zone
from shared.profiling.word_lists import words

_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?"
_CLOCK += r"(?:\s?(?:z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2}))?"
_AND_CLOCK = rf"(?:(?:[t,]|\s|,\s|\sat\s|\sum\s|\skl\.?\s|\s-\s){_CLOCK}(?:\suhr)?)?"
_NUMERIC = re.compile(
    rf"^(\d{{1,4}})(-|/|\.\s|\.)(\d{{1,2}})\2(\d{{1,4}})\.?{_AND_CLOCK}(?:\s?\([a-z]{{2,5}}\))?$", re.IGNORECASE
)
_WORD = r"[^\s\d/,'’\-]{2,16}"
_OF = r"(?:\s|-|/|,\s|\sof\s|\sde\s|\sdel\s|\sd['’]|\.\s?)?"
_WORDED = re.compile(
    rf"^(?:(?P<day>{_WORD}?)[.,]{{0,2}}\s{{1,2}})?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|º|ª|er|e)?{_OF}(?P<first>{_WORD}?)\.?{_OF}['’]?\d{{2,4}}"
    rf"|(?P<second>{_WORD}?)\.?(?:\s|-)?\d{{1,2}}(?:st|nd|rd|th)?,?\s?\d{{4}}"
    rf"|\d{{4}}\.?(?:\s|-|/)(?P<third>{_WORD}?)\.?(?:\s|-|/)\d{{1,2}}\.?"
    rf"|(?P<fourth>{_WORD}?)\.?(?:\s|-|/|\sde\s)(?:\d{{4}}|'?\d{{2}}))"
    rf"(?:\s?(?:г|р|r|года|року|m)\.?)?{_AND_CLOCK}$",
    re.IGNORECASE,
)
_RFC_TAIL = re.compile(r"^[a-z]{3}\s[a-z]{3}\s{1,2}\d{1,2}\s\d\d:\d\d:\d\d\s(?:[a-z]{3,4}\s)?\d{4}$", re.IGNORECASE)
_EAST_ASIAN = re.compile(
    r"^(?:\d{2,4}|(?:明治|大正|昭和|平成|令和|民國|民国)(?:\d{1,3}|元))\s?[年년]\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日日号일])?"
)
_ERA = re.compile(r"^[MTSHR]\d{1,2}[./-]\d{1,2}[./-]\d{1,2}$")
_VIETNAMESE = re.compile(r"^(?:ngày\s)?\d{1,2}\stháng\s\d{1,2}(?:,\s|\snăm\s)\d{4}", re.IGNORECASE)
_DOTNET = re.compile(r"^/Date\(-?\d{1,15}(?:[+-]\d{4})?\)/$")
_WEEK = re.compile(r"^\d{4}-W[0-5]\d(?:-[1-7])?$|^(?:19|20)\d{6}T\d{4}(?:\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{4})?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?Z?)?$")
_YEAR_MONTH = re.compile(r"^(?:\d{4}[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.]\d{4})$")
_WITHOUT_YEAR = re.compile(
    rf"^(?:\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|\d{{1,2}}\s?월\s?\d{{1,2}}\s?일|\d{{1,2}}([-/.])\d{{1,2}}\.?(?=\s)){_AND_CLOCK}$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"^-?\d{9,10}(?:\.\d{1,6})?$|^\d{12,13}$|^\d{15,16}$")
_SERIAL_DAY = re.compile(r"^[2-6]\d{4}(?:\.\d{1,10})?$")
_PART = r"(?:午前|午後|上午|下午|中午|凌晨|早上|晚上|傍晚|오전|오후|새벽|저녁|昼|夜)"
_TIME = re.compile(
    r"^(?:kl\.?\s|klo\s|um\s|at\s)?(?:[01]?\d|2[0-4])(?::[0-5]\d){1,2}(?:[.,]\d{1,9})?(?:\s?[ap]\.?\s?m\.?)?"
    r"(?:\s?(?:z|utc|gmt|uhr|h|hrs?|hod\.?|[+-]\d{2}:?\d{2}))?$"
    r"|^(?:0?[1-9]|1[0-2])\s?[ap]\.?\s?m\.?$"
    r"|^(?:kl\.?\s|klo\s)(?:[01]?\d|2[0-3])(?:\.[0-5]\d)?$"
    r"|^(?:[01]?\d|2[0-3])(?:[.h][0-5]\d|\s?h(?:\s?[0-5]\d)?)(?:\s?(?:uhr|h|hod\.?|hrs?))?$|^(?:[01]?\d|2[0-3])\suhr$"
    rf"|^{_PART}\s?\d{{1,2}}(?:[時时点點시:](?:\s?\d{{1,2}}[分분]?|半)?)(?:\s?\d{{1,2}}[秒초])?$"
    r"|^\d{1,2}[時时点點시]\s?(?:\d{1,2}[分분]|半)$",
    re.IGNORECASE,
)
_LONGEST = 64


@cache
def _months() -> frozenset[str]:
    return frozenset(words("months.txt"))


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(words("weekdays.txt"))


@cache
def _date_parts() -> frozenset[str]:
    return _months() | _weekdays()


def date_time(value: str) -> bool:
    if not 6 <= len(value) <= _LONGEST:
        return False
    numeric = _NUMERIC.match(value)
    if numeric:
        return _calendar(numeric[1], numeric[3], numeric[4], dotted=numeric[2][0] == ".")
    if "年" in value[:6] or "년" in value[:6]:
        return _EAST_ASIAN.match(value) is not None
    if value[0] == "/":
        return _DOTNET.match(value) is not None
    if not any(map(str.isdecimal, value)):
        return False
    return _worded(value) or bool(
        _WEEK.match(value) or _RFC_TAIL.match(value) or _VIETNAMESE.match(value) or _ERA.match(value)
    )


def _worded(value: str) -> bool:
    found = _WORDED.match(value)
    if not found:
        return False
    day = found["day"]
    month = found["first"] or found["second"] or found["third"] or found["fourth"]
    return _is_month(fold(month).strip(".")) and (not day or fold(day).strip(".") in _weekdays())


def _is_month(word: str) -> bool:
    return word in _months() or (word[0] == "ב" and word[1:] in _months())  # Hebrew: "in March"


def _calendar(first: str, second: str, third: str, *, dotted: bool) -> bool:
    """Year first, or day and month in either order and a year of two or four digits."""
    if len(first) == 4:
        return len(third) <= 2 and _day(int(second), int(third))
    if len(third) not in {2, 4} or len(first) > 2:
        return False
    if dotted and len(third) == 2 and not (len(first) == len(second) == 2):
        return False  # 1.2.33 is a version sooner than a date
    return _day(int(second), int(first)) or _day(int(first), int(second))


def _day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def named_date(value: str) -> bool:
    """What a name makes a date: 20240131, 2024-01, seconds since 1970, the number of a day in a sheet, no year."""
    if date_time(value):
        return True
    compact = _COMPACT.match(value)
    if compact:
        return _exists(int(compact[1]), int(compact[2]), int(compact[3]))
    return bool(
        _YEAR_MONTH.match(value) or _EPOCH.match(value) or _SERIAL_DAY.match(value) or _WITHOUT_YEAR.match(value)
    )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1800 <= year <= 2200


def named_date_part(value: str) -> bool:
    """The name of a month or of a day of the week alone: April and May are names of people too."""
    return len(value) <= 16 and fold(value).strip(".") in _date_parts()


def time(value: str) -> bool:
    return 2 <= len(value) <= 30 and _TIME.match(value) is not None
