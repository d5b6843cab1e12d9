"""Why a value cannot be of its key's data type. Fixed patterns of ours; each takes time in the length of the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_NO_SPACE: Final = re.compile(r"\s")
_DOMAIN: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_PHONE: Final = re.compile(r"[\d\s().+/x-]+", re.IGNORECASE)
_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?[\w.-]+\.\w{2,}(?:[:/?#]\S*)?", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"[-+(]?\s*(?:[^\W\d_]{1,3}|[€$£¥₹])?\s*[-+]?\d[\d\s.,'’]*%?\s*(?:[^\W\d_]{1,3}|[€$£¥₹])?\)?"
)
_LATIN: Final = re.compile(r"[A-Za-z]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT: Final = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_GENERIC: Final = frozenset(
    ("com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "aero", "coop", "museum", "mobi",
     "asia", "jobs", "travel", "tel", "cat", "post", "app", "dev", "cloud", "online", "site", "store", "shop", "tech",
     "xyz", "agency", "company", "email", "group", "global", "digital", "media", "solutions", "systems", "studio",
     "world", "life", "live", "news", "blog", "club", "design", "bank", "berlin", "london", "paris", "wien", "swiss",
     "arpa", "academy", "consulting", "energy", "finance", "health", "legal", "network", "services", "software",
     "team", "today", "tools", "ventures", "work", "zone", "example")
)  # fmt: skip
"""Top-level domains of more than two letters that are usual; any of two letters is taken for a country's."""


def implausible(value: str, data_type: str) -> str | None:
    """The reason, None where the value may be one of this type."""
    test = _TESTS.get(data_type)
    return test(value.strip()) if test else None


def mixed_scripts(value: str) -> bool:
    """Latin letters and look-alikes of another alphabet in one word."""
    return any(_LATIN.search(word) and _OTHER_SCRIPT.search(word) for word in _LETTERS.findall(value))


def _email(value: str) -> str | None:
    if "@" not in value:
        return "It has no @."
    local, _, domain = value.partition("@")
    if "@" in domain:
        return "It has more than one @."
    if _NO_SPACE.search(value):
        return "It has a space in it."
    if not local or not domain:
        return "A part before or after the @ is missing."
    if ".." in value or local.startswith(".") or local.endswith("."):
        return "Its dots are out of place."
    if not _DOMAIN.fullmatch(domain):
        return "What follows the @ is no domain."
    last = domain.rpartition(".")[2].lower()
    if last.isascii() and len(last) > 2 and last not in _GENERIC:
        return f"No usual domain ends in .{last}."
    return None


def _phone(value: str) -> str | None:
    if not _PHONE.fullmatch(value):
        return "It has other signs than a phone number."
    if value.count("+") > 1 or "+" in value[1:].replace("(+", ""):
        return "A + is out of place."
    digits = re.sub(r"\D", "", re.split("x", value, flags=re.IGNORECASE)[0])
    if len(digits) < 7:
        return "It has too few digits for a phone number."
    if len(digits) > 15:
        return "It has too many digits for a phone number."
    return "It is one digit again and again." if len(set(digits[-7:])) == 1 else None


def _url(value: str) -> str | None:
    return None if _URL.fullmatch(value) else "It is no web address."


def _number(value: str) -> str | None:
    return None if _NUMBER.fullmatch(value) else "It is no number."


def _date(value: str) -> str | None:
    return None if re.search(r"\d", value) else "It is no date."


_TESTS: Final[dict[str, Callable[[str], str | None]]] = {
    "Email": _email,
    "PhoneNumber": _phone,
    "Uri": _url,
    "Integer": _number,
    "Number": _number,
    "Money": _number,
    "DateTime": _date,
}
