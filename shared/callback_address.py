"""Where a callback may go: what an address must look like, and which hosts an administrator allows."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
_WIRE_SERVER: Final = ipaddress.ip_address("168.63.129.16")
"""Azure's platform channel: public by its number, private by its nature."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


class AddressRefused(ValueError):
    """The address will never be called. The text says why, without the address's path or query."""


def host_of(url: str) -> str:
    """The host an https address names, in lower case. Raises AddressRefused."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused("must be an https address of at most 2,000 printable ASCII characters without spaces")
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        raise AddressRefused("is not an address") from None
    if parts.scheme != "https":
        raise AddressRefused("must start with https://")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("may hold no user name or password")
    if not _is_host(host):
        raise AddressRefused("must name a host")
    return host


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a host is in a list of names and patterns such as ``*.example.com`` (which does not mean example.com)."""
    return any(host.endswith(entry[1:]) if entry.startswith("*.") else host == entry for entry in allowed)


def may_call(address: str, *, allow_loopback: bool = False) -> bool:
    """Whether a resolved address may be connected to: a public one, and no IPv4 address in the disguise of an IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.is_loopback:
        return allow_loopback
    special = ip.is_multicast or ip.is_reserved or ip == _WIRE_SERVER
    return ip.is_global and not special and not (isinstance(ip, ipaddress.IPv6Address) and _is_disguised(ip))


def _is_disguised(ip: ipaddress.IPv6Address) -> bool:
    """Mapped, 6to4, Teredo or NAT64: it would lead to whatever IPv4 address is in it; or site-local, as once was."""
    inside = ip.ipv4_mapped or ip.sixtofour or ip.teredo
    return inside is not None or ip in _NAT64 or ip.is_site_local


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host))
    return True
