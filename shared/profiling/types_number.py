"""Detectors of numbers, money, currencies, coordinates and phone numbers. Each takes one trimmed value."""

from __future__ import annotations

import re

from shared.profiling.types_time import date_time
from shared.profiling.word_lists import lines

_INTEGER = re.compile(r"^[+-]?(?:0|[1-9]\d{0,17}|[1-9]\d{0,2}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3}){0,5})$")
_AMOUNT = (
    r"(?:\d{1,3}(?:[,'’\u00a0\u202f ]\d{2,3}){1,6}(?:\.\d{1,10})?|\d{1,3}(?:[.'’\u00a0\u202f ]\d{3}){1,6}(?:,\d{1,10})?"
    r"|\d{1,20}(?:[.,]\d{1,20})?|[.,]\d{1,10})"
)
_NUMBER = re.compile(rf"^[+\-−]?{_AMOUNT}(?:e[+-]?\d{{1,3}})?(?:\s?[%‰])?-?$", re.IGNORECASE)
_PADDED = re.compile(r"^[+-]?0\d")

CURRENCIES = frozenset(lines("currencies.txt"))
"""ISO 4217 codes."""

_SIGNS = "$€£¥₹₩₽₺₫₴₪₱฿₦₡₲₵₸₼₾﷼￥￡円元원"
_CODES = "|".join(sorted(CURRENCIES))
_UNIT = (
    rf"(?:(?:US|CA|AU|NZ|HK|SG|R|A|C|MX|NT)?[{_SIGNS}]|{_CODES}|kr\.?|Kč|zł|Ft|lei|лв\.?|руб\.?|Rs\.?|Fr\.?"
    r"|euros?|dollars?|TL|KM|R)"
)
_MONEY = re.compile(
    rf"^(?:\(?[+\-−]?\s?{_UNIT}\s?[+\-−]?\s?{_AMOUNT}(?:\s?(?:k|m|bn|mio\.?))?(?:[.,]?-)?\)?"
    rf"|\(?[+\-−]?\s?{_AMOUNT}(?:\s?(?:k|m|bn|mio\.?))?(?:,-)?\s?{_UNIT}(?:-|\))?)(?:\s(?:{_CODES}))?$",
    re.IGNORECASE,
)
_CURRENCY_NAME = re.compile(
    r"^(?:(?:US|U\.S\.|canadian|australian|hong kong|singapore) )?(?:dollars?|euros?|pound(?: sterling)?|yen|yuan"
    r"|renminbi|rupees?|swiss francs?|(?:danish |norwegian |swedish )?kron[aeo]r?|zloty|rubles?|pesos?|reais|real"
    r"|rand|won)$",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"^\d{1,3}(?:\.\d+)?\s?[°º]\s?(?:\d{1,2}(?:\.\d+)?\s?['′’]\s?)?(?:\d{1,2}(?:\.\d+)?\s?(?:\"|″|''|”)\s?)?[NSEWO]?",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"^[(\[]?\s?([+-]?\d{1,3}\.\d{1,18})\s?[NS]?\s?[,;/\s]\s?([+-]?\d{1,3}\.\d{1,18})\s?[EWO]?\s?[)\]]?$", re.IGNORECASE
)
_WKT = re.compile(
    r"^(?:SRID=\d{1,6};\s?)?POINT\s?Z?\s?\(\s?[+-]?\d[\d.]{0,20}\s[+-]?\d[\d.]{0,20}(?:\s[+-]?[\d.]{1,20})?\s?\)$|^geo:[\d.,+-]+$",
    re.IGNORECASE,
)

_PHONE = re.compile(
    r"^(?:tel[.:]?\s?|p:\s?|\+{1,2}\s?|00)?[(\[]?\d[\d\s().\-–/\u00a0\[\]]{4,28}\d\)?(?:\s?(?:x|ext\.?|extension|#|доб\.?|w\.?|durchwahl)\s?\.?\d{1,6})?$",
    re.IGNORECASE,
)
_WRITTEN_AS_PHONE = re.compile(
    r"^(?:tel|p:|\+|\(\+?\d|00[1-9]\d{6}|0\d{1,4}[\s/\-.(]\d)|\d\s?\(\d|[\d)]\s?(?:x|ext)", re.IGNORECASE
)
_GROUPS = re.compile(
    r"^(?:\d{1,3}[\s.\-])?\d{3}[\s.\-]\d{3}[\s.\-]\d{4}$|^\d{2}(?:[\s.\-]\d{2}){3,4}$|^\d{3,4}[\s\-]\d{4}$|^\d{3}[\s-]\d{4}[\s-]\d{4}$"
)
_LONGEST = 64


def boolean(value: str) -> bool:
    """Exactly true or false: CluedIn takes nothing else for a Boolean."""
    return value in {"true", "false"}


def integer(value: str) -> bool:
    """A whole number. With leading zeros it is a code: the zeros would be lost."""
    return len(value) <= 30 and _INTEGER.match(value) is not None


def number(value: str) -> bool:
    return len(value) <= _LONGEST and not _PADDED.match(value) and _NUMBER.match(value) is not None


def money(value: str) -> bool:
    """An amount with its currency."""
    return 2 <= len(value) <= _LONGEST and _MONEY.match(value) is not None


def money_or_number(value: str) -> bool:
    return number(value) or money(value) or (value[:1] == "(" and value[-1:] == ")" and number(value[1:-1]))


def currency(value: str) -> bool:
    return value in CURRENCIES


def named_currency(value: str) -> bool:
    return (
        value.upper() in CURRENCIES or value in _SIGNS or (len(value) <= 30 and _CURRENCY_NAME.match(value) is not None)
    )


def coordinates(value: str) -> bool:
    """A pair: 55.67, 12.56; POINT (12.56 55.67); 55°40′N 12°34′E."""
    if not 5 <= len(value) <= _LONGEST:
        return False
    pair = _PAIR.match(value)
    if pair:
        first, second = abs(float(pair[1])), abs(float(pair[2]))
        return min(first, second) <= 90 and max(first, second) <= 180
    return bool(_DEGREES.match(value) or _WKT.match(value))


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


def named_phone(value: str) -> bool:
    """6 to 16 digits with what people write between them; in a field of this name plain digits are a number too."""
    if not 6 <= len(value) <= 40 or not _PHONE.match(value) or date_time(value):
        return False
    return 6 <= sum(map(str.isdecimal, value)) <= 21


def phone(value: str) -> bool:
    """A number nobody writes for anything but a phone: a plus, an area code in brackets, an extension, usual groups."""
    return named_phone(value) and bool(_WRITTEN_AS_PHONE.search(value) or _GROUPS.match(value))
