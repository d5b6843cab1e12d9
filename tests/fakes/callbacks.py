"""A receiver of callbacks that remembers what it was sent, and answers as told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Posted:
    url: str
    body: bytes
    headers: Mapping[str, str]


class FakeReceiver:
    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.status = 200
        self.failure: Exception | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self.failure:
            raise self.failure
        self.posts.append(Posted(url, body, dict(headers)))
        return self.status
