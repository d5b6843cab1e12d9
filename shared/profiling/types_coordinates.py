"""Detectors of coordinates. Each takes one trimmed value."""

from __future__ import annotations

import re

_DEGREES = re.compile(
    r"^(?=.{3,40}(?:[NSEWO]\b"
    r"|['′’]))[+-]?\d{1,3}(?:[.,]\d{1,18})?\s?[°º]\s?(?:\d{1,2}(?:\.\d{1,18})?\s?['′’]\s?)?(?:\d{1,2}(?:\.\d{1,18})?\s?(?:\"|″|''|”)\s?)?[NSEWO]?",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"^[(\[]?\s?([+-]?\d{1,3}\.\d{1,18})\s?[NS]?\s?[,;/\s]\s?([+-]?\d{1,3}\.\d{1,18})\s?[EWO]?\s?[)\]]?$", re.IGNORECASE
)
_PAIR_WITH_COMMAS = re.compile(
    r"^[(\[]?\s?([+\-−]?\d{1,3}),(\d{2,18})\s?[NS]?\s?[;/|]\s?([+\-−]?\d{1,3}),(\d{2,18})\s?[EWO]?\s?[)\]]?$",
    re.IGNORECASE,
)
_WKT = re.compile(
    r"^(?:SRID=\d{1,6};\s?)?POINT\s?Z?\s?\(\s?[+-]?\d[\d.]{0,20}\s[+-]?\d[\d.]{0,20}(?:\s[+-]?[\d.]{1,20})?\s?\)$"
    r"|^geo:[\d.,+-]+$",
    re.IGNORECASE,
)

_LONGEST = 64


def coordinates(value: str) -> bool:
    """A pair: 55.67, 12.56; POINT (12.56 55.67); 55°40′N 12°34′E."""
    if not 5 <= len(value) <= _LONGEST:
        return False
    pair = _PAIR.match(value)
    if pair:
        return _on_earth(float(pair[1]), float(pair[2]))
    pair = _PAIR_WITH_COMMAS.match(value)
    if pair:
        return _on_earth(float(pair[1].replace("−", "-")), float(pair[3].replace("−", "-")))
    return bool(_DEGREES.match(value) or _WKT.match(value))


def _on_earth(one: float, other: float) -> bool:
    return min(abs(one), abs(other)) <= 90 and max(abs(one), abs(other)) <= 180


def latitude(value: str) -> bool:
    return _within(value, 90)


def longitude(value: str) -> bool:
    return _within(value, 180)


def _within(value: str, limit: int) -> bool:
    if coordinates(value):
        return True
    try:
        return len(value) <= 30 and abs(float(value.replace(",", ".", 1))) <= limit
    except ValueError:
        return False
