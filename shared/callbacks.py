"""Telling a pipeline that its work is done: a signed POST to the ``callbackUrl`` it gave, at least once, same id.

A callback goes through queue ``callbacks``, so that a receiver that is away delays nothing else. It is signed with the
organization's Key Vault secret ``{org}--callback-key``: header ``x-cluedin-signature: t=SECONDS,v1=HEX``, where HEX is
HMAC-SHA256 over ``SECONDS.BODY``. Only hosts in ALLOWED_CALLBACK_HOSTS are called, only over https, and never one whose
address is not public; redirects are not followed, and of the answer only the status counts.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Protocol

from pydantic import Field, JsonValue, ValidationError

from shared.callback_address import AddressRefused, host_of, is_allowed
from shared.errors import CallbackUndelivered
from shared.gateway.ports import SecretReader
from shared.mapping.models import RequestModel
from shared.queue_messages import dump

log = logging.getLogger(__name__)

QUEUE: Final = "callbacks"
SIGNATURE: Final = "x-cluedin-signature"
IDENTITY: Final = "x-cluedin-id"


class CallbackMessage(RequestModel):
    """What lies on queue ``callbacks``."""

    organization_id: Annotated[str, Field(min_length=1, max_length=64)]
    id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    """The same on every repetition: the mapping's or the job's."""
    url: Annotated[str, Field(min_length=1)]
    body: dict[str, JsonValue]


class CallbackRefused(Exception):
    """This callback will never be sent as it is. ``code`` and ``detail`` may be shown."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Poster(Protocol):
    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """One POST, no redirect; the status. Raises AddressRefused, ReceiverUnreachable."""


class ReceiverUnreachable(Exception):
    """No answer: the text says why in a word or two, with no address in it."""


class Queues(Protocol):
    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None: ...


class Callbacks:
    def __init__(
        self,
        poster: Poster,
        secrets: SecretReader,
        queues: Queues,
        allowed_hosts: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._poster = poster
        self._secrets = secrets
        self._queues = queues
        self._allowed = tuple(allowed_hosts)
        self._clock = clock

    async def announce(self, url: str, organization: str, callback_id: str, body: Mapping[str, object]) -> None:
        """Queue a callback. Repeating it is fine: the receiver knows it by its id. Raises StorageUnavailable."""
        message = {"organizationId": organization, "id": callback_id, "url": url, "body": dict(body)}
        await self._queues.put(QUEUE, message)

    async def deliver(self, message: CallbackMessage) -> None:
        """Send one callback, once.

        Raises CallbackRefused, CallbackUndelivered, SettingsUnavailable (the key cannot be read now)."""
        host = self._host(message.url)
        key = await self._secrets.get(f"{message.organization_id}--callback-key")
        if not key:
            detail = f"Callbacks are signed, and Key Vault has no secret {message.organization_id}--callback-key."
            raise CallbackRefused("callback_key_missing", detail)
        body = dump(message.body)
        status = await self._post(message, host, body, sign(key, body, int(self._clock())))
        if not 200 <= status < 300:
            raise CallbackUndelivered(f"The receiver at {host} answered {status}; 200 to 299 was expected.")
        fields = {"organization": message.organization_id, "id": message.id, "host": host, "status": status}
        log.info("callback.delivered", extra=fields)

    def _host(self, url: str) -> str:
        try:
            host = host_of(url)
        except AddressRefused as error:
            raise CallbackRefused("callback_refused", f"The callbackUrl {error}.") from None
        if not is_allowed(host, self._allowed):
            raise CallbackRefused("callback_refused", f"The host {host} is not in ALLOWED_CALLBACK_HOSTS.")
        return host

    async def _post(self, message: CallbackMessage, host: str, body: bytes, signature: str) -> int:
        headers = {"content-type": "application/json", SIGNATURE: signature, IDENTITY: message.id}
        try:
            return await self._poster.post(message.url, body, headers)
        except AddressRefused:
            raise CallbackRefused(
                "callback_refused", f"The host {host} leads to an address that is not public."
            ) from None
        except ReceiverUnreachable as error:
            raise CallbackUndelivered(f"The receiver at {host} cannot be reached: {error}.") from None


def sign(key: str, body: bytes, seconds: int) -> str:
    """The signature header's value for a body sent at this time (seconds since 1970)."""
    digest = hmac.new(key.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def read_callback(message: Mapping[str, object]) -> CallbackMessage:
    """A queued callback. Raises CallbackRefused for anything else."""
    try:
        return CallbackMessage.model_validate(message)
    except ValidationError as error:
        pointer = "/".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise CallbackRefused("unreadable_message", f"Not a callback: /{pointer} is missing or wrong.") from None
