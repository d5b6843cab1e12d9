"""What an administrator may paste as Base URL, reduced to one endpoint, and which hosts a prompt may be sent to.

Forms understood (Microsoft's "Keys and Endpoint" page, Azure OpenAI Studio's and Foundry's "View code"):

- ``https://RES.openai.azure.com``, with or without ``/``, ``/openai``, ``/openai/v1``, a missing scheme, quotes, spaces
- ``…/openai/v1/chat/completions``, ``…/openai/responses?api-version=…``
- ``…/openai/deployments/NAME/chat/completions?api-version=…`` (the dated surface; the name comes from the setting)
- ``https://RES.services.ai.azure.com`` with ``/models…`` or ``/api/projects/…``; ``RES.cognitiveservices.azure.com``
- any allowed host with a path before ``/openai``, or an OpenAI-compatible server's ``/v1``
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from shared.errors import DeploymentForbidden

AZURE_SUFFIXES = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_NOT_DATED = ("", "v1", "preview", "latest")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"))
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
_WIRE_SERVER = ipaddress.ip_address("168.63.129.16")
"""Azure's platform channel: public by its number, private by its nature."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Endpoint:
    base_url: str
    """v1: ends in ``/v1/``. Dated: the part before ``/openai``, with no slash at its end."""
    host: str
    api_version: str | None
    """None for the v1 surface."""


@dataclass(frozen=True)
class HostPolicy:
    """Which hosts may be sent to."""

    allowed: tuple[str, ...] = ()
    """Lower case, beside Azure's own suffixes; ``*.example.com`` too."""
    allow_loopback: bool = False
    """Also lets a Base URL be http."""


def clean(value: str) -> str:
    """What was meant by a pasted value: without quotes, white space and invisible characters around it."""
    return value.translate(_INVISIBLE).strip().strip("\"'<>`;,").strip()


@lru_cache(maxsize=1024)
def parse(base_url: str, api_version: str, policy: HostPolicy) -> Endpoint:
    """The endpoint meant by a pasted Base URL and the optional api-version setting (empty if none).

    Raises DeploymentForbidden naming the setting: nothing is sent to a host that is not allowed."""
    text = clean(base_url)
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise _refused("baseUrl holds characters that no address has")
    text = text if "://" in text else f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused("baseUrl is not an address") from None
    if parts.username is not None or parts.password is not None:
        raise _refused("baseUrl may hold no user name or password")
    _check_host(parts.scheme, host, port, policy)
    default = {"https": 443, "http": 80}[parts.scheme]
    name = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, default) else "")
    version = clean(api_version).lower() or _pasted_version(parts.path, parts.query)
    return _surface(origin, host, parts.path, version)


def _check_host(scheme: str, host: str, port: int | None, policy: HostPolicy) -> None:
    if scheme not in ("https", "http"):
        raise _refused("baseUrl must start with https://")
    if _is_loopback(host):
        if not policy.allow_loopback:
            raise _refused("baseUrl names this machine itself")
        return
    if scheme == "http":
        raise _refused("baseUrl must start with https://")
    if _as_address(host) is not None or not _HOST.fullmatch(host):
        raise _refused("baseUrl must name a host, such as https://RESOURCE.openai.azure.com")
    azure = host.endswith(AZURE_SUFFIXES) and port in (None, 443)
    if not azure and not any(_matches(host, pattern) for pattern in policy.allowed):
        named = host if "." in host else "a host"  # a key pasted here by mistake has no dot
        raise _refused(f"baseUrl names {named} that is neither Azure OpenAI's nor in ALLOWED_DEPLOYMENT_HOSTS")


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _is_loopback(host: str) -> bool:
    address = _as_address(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)


def _as_address(host: str) -> Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _pasted_version(path: str, query: str) -> str:
    """Only a path of the dated surface makes a pasted api-version count: v1 takes none, ``/models`` has its own."""
    segments = _segments(path)
    if "openai" not in segments or segments[segments.index("openai") + 1 :][:1] == ["v1"]:
        return ""
    return parse_qs(query).get("api-version", [""])[0].strip().lower()


def _surface(origin: str, host: str, path: str, version: str) -> Endpoint:
    segments = _segments(path)
    lowered = [segment.lower() for segment in segments]
    if version in _NOT_DATED:
        return Endpoint(origin + _v1_path(host, segments, lowered), host, None)
    if not _DATED.fullmatch(version):
        raise DeploymentForbidden("The api-version must look like 2024-10-21, or be v1", setting="baseUrl")
    prefix = segments[: lowered.index("openai")] if "openai" in lowered else []
    return Endpoint(origin + _join(prefix).rstrip("/"), host, version)


def _v1_path(host: str, segments: Sequence[str], lowered: Sequence[str]) -> str:
    if host.endswith(AZURE_SUFFIXES):
        return "/openai/v1/"
    if "openai" in lowered:
        return _join([*segments[: lowered.index("openai")], "openai", "v1"])
    if "v1" in lowered:
        return _join(segments[: lowered.index("v1") + 1])
    known = next((lowered.index(name) for name in ("chat", "completions", "responses") if name in lowered), None)
    return _join([*segments[:known], "openai", "v1"])


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment not in ("", ".", "..")]


def _join(segments: Sequence[str]) -> str:
    return "/" + "".join(f"{segment}/" for segment in segments)


def may_connect(address: str, policy: HostPolicy) -> bool:
    """Whether a resolved address may be connected to. Private ones may (Private Link), the machine's own never."""
    ip = _as_address(address.partition("%")[0])
    if ip is None or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip == _WIRE_SERVER:
        return False
    return policy.allow_loopback or not ip.is_loopback


def _refused(detail: str) -> DeploymentForbidden:
    return DeploymentForbidden(detail, setting="baseUrl")
