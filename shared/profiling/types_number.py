"""Detectors of numbers, money and currencies. Each takes one trimmed value."""

from __future__ import annotations

import re
from functools import cache

from shared.profiling.folding import fold
from shared.profiling.word_lists import lines

_INTEGER = re.compile(
    r"^[+\-−]?(?:0|(?!0)\d{1,18}|(?!0)\d{1,3}(?:([,.'’٬\u00a0\u202f ])\d{3})(?:\1\d{3}){0,5}"
    r"|(?!0)\d{1,2}(?:,\d\d){1,6},\d{3})$"
)
"""With groups of three, or those of India: 12,34,567."""
_AMOUNT = (
    r"(?:\d{1,3}(?:[,'’٬\u00a0\u202f ]\d{2,3}){1,6}(?:[.٫]\d{1,10})?"
    r"|\d{1,3}(?:[.'’\u00a0\u202f ]\d{3}){1,6}(?:,\d{1,10})?"
    r"|\d{1,20}(?:[.,٫]\d{1,20})?|[.,]\d{1,10})"
)
_NUMBER = re.compile(rf"^[+\-−]?{_AMOUNT}(?:e[+-]?\d{{1,3}})?(?:\s?[%‰])?-?$", re.IGNORECASE)
_PADDED = re.compile(r"^[+-]?0\d")

CURRENCIES = frozenset(lines("currencies.txt"))
"""ISO 4217 codes."""

_SIGNS = "$€£¥₹₩₽₺₫₴₪₱฿₦₡₲₵₸₼₾﷼￥￡円元원"
_CODES = "|".join(sorted(CURRENCIES))
_UNIT = (
    rf"(?:(?:US|CA|AU|NZ|HK|SG|R|A|C|MX|NT|S|RM)?[{_SIGNS}]|(?-i:{_CODES})|eur|usd|gbp|chf|kr\.?|Kč|zł|lei|лв\.?|руб(?:лей)?\.?|р\.|грн\.?|тг|ден"
    r"|(?-i:Ft|TL|RM|Rp\.?|Fr\.?|SFr\.?|Rs\.?|Bs\.?|KSh|TSh|R(?=\s?[\d ,.]{1,20}[.,]\d\d(?:\D|$)))|S/\.?"
    r"|ر\.س|د\.إ|ج\.م|ریال|تومان|ש״ח|บาท|đồng|đ|만?원|[万億]?円|元人民币|евро|ευρώ|euros?|dollars?|pounds?)"
)
_SCALE = r"k|m|mn|bn|b|mio\.?|mrd\.?|million|billion|lakh|crore|cr|тыс\.?|млн\.?|тис\.?|tys\.?|mln\.?"
_MONEY = re.compile(
    rf"^(?:\(?[+\-−]?\s?{_UNIT}\s?[+\-−]?\s?{_AMOUNT}(?:\s?(?:{_SCALE}))?(?:[.,]?[-–—]{{1,2}})?\)?"
    rf"|\(?[+\-−]?\s?{_AMOUNT}(?:\s?(?:{_SCALE}))?(?:,[-–—]{{1,2}})?\s?{_UNIT}(?:-|\))?)(?:\s(?:{_CODES}))?$",
    re.IGNORECASE,
)
_LONGEST = 64


def boolean(value: str) -> bool:
    """Exactly true or false: CluedIn takes nothing else for a Boolean."""
    return value in {"true", "false"}


_YES_OR_NO = frozenset((
    "y", "n", "yes", "no", "true", "false", "t", "f", "on", "off", "j", "ja", "nein", "nee", "nej", "nei",
    "oui", "non", "si", "sí", "sì", "sim", "não", "nao", "tak", "nie", "ano", "ne", "igen", "nem", "da", "nu",
    "evet", "hayır", "kyllä", "ei", "да", "нет", "так", "ні", "ναι", "όχι", "はい", "いいえ", "是", "否", "예",
    "아니오", "نعم", "لا", "כן", "לא", "हाँ", "नहीं", "ใช่", "ไม่", "wahr", "falsch", "vrai", "faux",
    "verdadero", "falso", "vero",
))  # fmt: skip


_QUANTITY = re.compile(
    r"[+\-−]?\d[\d.,'’]{0,20}\s?(?:[a-zµ°%][A-Za-z]{0,5}|[^\x00-\x7f\d\s]{1,3})\.?(?:\s?/\s?[^\W\d_]{1,6})?[²³]?"
)


def quantity(value: str) -> bool:
    """A number with its unit: 12.5kg, 23.68坪, 1680萬. As many different ones as rows make no identifier of it."""
    return len(value) <= _LONGEST and _QUANTITY.fullmatch(value) is not None


def yes_or_no(value: str) -> bool:
    """A truth in words, in any case but CluedIn's own: not a Boolean."""
    return len(value) <= 10 and value.casefold() in _YES_OR_NO


def integer(value: str) -> bool:
    """A whole number. With leading zeros it is a code: the zeros would be lost."""
    return len(value) <= 30 and _INTEGER.match(value) is not None


def number(value: str) -> bool:
    return len(value) <= _LONGEST and not _PADDED.match(value) and _NUMBER.match(value) is not None


def money(value: str) -> bool:
    """An amount with its currency."""
    return 2 <= len(value) <= _LONGEST and _MONEY.match(value) is not None


def money_or_number(value: str) -> bool:
    return (
        (number(value) and value[-1] not in "%‰")
        or money(value)
        or (value[:1] == "(" and value[-1:] == ")" and number(value[1:-1]))
    )


def currency(value: str) -> bool:
    return value in CURRENCIES


@cache
def _currency_names() -> frozenset[str]:
    return frozenset(name for line in lines("currency_names.txt") for name in line.split("|"))


def currency_name(value: str) -> bool:
    return 2 <= len(value) <= 40 and not value.isdecimal() and fold(value) in _currency_names()


def named_currency(value: str) -> bool:
    return value.upper() in CURRENCIES or value in _SIGNS or currency_name(value)
