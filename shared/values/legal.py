"""Whether a text is a legal value of one of CluedIn's 28 data types, and how it is then written.

Stricter than the profiling's detectors, which recognise what files hold: here one value is about to be written into a
record. Where a type has one usual form (ISO 8601 for times, ``true`` and ``false``, an upper-case currency code), a
value in another unambiguous form is written that way; one that cannot be read is not legal.
"""

from __future__ import annotations

import ipaddress
import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from shared.profiling import types_number, types_place, types_text, types_time

LONGEST: Final = 4_000
"""Characters of any value."""
_LONGEST_NAME: Final = 500

_INTEGER: Final = re.compile(r"[+-]?\d{1,18}(?:\.0+)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,28}(?:\.\d{1,28})?|\.\d{1,28})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_MONEY: Final = re.compile(
    r"(?:(?P<before>[A-Za-z]{3})\s?)?(?P<amount>[+-]?\d{1,18}(?:\.\d{1,6})?)(?:\s?(?P<after>[A-Za-z]{3}))?"
)
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{4,30}(?:\s?(?:x|ext\.?)\s?\d{1,6})?", re.ASCII | re.IGNORECASE)
_PAIR: Final = re.compile(
    r"\(?\s*([+-]?\d{1,2}(?:\.\d{1,15})?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*\)?", re.ASCII
)
_ZONE: Final = re.compile(r"(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?", re.ASCII)
_XML_ROOT: Final = re.compile(r"<(?:\?xml|[A-Za-z_])")

Writer = Callable[[str], str | None]
"""A trimmed text → how it is written, None when it is not legal."""


def legal(text: str, data_type: str) -> str | None:
    """``data_type``: one of the 28. None when the text is not a value of it."""
    value = text.strip()
    if not value or len(value) > LONGEST or "\x00" in value:
        return None
    writer = _WRITERS.get(data_type)
    try:
        return writer(value) if writer else value
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _if(detector: Callable[[str], bool]) -> Writer:
    return lambda value: value if detector(value) else None


def _one_line(value: str) -> str | None:
    return value if len(value) <= _LONGEST_NAME and value.isprintable() else None


def _named(value: str) -> str | None:
    """A name says something: at least one letter, of any script."""
    return _one_line(value) if any(map(str.isalpha, value)) else None


def _date_time(value: str) -> str | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value).isoformat()
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        return None
    return datetime.fromisoformat(value).isoformat().replace("+00:00", "Z")


def _time(value: str) -> str | None:
    return time.fromisoformat(value).isoformat() if re.match(r"\d\d:\d\d", value) else None


def _boolean(value: str) -> str | None:
    return value.lower() if value.lower() in {"true", "false"} else None


def _integer(value: str) -> str | None:
    return str(int(Decimal(value))) if _INTEGER.fullmatch(value) else None


def _number(value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return None
    return _plain(value)


def _plain(amount: str) -> str:
    number = Decimal(amount)
    text = f"{number:f}"
    return text if "." not in text or number != number.to_integral_value() else f"{number:.0f}"


def _money(value: str) -> str | None:
    """An amount, with its ISO 4217 code where it has one: ``12.50 EUR``."""
    found = _MONEY.fullmatch(value)
    if not found or (found["before"] and found["after"]):
        return None
    code = (found["before"] or found["after"] or "").upper()
    if code and code not in types_number.CURRENCIES:
        return None
    amount = f"{Decimal(found['amount']):f}"
    return f"{amount} {code}" if code else amount


def _currency(value: str) -> str | None:
    return value.upper() if value.upper() in types_number.CURRENCIES else None


def _guid(value: str) -> str | None:
    return str(uuid.UUID(value)) if types_text.guid_or_hex(value) else None


def _email(value: str) -> str | None:
    if not types_text.email(value) or "<" in value:
        return None
    name, _, host = value.rpartition("@")
    return f"{name}@{host.lower()}"


def _phone(value: str) -> str | None:
    digits = sum(map(str.isdecimal, value))
    return value if _PHONE.fullmatch(value) and 5 <= digits <= 20 else None


def _country(value: str) -> str | None:
    if not types_place.named_country(value):
        return None
    return value.upper() if len(value) <= 3 and value.isascii() else value


def _coordinates(value: str) -> str | None:
    """Latitude and longitude in degrees: ``55.67,12.56``."""
    found = _PAIR.fullmatch(value)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    return f"{found[1]},{found[2]}"


def _json(value: str) -> str:
    json.loads(value)
    return value


def _xml(value: str) -> str | None:
    """Well-formed, without declarations of its own: those could name files or grow without end."""
    from xml.etree import ElementTree

    if not _XML_ROOT.match(value) or "<!" in value:
        return None
    with suppress(ElementTree.ParseError):
        ElementTree.fromstring(value)  # noqa: S314 - entities and document types were refused above
        return value
    return None


def _ip_address(value: str) -> str:
    return str(ipaddress.ip_address(value))


def _color(value: str) -> str | None:
    return value if types_text.color_or_name(value) and len(value) <= 60 else None


def _time_zone(value: str) -> str | None:
    return value if types_time.time_zone(value) or types_time.named_time_zone(value) or _ZONE.fullmatch(value) else None


_WRITERS: Final[Mapping[str, Writer]] = {
    "DateTime": _date_time,
    "Time": _time,
    "Duration": _if(types_time.duration),
    "Boolean": _boolean,
    "Integer": _integer,
    "Number": _number,
    "Uri": _if(types_text.uri),
    "Guid": _guid,
    "Email": _email,
    "PhoneNumber": _phone,
    "TimeZone": _time_zone,
    "GeographyCity": _named,
    "GeographyState": _named,
    "GeographyCountry": _country,
    "GeographyCoordinates": _coordinates,
    "GeographyLocation": _named,
    "Json": _json,
    "Xml": _xml,
    "Html": _if(types_text.html),
    "IPAddress": _ip_address,
    "Color": _color,
    "Money": _money,
    "Currency": _currency,
    "PersonName": _named,
    "OrganizationName": _named,
    "Identifier": _one_line,
    "Lookup": _one_line,
}
"""All but Text, which may be anything."""

FORMS: Final[Mapping[str, str]] = {
    "DateTime": "as YYYY-MM-DD or YYYY-MM-DDThh:mm:ss",
    "Time": "as hh:mm or hh:mm:ss",
    "Duration": "as an ISO 8601 duration such as P1DT2H",
    "Boolean": "true or false",
    "Integer": "a whole number, digits only",
    "Number": "a number with a decimal point, no thousands separators",
    "Money": "an amount with a decimal point, then the currency's three-letter code",
    "Currency": "an ISO 4217 code",
    "GeographyCoordinates": "latitude,longitude in degrees",
    "TimeZone": "an IANA name or an offset such as +01:00",
    "Guid": "a GUID",
    "Json": "valid JSON",
    "Xml": "well-formed XML",
    "Color": "#rrggbb or a colour's name",
}
"""How the model is told to write a type."""
