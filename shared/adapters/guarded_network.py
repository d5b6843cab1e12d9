"""Connections for the deployment client: every resolved address is checked, and only a checked one is connected to.

So a host name that passes the allow-list cannot lead to this machine, to its metadata service or to another link-local
address, whatever its DNS answers at the next look-up.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import cast

import httpcore2
import httpx2

from shared.gateway.classify import ADDRESS_REFUSED, NAME_NOT_FOUND, TOO_LARGE
from shared.gateway.endpoint import HostPolicy, may_connect
from shared.gateway.ports import ChatError

IDLE = 50
"""Connections kept open for the next burst. The pool looks at each of them for every request: 500 cost 10 ms."""
LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes. A completion has some hundred kilobytes at most."""


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise ChatError(None, NAME_NOT_FOUND, None, "", {}) from None
        addresses = list(dict.fromkeys(cast(str, entry[4][0]) for entry in found))
        if not all(may_connect(address, self._policy) for address in addresses):
            raise ChatError(None, ADDRESS_REFUSED, None, "", {})
        return addresses


class GuardedTransport(httpx2.AsyncBaseTransport):
    """HTTP/1.1 over one pool, with answers of bounded size. Proxies and redirects are not followed."""

    def __init__(self, policy: HostPolicy, connections: int, ssl_context: ssl.SSLContext | None = None) -> None:
        self._http = httpx2.AsyncHTTPTransport(trust_env=True)
        self._http._pool = httpcore2.AsyncConnectionPool(  # the transport offers no parameter for the backend
            ssl_context=ssl_context or httpx2.create_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=min(connections, IDLE),
            keepalive_expiry=20.0,
            network_backend=GuardedBackend(policy),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._http.handle_async_request(request)
        response.stream = BoundedStream(cast(httpx2.AsyncByteStream, response.stream))
        return response

    async def aclose(self) -> None:
        await self._http.aclose()


class BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > LONGEST_ANSWER:
                raise ChatError(200, TOO_LARGE, None, "", {})
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
