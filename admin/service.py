"""The app over HTTP: one request, its answer, or why there is none."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO
from urllib.parse import quote, urlencode

from admin.address import Address
from admin.causes import Misused, Unreachable
from admin.json_values import JsonObject, read_object
from admin.keys import Keys
from admin.refusals import refusal

SECONDS = 240
"""The platform cuts a request at 230."""
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """``parts``: of the path, after ``/api/organizations/{org}``. ``admin``: needs the admin key."""

    method: str
    organization: str
    parts: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    admin: bool = False

    @property
    def path(self) -> str:
        return "/".join(quote(part, safe="") for part in ("organizations", self.organization, *self.parts))


@dataclass(frozen=True)
class Answer:
    content: bytes
    """Exactly as it came."""
    json: JsonObject


class Service:
    """A deployed app. Redirects are not followed: the keys are for this address alone."""

    def __init__(self, address: Address, keys: Keys) -> None:
        self._address, self._keys = address, keys
        # A proxy of the environment carries https unread; what stays on this machine needs none.
        proxies = urllib.request.ProxyHandler({} if address.loopback else None)
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context())
        self._opener = urllib.request.build_opener(proxies, tls, _NoRedirects())

    def ask(self, request: Request) -> Answer:
        """Raises Refused, Unreachable and Misused (no key)."""
        try:
            status, headers, content = self._exchanged(request)
        except TimeoutError:
            raise Unreachable(f"No answer within {SECONDS} seconds. What was asked may still have happened.") from None
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self._address.base} is not reachable: {_reason(error)}.") from None
        if not 200 <= status < 300:
            raise refusal(status, headers, content)
        found = read_object(content)
        if found is None:
            raise Unreachable(f"What answers at {self._address.base} is not this app: check --url.")
        return Answer(content, found)

    def _exchanged(self, request: Request) -> tuple[int, Message, bytes]:
        built = self._built(request)
        try:
            with self._opener.open(built, timeout=SECONDS) as answer:
                return answer.status, answer.headers, _read(answer, answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, _read(error, error.headers)

    def _built(self, request: Request) -> urllib.request.Request:
        try:
            query = f"?{urlencode(request.query)}" if request.query else ""
        except UnicodeError:
            raise Misused("An argument is not text in this terminal's encoding.") from None
        headers = {"accept": "application/json", "user-agent": "cluedin-ai-admin"}
        content = None
        if request.method != "GET":
            headers["content-type"] = "application/json"
            content = b"" if request.body is None else json.dumps(request.body).encode()
        return urllib.request.Request(  # noqa: S310 - read_address lets http and https pass only
            f"{self._address.base}/api/{request.path}{query}",
            data=content,
            headers={**headers, **self._keys.headers(request.admin)},
            method=request.method,
        )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _read(answer: IO[bytes], headers: Message) -> bytes:
    content = answer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreachable(f"The answer is larger than {MOST_BYTES // 2**20} MiB: ask for less with --top.")
    # The library tells of an answer that breaks off only when it is read to its end, however long.
    length = headers.get("content-length", "")
    if length.isdecimal() and len(content) < int(length):
        raise http.client.IncompleteRead(content)
    return content


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({cause.verify_message})"
    if isinstance(cause, TimeoutError):
        return "it does not answer"
    if isinstance(cause, http.client.IncompleteRead):
        return "its answer broke off"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(cause).__name__
