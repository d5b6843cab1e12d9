"""HTTP for the deployment client, over aiohttp: only checked addresses are connected to, answers have a bounded size.

So a host name that passes the allow-list cannot lead to this machine, to its metadata service or to another link-local
address, whatever its DNS answers at the next look-up. Redirects, proxies and cookies are none of its business.

Why not the SDK's own transport: its pool looks at every connection for each request, which with 500 prompts in flight
takes most of a core (docs/benchmarks.md).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from shared.gateway.classify import ADDRESS_REFUSED, NAME_NOT_FOUND, TLS_FAILED, TOO_LARGE
from shared.gateway.endpoint import HostPolicy, may_connect
from shared.gateway.ports import ChatError

CONNECTIONS = 1000
"""At once, to all deployments: above the 500 prompts one worker has in flight."""
LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes. A completion has some hundred kilobytes at most."""
CONNECT_TIMEOUT = 10.0
"""Seconds for one address."""
IDLE = 20.0
"""Seconds a connection is kept for the next prompt."""
_OWN_HEADERS = {"accept-encoding", "connection"}
_BODY_HEADERS = {"content-encoding", "content-length", "transfer-encoding"}


class GuardedResolver(AbstractResolver):
    """Resolves names by the system, and refuses those with an address that may not be sent to."""

    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except OSError:
            raise _no_answer(NAME_NOT_FOUND) from None
        addresses = [(kind, cast(str, where[0])) for kind, _, _, _, where in found]
        if not all(may_connect(address, self._policy) for _, address in addresses):
            raise _no_answer(ADDRESS_REFUSED)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """One pool for all endpoints. Raises ChatError where there is no answer."""

    def __init__(self, policy: HostPolicy, ssl_context: ssl.SSLContext | None = None) -> None:
        self._policy = policy
        self._ssl_context = ssl_context
        self._opened: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not _may_connect_literal(request.url.host, self._policy):
            raise _no_answer(ADDRESS_REFUSED)
        try:
            return await self._exchange(request)
        except aiohttp.ClientConnectorCertificateError:
            raise _no_answer(TLS_FAILED) from None
        except TimeoutError:
            raise ChatError(408, "timeout", None, "", {}) from None
        except (aiohttp.ClientError, OSError, EOFError):
            raise _no_answer(None) from None

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        headers = [(name, value) for name, value in request.headers.multi_items() if name not in _OWN_HEADERS]
        async with self._session.request(
            request.method,
            URL(str(request.url), encoded=True),
            data=await request.aread(),
            headers=[*headers, ("accept-encoding", "identity")],
            allow_redirects=False,
        ) as response:
            content = await _bounded(response.content)
            kept = [(name, value) for name, value in response.headers.items() if name.lower() not in _BODY_HEADERS]
            return httpx2.Response(response.status, headers=kept, content=content, request=request)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(self._policy),
                ssl=self._ssl_context or httpx2.create_ssl_context(),
                limit=CONNECTIONS,
                keepalive_timeout=IDLE,
            )
            self._opened = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._opened


def _may_connect_literal(host: str, policy: HostPolicy) -> bool:
    """Names are left to the resolver, which never sees an address written as such."""
    return may_connect(host, policy) if ":" in host or host.replace(".", "").isdigit() else True


async def _bounded(stream: aiohttp.StreamReader) -> bytes:
    content = bytearray()
    async for part in stream.iter_any():
        content += part
        if len(content) > LONGEST_ANSWER:
            raise ChatError(200, TOO_LARGE, None, "", {})
    return bytes(content)


def _no_answer(code: str | None) -> ChatError:
    return ChatError(None, code, None, "", {})
