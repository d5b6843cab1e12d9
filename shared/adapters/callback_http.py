"""POSTs to receivers of callbacks, over aiohttp. The address is checked where the socket is made.

So whatever DNS answers, at whichever look-up, no address is connected to that was not checked. No proxy of the
environment is used, which would connect in our place; cookies and redirects are ignored.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping

import aiohttp

from shared.callback_address import AddressRefused, may_call
from shared.callbacks import ReceiverUnreachable

TIMEOUT_S = 10.0
LARGEST_HEADER = 8 * 1024
"""Bytes; nothing else of an answer is read."""

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]


class CallbackHttp:
    """Implements ``shared.callbacks.Poster``. Its session is made on first use, inside the running loop."""

    def __init__(
        self, *, allow_loopback: bool = False, trust: ssl.SSLContext | None = None, timeout: float = TIMEOUT_S
    ) -> None:
        self._allow_loopback = allow_loopback
        self._trust = trust
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            async with self._opened().post(url, data=body, headers=headers, allow_redirects=False) as response:
                return response.status
        except TimeoutError:
            raise ReceiverUnreachable(f"no answer within {self._timeout:g} seconds") from None
        except aiohttp.ClientSSLError:
            raise ReceiverUnreachable("its certificate is not valid") from None
        except aiohttp.ClientConnectorDNSError:
            raise ReceiverUnreachable("its name is not known") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, AddressRefused):
                raise
            raise ReceiverUnreachable("the connection failed") from None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._trust or ssl.create_default_context(),
                    use_dns_cache=False,
                    happy_eyeballs_delay=None,
                    socket_factory=self._socket,
                ),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                max_line_size=LARGEST_HEADER,
                max_field_size=LARGEST_HEADER,
            )
        return self._session

    def _socket(self, address: AddressInfo) -> socket.socket:
        """Raises AddressRefused."""
        family, kind, protocol, _, where = address
        if not may_call(str(where[0]), allow_loopback=self._allow_loopback):
            raise AddressRefused("leads to an address that is not public")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made
