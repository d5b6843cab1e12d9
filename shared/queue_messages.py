"""What a queue message looks like: JSON, in base64 as the app writes it, plain as others may.

A large one is a claim check, ``{"payload": {"container": "payloads", "blob": …}}``. A message that was put back carries
``"retry": {"attempts": n}``: our own count, because the platform's five tries are not for outages. One in a poison
queue carries ``"failure": {code, detail, attempts, failedAt}``. One that an administrator replays carries
``"replay": {"of": id}``, the failure's id: a new wish to do what is known to have failed, not a second delivery.
``"traceparent"`` (W3C Trace Context) says which trace handling it belongs to; pipelines may give one as well.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar

from shared.telemetry.telemetry import ids_in, traceparent

Message = dict[str, object]

PAYLOADS = "payloads"
LARGEST_MESSAGE = 48 * 1024
"""Bytes of JSON; in base64 that is the 64 KiB a storage queue takes."""
LARGEST_PAYLOAD = 64 * 1024 * 1024
POISON = "-poison"
_handled: ContextVar[tuple[str, str | None]] = ContextVar("handled", default=("", None))
"""The queue of the message that is handled here, and its trace."""
READ_BY_OTHERS = frozenset(["mapping-results"])
"""Queues whose messages are a contract: we note nothing on them."""
_RETRY = "retry"
_FAILURE = "failure"
_REPLAY = "replay"
_TRACE = "traceparent"
_OURS = frozenset([_RETRY, _FAILURE, _REPLAY, _TRACE])
"""Members about the message, not of it."""


class UnreadableMessage(Exception):
    """A message that will never make sense. The text names the fault, never the content."""


class AlreadyHandled(Exception):
    """A message delivered or sent once more: its payload says that it was handled to its end."""


def dump(message: Mapping[str, object]) -> bytes:
    """Compact JSON. A lone surrogate, which UTF-8 has no place for, is kept as its escape."""
    try:
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(message, separators=(",", ":")).encode()


def as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def read(body: bytes | str) -> Message:
    """The object in a message's body, base64 or plain. Raises UnreadableMessage."""
    raw = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return load(raw)
    try:
        return load(base64.b64decode(b"".join(raw.split()), validate=True))
    except binascii.Error as error:
        raise UnreadableMessage("neither JSON nor base64") from error


def load(content: bytes) -> Message:
    """One JSON object, alone or as a list's only element (a batch of one event). Raises UnreadableMessage."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage("not JSON") from error
    if isinstance(found, list) and len(found) > 1:
        raise UnreadableMessage("a list of several: a message holds one")
    only = found[0] if isinstance(found, list) and found else found
    if not isinstance(only, dict):
        raise UnreadableMessage("not a JSON object")
    return only


def claim(blob: str, message: Mapping[str, object] | None = None) -> Message:
    """The claim check for a message whose content is in that blob; what we noted on it stays readable."""
    notes = {name: value for name, value in (message or {}).items() if name in _OURS}
    return {"payload": {"container": PAYLOADS, "blob": blob}, **notes}


def claimed(message: Mapping[str, object]) -> str | None:
    """The blob of a claim check, None for any other message. Raises UnreadableMessage for a foreign container."""
    if set(message) - _OURS != {"payload"}:
        return None
    place = message["payload"]
    if not isinstance(place, dict) or set(place) != {"container", "blob"}:
        return None
    container, blob = place["container"], place["blob"]
    if container != PAYLOADS or not isinstance(blob, str) or not 0 < len(blob) <= 1024:
        raise UnreadableMessage("the payload is not in the app's own container")
    return blob


def attempts(message: Mapping[str, object]) -> int:
    """How often the message was put back."""
    retry = message.get(_RETRY)
    count = retry.get("attempts") if isinstance(retry, dict) else 0
    return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 0


def put_back(message: Mapping[str, object]) -> Message:
    """The same message, counted once more."""
    return {**message, _RETRY: {"attempts": attempts(message) + 1}}


def put_back_watched(message: Mapping[str, object], watched: str | None) -> Message:
    """The same message, not counted: somebody else works on it, and ``watched`` is how their row looked."""
    return {**message, _RETRY: {"attempts": attempts(message), "watched": watched}}


def watched(message: Mapping[str, object]) -> str | None:
    """How the row looked when the message was put back because somebody else was at work."""
    retry = message.get(_RETRY)
    seen = retry.get("watched") if isinstance(retry, dict) else None
    return seen if isinstance(seen, str) else None


def replayed(message: Mapping[str, object], failure_id: str) -> Message:
    """A message's content, marked as the replay of a failure."""
    return {**content_of(message), _REPLAY: {"of": failure_id}}


def replay_of(message: Mapping[str, object]) -> str | None:
    """The id of the failure this message is a replay of, None for any other."""
    note = message.get(_REPLAY)
    failure_id = note.get("of") if isinstance(note, dict) else None
    return failure_id if isinstance(failure_id, str) else None


def cause_in(message: Mapping[str, object]) -> Mapping[str, object]:
    """The cause noted on a message in a poison queue (code, detail, attempts, failedAt); empty where there is none."""
    note = message.get(_FAILURE)
    return note if isinstance(note, dict) else {}


def traced(queue: str, message: Mapping[str, object]) -> Mapping[str, object]:
    """The message as it is put: with the trace we are in, unless it has one already, as one put back does."""
    if _TRACE in message or queue in READ_BY_OTHERS:
        return message
    handled, its_trace = _handled.get()
    here = its_trace if handled == queue and its_trace else traceparent()
    return message if here is None else {**message, _TRACE: here}


@contextlib.contextmanager
def handling(queue: str, message: Mapping[str, object]) -> Iterator[None]:
    """While a message is handled, what is put into the same queue is its next step: it stands beside it in the trace.
    Else each of a job's thousands of steps would be one level deeper."""
    before = _handled.set((queue, trace_of(message)))
    try:
        yield
    finally:
        _handled.reset(before)


def trace_of(message: Mapping[str, object]) -> str | None:
    """The trace that handling the message belongs to, None where it names none that can be read."""
    found = message.get(_TRACE)
    return found if isinstance(found, str) and ids_in(found) else None


def content_of(message: Mapping[str, object]) -> Message:
    """The message without what the app noted on it."""
    return {name: value for name, value in message.items() if name not in _OURS}


def _no_such_number(name: str) -> object:
    raise ValueError(name)
