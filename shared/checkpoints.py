"""Checkpoints in container ``checkpoints``: {organization}/{mapping id}/{hash of what was asked}-{n}.json.

They live as long as the work they belong to may still be run again, and are deleted once its result is stored.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from shared.storage import Blobs

CONTAINER: Final = "checkpoints"


class BlobCheckpoints:
    """Implements ``shared.gateway.ports.Checkpoints`` for one run of one mapping."""

    def __init__(self, blobs: Blobs, organization: str, mapping_id: str) -> None:
        self._blobs = blobs
        self._folder = _folder(organization, mapping_id)
        self._asked: Counter[str] = Counter()
        self._saved: set[str] = set()

    def name(self, key: str) -> str:
        self._asked[key] += 1
        return f"{self._folder}{key}-{self._asked[key]}.json"

    async def load(self, name: str) -> bytes | None:
        blob = await self._blobs.get(CONTAINER, name)
        return blob.content if blob else None

    async def save(self, name: str, content: bytes) -> None:
        self._saved.add(name)
        await self._blobs.put(CONTAINER, name, content, "application/json")

    async def discard_own(self) -> None:
        """Delete what this run has saved: all there is, where no run was before it. Raises StorageUnavailable."""
        for name in sorted(self._saved):
            await self._blobs.delete(CONTAINER, name)


async def discard_checkpoints(blobs: Blobs, organization: str, mapping_id: str) -> None:
    """Delete what all runs of a mapping have saved. Raises StorageUnavailable."""
    for name in await blobs.names(CONTAINER, _folder(organization, mapping_id)):
        await blobs.delete(CONTAINER, name)


def _folder(organization: str, mapping_id: str) -> str:
    return f"{organization}/{mapping_id}/"
