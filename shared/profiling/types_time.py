"""Detectors of dates, times, durations and time zones, in the forms files hold them. Each takes one trimmed value."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    r"(?:jan|feb|mar|mär|mae|apr|abr|avr|may|mai|maj|mag|mei|jun|juin|giu|jul|juil|lug|aug|août|aou|ago|sep|set|oct|okt"
    r"|ott|out|nov|dec|dez|des|déc|dic|fév|fev|ene|gen|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]{0,8}\.?"
)
_DAYS = (
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom)"
    r"[^\W\d_]{0,8}[.,]{0,2}\s{1,2})?"
)
_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?"
_CLOCK += r"(?:\s?(?:z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2}))?"
_AND_CLOCK = rf"(?:(?:[t,]|\s|,\s|\sat\s|\sum\s){_CLOCK}(?:\suhr)?)?"
_NUMERIC = re.compile(
    rf"^(\d{{1,4}})([-/.])(\d{{1,2}})\2(\d{{1,4}})\.?{_AND_CLOCK}(?:\s?\([a-z]{{2,5}}\))?$", re.IGNORECASE
)
_WITH_MONTH = re.compile(
    rf"^{_DAYS}(?:\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?(?:\s|-|/|\sde\s)?{_MONTHS}(?:\s|-|/|,\s|\sde\s)?'?\d{{2,4}}"
    rf"|{_MONTHS}\s?\d{{1,2}}(?:st|nd|rd|th)?,?\s?\d{{4}}|\d{{4}}(?:\s|-|/){_MONTHS}(?:\s|-|/)\d{{1,2}}"
    rf"|{_MONTHS}(?:\s|-|/)\d{{4}}){_AND_CLOCK}$",
    re.IGNORECASE,
)
_RFC_TAIL = re.compile(r"^[a-z]{3}\s[a-z]{3}\s{1,2}\d{1,2}\s\d\d:\d\d:\d\d\s(?:[a-z]{3,4}\s)?\d{4}$", re.IGNORECASE)
_EAST_ASIAN = re.compile(
    r"^(?:\d{4}|(?:昭和|平成|令和)\d{1,2}|(?:昭和|平成|令和)元)[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일]"
)
_DOTNET = re.compile(r"^/Date\(-?\d{1,15}(?:[+-]\d{4})?\)/$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?Z?)?$")
_YEAR_MONTH = re.compile(r"^(?:\d{4}[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.]\d{4})$")
_EPOCH = re.compile(r"^-?\d{9,10}(?:\.\d{1,6})?$|^\d{12,13}$|^\d{15,16}$")
_SERIAL_DAY = re.compile(r"^[2-6]\d{4}(?:\.\d{1,10})?$")
_TIME = re.compile(
    r"^(?:[01]?\d|2[0-4])(?::[0-5]\d){1,2}(?:[.,]\d{1,9})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?$"
    r"|^(?:0?[1-9]|1[0-2])\s?[ap]\.?m\.?$|^(?:[01]?\d|2[0-3])(?:[.h][0-5]\d|\s?h)(?:\suhr)?$|^午[前後]\d{1,2}[時:]",
    re.IGNORECASE,
)
_ISO_DURATION = re.compile(
    r"^[+-]?P(?=\d|T\d)(?:[\d.,]{1,12}Y)?(?:[\d.,]{1,12}M)?(?:[\d.,]{1,12}W)?(?:[\d.,]{1,12}D)?"
    r"(?:T(?:[\d.,]{1,12}H)?(?:[\d.,]{1,12}M)?(?:[\d.,]{1,12}S)?)?$"
)
_UNIT = (
    r"(?:y|yrs?|years?|mo|months?|w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|ms|millis(?:econds)?"
    r"|stunden?|std\.?|minuten?|sekunden?|tagen?|tage|wochen?|monate?|jahre?|heures?|jours?|mois|ans?|horas?|minutos?"
    r"|d[ií]as?|meses|años?|ore|giorni|uur|dagen|timer|時間|分|秒|日|小时|分钟|天)"
)
_WORDED_DURATION = re.compile(
    rf"^-?(?:\d{{1,6}}(?:[.,]\d{{1,6}})?\s?{_UNIT}(?:,?\s|,|\sand\s|$|(?=\d))){{1,6}}$", re.IGNORECASE
)
_SPAN = re.compile(
    r"^-?\d{1,5}[.:]\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?$|^-?\d{1,5}:[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?$|^\d{1,4}:[0-5]\d$"
)
_ZONE = re.compile(
    r"^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)"
    r"(?:/[A-Za-z0-9_+-]{1,30}){1,2}$|^\(?(?:UTC|GMT)\s?[+-±−]\s?\d{1,2}(?::?\d{2})?\)?(?:\s.{1,60})?$"
    r"|^\(UTC\)\s.{1,60}$|^[A-Z][A-Za-z. ]{2,40}(?: Standard| Daylight| Summer) Time$"
)
_ZONE_NAME = re.compile(
    r"^(?:UTC|GMT|Z|CET|CEST|EET|EEST|WET|WEST|MEZ|MESZ|BST|IST|JST|KST|MSK|SGT|HKT|[ECMP][SD]T|AK[SD]T|HST|A[EWC][SD]T"
    r"|NZ[SD]T|BRT|ART|CAT|EAT|WAT|SAST|PKT|[+-]\d{1,2}(?::?\d{2})?)$"
)
_LONGEST = 64


def date_time(value: str) -> bool:
    if not 6 <= len(value) <= _LONGEST:
        return False
    numeric = _NUMERIC.match(value)
    if numeric:
        return _calendar(numeric[1], numeric[3], numeric[4], dotted=numeric[2] == ".")
    if value[0] in "/昭平令" or value[4:5] in {"年", "년"}:
        return bool(_DOTNET.match(value) or _EAST_ASIAN.match(value))
    return bool(_WITH_MONTH.match(value) or _RFC_TAIL.match(value)) if any(map(str.isdecimal, value)) else False


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
    """What a name makes a date: 20240131, 2024-01, seconds since 1970, the number of a day in a sheet."""
    if date_time(value):
        return True
    compact = _COMPACT.match(value)
    if compact:
        return _exists(int(compact[1]), int(compact[2]), int(compact[3]))
    return bool(_YEAR_MONTH.match(value) or _EPOCH.match(value) or _SERIAL_DAY.match(value))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1800 <= year <= 2200


def time(value: str) -> bool:
    return 2 <= len(value) <= 30 and _TIME.match(value) is not None


def duration(value: str) -> bool:
    if not 2 <= len(value) <= _LONGEST:
        return False
    return bool(_ISO_DURATION.match(value) if value.lstrip("+-")[:1] == "P" else _WORDED_DURATION.match(value))


def named_duration(value: str) -> bool:
    return duration(value) or (len(value) <= 24 and _SPAN.match(value) is not None)


def time_zone(value: str) -> bool:
    return 5 <= len(value) <= 80 and _ZONE.match(value) is not None


def named_time_zone(value: str) -> bool:
    return time_zone(value) or _ZONE_NAME.match(value) is not None
