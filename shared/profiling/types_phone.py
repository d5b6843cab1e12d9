"""Detectors of phone numbers. Each takes one trimmed value.

By how they are written, not by numbering plans: files hold many that no plan knows, with plain digits and extensions.
"""

from __future__ import annotations

import re

from shared.profiling.types_time import date_time

_PHONE = re.compile(
    r"^(?:tel[.:]?\s?|p:\s?|\+{1,2}\s?|00)?[(\[]?\d[\d\s().\-–/\u00a0\[\]]{4,28}\d\)?(?:\s?(?:x|ext\.?|extension|#"
    r"|доб\.?|w\.?|durchwahl)\s?\.?\d{1,6})?$",
    re.IGNORECASE,
)
_WRITTEN_AS_PHONE = re.compile(
    r"^(?:tel|p:|\+|\(\+?\d|00[1-9]\d{6}|0\d{1,4}[\s/\-.(]\d)|\d\s?\(\d|[\d)]\s?(?:x|ext)", re.IGNORECASE
)
_GROUPS = re.compile(
    r"^(?:\d{1,3}[\s.\-])?\d{3}[\s.\-]\d{3}[\s.\-]\d{4}$|^\d{2}(?:[\s.\-]\d{2}){3,4}$|^\d{3,4}[\s\-]\d{4}$"
    r"|^\d{3}[\s-]\d{4}[\s-]\d{4}$"
    r"|^[6-9]\d{4}\s\d{5}$|^(?:\d[\s\-])?\d{3}[\s\-]\d{3}[\s\-]\d{2}[\s\-]\d{2}$"
)
_YEARS = re.compile(r"^(?:19|20)\d\d[\s\-](?:19|20)\d\d$")


def named_phone(value: str) -> bool:
    """6 to 16 digits with what people write between them; in a field of this name plain digits are a number too."""
    if not 6 <= len(value) <= 40 or not _PHONE.match(value) or date_time(value):
        return False
    return 6 <= sum(map(str.isdecimal, value)) <= 21


def phone(value: str) -> bool:
    """A number nobody writes for anything but a phone: a plus, an area code in brackets, an extension, usual groups."""
    return named_phone(value) and bool(
        _WRITTEN_AS_PHONE.search(value) or (_GROUPS.match(value) and not _YEARS.match(value))
    )
