"""Detectors of codes that prove themselves: by check digits, or by a form nothing else has. Each takes a trimmed value.

Sources: ISO 13616 (IBAN), GS1 (EAN, UPC, GTIN), ISO 2108 (ISBN), ISO 17442 (LEI), ISO 6166 (ISIN), ISO 3779 (VIN),
ISO/IEC 7812 (card numbers, IMEI), GB 32100 (Chinese social credit code), and the
European Commission's forms of VAT numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_IBAN = re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")
_GTIN = re.compile(r"^(?:\d{8}|\d{12,14}|\d{18})$", re.ASCII)
_ISBN_10 = re.compile(r"^\d{9}[\dX]$", re.ASCII)
_ISIN = re.compile(r"^[A-Z]{2}[A-Z0-9]{9}\d$")
_LEI = re.compile(r"^[A-Z0-9]{18}\d{2}$")
_VIN = re.compile(
    r"^(?=.*\d.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{13}\d{4}$|^(?=.*\d.*\d)(?=.*[A-Z].*[A-Z])[A-HJ-NPR-Z0-9]{17}$"
)
_SOCIAL_CREDIT = re.compile(r"^[1-9ANY][1-9]\d{6}[0-9A-HJ-NP-RTUW-Y]{10}$")
_VAT = re.compile(
    r"^(?:ATU\d{8}|BE[01]?\d{9}|BG\d{9,10}|CHE\d{9}(?:MWST|TVA|IVA)?|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}"
    r"|EL\d{9}"
    r"|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}|FR[A-Z0-9]{2}\d{9}|GB(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})|HR\d{11}|HU\d{8}"
    r"|IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d{2}"
    r"|NO\d{9}(?:MVA)?|PL\d{10}"
    r"|PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}|XI\d{9})$"
)
_WRITTEN_AS_CODE = re.compile(r"[A-Z0-9]{1,12}(?:[-_/.][A-Z0-9]{1,12}){1,6}")
_BETWEEN = str.maketrans("", "", " -.\u00a0")
_LONGEST = 64
_LETTERS = {letter: str(10 + at) for at, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def iban(value: str) -> bool:
    if len(value) > _LONGEST:
        return False
    bare = value.translate(_BETWEEN)
    return 15 <= len(bare) <= 34 and _IBAN.match(bare) is not None and _mod_97(bare[4:] + bare[:4])


def lei(value: str) -> bool:
    return len(value) == 20 and _LEI.match(value) is not None and _mod_97(value)


def _mod_97(code: str) -> bool:
    return int("".join(_LETTERS.get(char, char) for char in code)) % 97 == 1


def isin(value: str) -> bool:
    """A security: a country, nine letters or digits, a check digit by Luhn's way over the letters as numbers."""
    if len(value) != 12 or not _ISIN.match(value):
        return False
    digits = [int(digit) for digit in reversed("".join(_LETTERS.get(char, char) for char in value))]
    return _luhn(digits)


def gtin(value: str) -> bool:
    """EAN-8, UPC, EAN-13, GTIN-14, SSCC: the last digit proves the others."""
    if not 8 <= len(value) <= 18 or not _GTIN.match(value):
        return False
    digits = [int(char) for char in reversed(value)]
    return any(digits) and (3 * sum(digits[1::2]) + sum(digits[::2])) % 10 == 0


def isbn(value: str) -> bool:
    """Ten digits, or thirteen from 978 or 979, most often with hyphens."""
    if len(value) > _LONGEST:
        return False
    bare = value.removeprefix("ISBN").strip(": ").translate(_BETWEEN)
    if len(bare) == 13:
        return bare.startswith(("978", "979")) and gtin(bare)
    if len(bare) != 10 or not _ISBN_10.match(bare):
        return False
    return sum((10 - at) * (10 if char == "X" else int(char)) for at, char in enumerate(bare)) % 11 == 0


def vin(value: str) -> bool:
    return len(value) == 17 and _VIN.match(value) is not None


def social_credit_code(value: str) -> bool:
    return len(value) == 18 and _SOCIAL_CREDIT.match(value) is not None


def card_or_device(value: str) -> bool:
    """Card numbers and IMEI: 15 to 19 digits that pass Luhn's check."""
    if len(value) > _LONGEST:
        return False
    bare = value.translate(_BETWEEN)
    if not 15 <= len(bare) <= 19 or not (bare.isascii() and bare.isdecimal()):
        return False
    return _luhn([int(char) for char in reversed(bare)])


def _luhn(digits: list[int]) -> bool:
    """``digits``: the last one first."""
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def vat(value: str) -> bool:
    """A VAT number with its country."""
    return 6 <= len(value) <= 24 and value[:2].isalpha() and _VAT.match(value.translate(_BETWEEN).upper()) is not None


def written_as_code(value: str) -> bool:
    """Capitals and digits with signs between them: SHIRT-RED-L."""
    return len(value) <= 64 and _WRITTEN_AS_CODE.fullmatch(value) is not None


def code_like(value: str) -> bool:
    """What an identifier may look like: short, and either one word or a few with digits."""
    return len(value) <= 64 and (" " not in value or (value.count(" ") <= 7 and any(map(str.isdecimal, value))))


KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("IBAN", iban),
    ("VAT number", vat),
    ("LEI", lei),
    ("ISIN", isin),
    ("vehicle number", vin),
    ("ISBN", isbn),
    ("EAN", gtin),
    ("social credit code", social_credit_code),
)
"""What a code that proves itself is called."""
