"""Where the app is: https, or http on this machine, so that keys never travel in the clear."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from admin.causes import Misused


@dataclass(frozen=True)
class Address:
    """``base`` ends before ``/api``, without a slash."""

    base: str
    loopback: bool


def read_address(given: str) -> Address:
    """Raises Misused. What was given is not repeated: it may hold a key."""
    try:
        parts = urlsplit(given.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Misused("--url is not an address. Give one such as https://my-app.azurewebsites.net.") from None
    _refuse_keys(parts)
    if not host or parts.scheme not in ("http", "https") or not given.strip().isascii() or " " in given.strip():
        raise Misused("--url is not an https address. Give one such as https://my-app.azurewebsites.net.")
    loopback = _is_loopback(host)
    if parts.scheme == "http" and not loopback:
        raise Misused("--url must begin with https: over http the keys could be read on their way.")
    path = parts.path.rstrip("/").removesuffix("/api").rstrip("/")
    return Address(f"{parts.scheme}://{parts.netloc}{path}", loopback)


def _refuse_keys(parts: SplitResult) -> None:
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise Misused(
            "--url must be the address alone, without ?code=… and without a user: the function key belongs in the "
            "environment variable CLUEDIN_AI_KEY."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
