"""Slips in the values a model gives, put right: lists in one text, ranges, figures with units, date formats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from shared.rules.figures import iso_day, scale_of
from shared.rules.value_types import is_date, is_number

_NUMBER: Final = re.compile(r"[-+]?\d[\d\s.,'_]*")
_RANGE: Final = re.compile(
    r"\s*([-+]?[\d.:T-]+?)\s*(?:\.\.|\band\b|\bto\b|[,;–—]|\s-\s|-(?=\d{1,9}$))\s*([-+]?[\d.:T-]+)\s*"
)

_PARTS: Final = re.compile(r"([^\W\d_]{1,4})([-./ ])([^\W\d_]{1,4})\2([^\W\d_]{1,4})")
_UNIT: Final = re.compile(r"[^\W\d_]*")


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
    if two and len(values) == 2 and _backwards(*values):
        values.reverse()
    return values


def _backwards(low: str, high: str) -> bool:
    if is_number(low) and is_number(high):
        return float(low) > float(high)
    return is_date(low) and is_date(high) and low > high


def _plain(value: str) -> str:
    """``1,000 EUR`` → 1000, ``10k`` → 10000, ``01.05.2024`` → 2024-05-01; other text stays."""
    value = value.replace("−", "-")
    if is_number(value) or is_date(value):
        return value
    if day := iso_day(value):
        return day
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
    if not is_number(digits):
        return value
    scale = scale_of("".join(_UNIT.findall(value[found.end() :])[:1]))
    return digits if scale == 1 else f"{(Decimal(digits) * scale).normalize():f}"


def date_format(text: str) -> str:
    """``dd/mm/yyyy``, ``TT.MM.JJJJ`` and ``ISO`` as Power Fx writes them; other text stays."""
    if text.casefold().startswith("iso"):
        return "yyyy-MM-dd"
    if not (found := _PARTS.fullmatch(text.strip())):
        return text
    named = [_part(part) for part in found.group(1, 3, 4)]
    return found[2].join(named) if {each[:1] for each in named} == {"y", "M", "d"} else text


def _part(text: str) -> str:
    letter = text[0].casefold()
    if len(text) == 4 and letter in "yjaå":
        return "yyyy"
    if letter == "m":
        return text.upper() if len(text) > 1 else "MM"
    return "dd" if len(text) < 3 and letter in "dtjg" else text
