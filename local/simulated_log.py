"""What the simulated deployment was asked: an entry per chat request, never a key or an answer, a prompt if told to."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_CORRELATION = ("x-ms-client-request-id", "x-correlation-id", "x-request-id")


@dataclass(slots=True)
class Entry:
    """``status`` stays None while the request runs and when no status line was ever sent."""

    request_id: str
    time: str
    surface: str
    deployment: str
    key: str
    client_request_id: str | None
    body_sha256: str
    body_bytes: int
    status: int | None = None
    fault: str | None = None
    prompt_sha256: str | None = None
    prompt_tokens: int = 0
    max_tokens: int | None = None
    completion_tokens: int = 0
    cached_tokens: int = 0
    seconds: float | None = None
    body: str | None = None
    """Only with keepBodies."""

    def shown(self) -> dict[str, object]:
        shown = {_camel(name): getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in shown.items() if name != "body" or value is not None}


class RequestLog:
    """The latest entries, oldest first, and how many requests were under way at once."""

    def __init__(self, size: int = 200_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=size)
        self.in_flight = 0
        self.most_in_flight = 0

    def begin(
        self, request_id: str, surface: str, deployment: str, key: str, headers: Mapping[str, str], raw: bytes
    ) -> Entry:
        client_id = next((headers[name] for name in _CORRELATION if name in headers), None)
        now = datetime.now(UTC).isoformat()
        digest = hashlib.sha256(raw).hexdigest()
        entry = Entry(request_id, now, surface, deployment, key, client_id, digest, len(raw))
        self.entries.append(entry)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return entry

    def end(self, entry: Entry, seconds: float) -> None:
        entry.seconds = round(seconds, 6)
        self.in_flight -= 1

    def clear(self) -> None:
        self.entries.clear()
        self.most_in_flight = self.in_flight

    def shown(self) -> dict[str, object]:
        return {
            "requests": [entry.shown() for entry in self.entries],
            "inFlight": self.in_flight,
            "mostInFlight": self.most_in_flight,
        }


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
