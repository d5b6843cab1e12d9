"""Detectors of addresses on the net, markup and other text with a grammar. Each takes one trimmed value.

Every pattern is linear: no nested or overlapping repetition, so a hostile cell costs no more than its length.
"""

from __future__ import annotations

import ipaddress
import json
import re
from functools import cache

from shared.profiling.folding import fold
from shared.profiling.word_lists import words

_EMAIL = re.compile(r"^[^\s@,;:<>()\[\]\"#]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_][\w-]{1,62}$")
_BETWEEN = re.compile(r"[;,|]|\s(?=\S+@)")
_ADDRESSED = re.compile(r"^[^<>@]{1,100}<([^<>]{3,254})>$")
_URI = re.compile(
    r"^(?:(?:https?|ftps?|sftp|file|wss?|s3|gs|abfss?|wasbs?|ldaps?|jdbc:\w{1,20}|git|ssh)://[^\s<>\"]+"
    r"|(?:mailto|tel|urn|data):[^\s<>]+|www\.[^\s<>/@]+\.[^\s<>]{2,})$",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"^(?:[^\W_](?:[\w-]{0,62})\.){1,8}[a-z]{2,24}(?:[/:?][^\s<>]*)?$", re.IGNORECASE)
_PAGE = re.compile(
    r"^(?:[^\W_](?:[\w-]{0,62})\.){1,8}(?:com|org|net|io|gov|edu|info|biz|dev|app|co|eu|de|uk|fr|es|it|nl|be|ch|at|pl|dk|se|no|fi"
    r"|cz|ru|ua|tr|us|ca|mx|br|ar|au|nz|in|jp|cn|kr|za)(?::\d{2,5})?/[^\s<>]*$",
    re.IGNORECASE,
)
_GUID = re.compile(
    r"^(?:urn:uuid:)?[{(]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[})]?$", re.IGNORECASE
)
_HEX_GUID = re.compile(r"^[0-9a-f]{32}$", re.IGNORECASE)
_IPV4 = re.compile(r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:/\d\d?|:\d{1,5})?$", re.ASCII)
_IPV6_LIKE = re.compile(r"^[0-9a-f:.]{2,45}(?:%\w{1,16})?(?:/\d{1,3})?$", re.IGNORECASE | re.ASCII)
_COLOR = re.compile(
    r"^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb"
    r"|hsl)a?\(\s*[\d.]{1,8}%?(?:deg)?(?:[\s,/]+[\d.]{1,8}%?){2,3}\s*\))$",
    re.IGNORECASE,
)
_SHADES = frozenset((
    "light", "dark", "bright", "deep", "pale", "navy", "sky", "off", "royal", "midnight", "baby", "hot", "forest",
    "mint", "jet", "snow", "hell", "dunkel", "clair", "fonce", "claro", "oscuro", "chiaro", "scuro",
))  # fmt: skip
_HTML = re.compile(
    r"<(?:!doctype html|/?(?:html|head|body|p|div|span|br|hr|a|ul|ol|li|table|tr|td|th|h[1-6]|b|i|u|em|strong|img|pre"
    r"|code|font|script|style|section|article|blockquote|sup|sub|input|form)(?:\s[^<>]{0,500})?\s?/?)>",
    re.IGNORECASE,
)
_XML = re.compile(r"^<(?:\?xml\s[^<>]{0,200}\?>|(?P<tag>[A-Za-z_][\w.:-]{0,100})(?:\s[^<>]{0,2000})?/?>)")
_READ_JSON = 50_000
_READ_MARKUP = 4_000


@cache
def _color_names() -> frozenset[str]:
    return frozenset(map(fold, words("colors.txt")))


_NOT_ONLY_COLORS = frozenset({"gold", "silver", "bronze", "rose", "amber", "platinum"})
"""Metals, flowers and stones: of loyalty levels and medals as well."""


def email(value: str) -> bool:
    if "@" not in value or len(value) > 360:
        return False
    addressed = _ADDRESSED.match(value)
    return _EMAIL.match(addressed[1] if addressed else value) is not None


def emails(value: str) -> bool:
    """One address, or several parted by commas or semicolons, or with mailto: before it."""
    if email(value):
        return True
    if "@" not in value or len(value) > 1_000:
        return False
    parts = [part.strip() for part in _BETWEEN.split(value.removeprefix("mailto:")) if part.strip()]
    return 1 <= len(parts) <= 20 and all(map(email, parts))


def uri(value: str) -> bool:
    return (":" in value or value[:4].lower() == "www.") and len(value) <= 4_000 and _URI.match(value) is not None


def domain(value: str) -> bool:
    return uri(value) or ("." in value and len(value) <= 2_000 and _DOMAIN.match(value) is not None)


def page(value: str) -> bool:
    """With its protocol or without: example.com/about is nothing else."""
    return uri(value) or _page(value)


def _page(value: str) -> bool:
    return "/" in value and len(value) <= 2_000 and _PAGE.match(value) is not None


def guid(value: str) -> bool:
    return 36 <= len(value) <= 45 and _GUID.match(value) is not None


def guid_or_hex(value: str) -> bool:
    return guid(value) or _HEX_GUID.match(value) is not None


def ip_address(value: str) -> bool:
    if len(value) > 60:
        return False
    if value.count(":") < 2:
        return value.count(".") == 3 and _IPV4.match(value) is not None
    return _IPV6_LIKE.match(value) is not None and _ipv6(value.partition("/")[0].partition("%")[0])


def _ipv6(value: str) -> bool:
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return True


def color(value: str) -> bool:
    return value[:1] in "#rRhH" and len(value) <= 60 and _COLOR.match(value) is not None


def color_or_name(value: str) -> bool:
    return color(value) or color_name(value) or fold(value).rpartition(" ")[2] in _color_names()


def color_name(value: str) -> bool:
    """A word for a colour, in a field whose name says nothing of it."""
    if not 1 <= len(value) <= 30 or any(map(str.isdecimal, value)):
        return False
    first, _, last = fold(value).rpartition(" ")
    plain = last if not first or first in _SHADES else ""
    return plain in _color_names() and plain not in _NOT_ONLY_COLORS


def json_text(value: str) -> bool:
    """An object or a list; very long ones by their ends, for reading them all would cost too much."""
    if (value[:1], value[-1:]) not in {("{", "}"), ("[", "]")}:
        return False
    if len(value) > _READ_JSON:
        return True
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def html(value: str) -> bool:
    if "<" not in value or value[:5] == "<?xml":
        return False
    return _HTML.search(value[:_READ_MARKUP]) is not None and not xml(value)


def xml(value: str) -> bool:
    """One element from its start to its end, that is none of HTML's."""
    if value[:1] != "<" or value[-1:] != ">":
        return False
    start = _XML.match(value[:_READ_MARKUP])
    if start is None:
        return False
    if start["tag"] is None:
        return True
    if _HTML.match(f"<{start['tag']}>"):
        return False
    return (start[0].endswith("/>") and len(start[0]) == len(value)) or value.endswith(f"</{start['tag']}>")
