"""Slips in the values of a model's tests, put right: lists in one text, ranges, figures with signs and units."""

from __future__ import annotations

import re
from typing import Final

from shared.rules.value_types import is_date, is_number

_NUMBER: Final = re.compile(r"[-+]?\d[\d\s.,'_]*")
_RANGE: Final = re.compile(
    r"\s*([-+]?[\d.:T-]+?)\s*(?:\.\.|\band\b|\bto\b|[,;–—]|\s-\s|-(?=\d{1,9}$))\s*([-+]?[\d.:T-]+)\s*"
)


def split(values: list[str]) -> list[str]:
    """``["DK, SE"]`` is two values."""
    if len(values) == 1 and "," in values[0]:
        return [part for each in values[0].split(",") if (part := each.strip().strip("'\""))]
    return values


def ordered(values: list[str], two: bool) -> list[str]:
    """Values to compare by order, as plain figures; ``two``: from ``["10-30"]``, the lower one first."""
    if two and len(values) == 1 and (both := _RANGE.fullmatch(values[0])):
        values = [both[1], both[2]]
    values = [_plain(value) for value in values]
    if two and len(values) == 2 and all(map(is_number, values)) and float(values[0]) > float(values[1]):
        values.reverse()
    return values


def _plain(value: str) -> str:
    """``1,000 EUR`` → 1000; dates and text stay."""
    if is_number(value) or is_date(value):
        return value
    found = _NUMBER.search(value)
    if not found or re.search(r"\d\D+\d", value.replace(found[0], "", 1)) or re.search(r"[-/:]\d", value[1:]):
        return value
    digits = re.sub(r"[\s'_]", "", found[0]).rstrip(".,")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[-+]?\d+,\d+", digits):
        digits = digits.replace(",", ".")
    return digits if is_number(digits) else value
