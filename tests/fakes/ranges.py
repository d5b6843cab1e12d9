"""Files for ``profile_apart``: on this disk, and in memory."""

from __future__ import annotations

from pathlib import Path


class OnDisk:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.asked: list[tuple[int, int]] = []

    @property
    def size(self) -> int:
        return self._path.stat().st_size

    async def part(self, start: int, length: int) -> bytes:
        self.asked.append((start, length))
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(length)


class InMemory:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[tuple[int, int]] = []

    @property
    def size(self) -> int:
        return len(self.content)

    async def part(self, start: int, length: int) -> bytes:
        self.asked.append((start, length))
        return self.content[start : start + length]
