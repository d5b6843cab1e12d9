"""The file of a drop: read where it lies, range by range, in a process of its own; nothing of it is on our disk.

A few at a time. What took long is done once: the profile lies among the mapping's checkpoints for the next run.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Final

from shared.drops.apart import Ranges, profile_apart
from shared.drops.file_profile import FileProfile
from shared.drops.models import Drop, Source
from shared.drops.profile_json import read_profile
from shared.drops.readers.limits import LIMITS, size
from shared.drops.unreadable import UnreadableFile
from shared.mapping.claims import Superseded
from shared.mapping.orderly import TimeIsUp
from shared.mapping.queued_run import Run
from shared.mapping.run import Unmakeable
from shared.mapping.store import Cause
from shared.storage import BlobVersion, Files

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Files of one worker: each may take a processor, and half a gigabyte of memory."""
GATE_SECONDS: Final = 60.0
"""For its turn a drop waits no longer, but goes back to the queue: with a file's own time it stays below the time the
platform gives a function."""
LONG_SECONDS: Final = 3.0
"""A profile that took longer is worth a checkpoint."""
_LIMITS: Final = {".xlsx": LIMITS.workbook, ".json": LIMITS.json}

Profiler = Callable[[Ranges, str, Drop], Awaitable[FileProfile]]


async def _apart(content: Ranges, name: str, drop: Drop) -> FileProfile:
    return await profile_apart(
        content, name, drop.data_set_name, None, sheet=drop.source.sheet if drop.source else None
    )


@dataclass(frozen=True)
class _BlobRanges:
    """One version of a blob."""

    files: Files
    source: Source
    version: BlobVersion

    @property
    def size(self) -> int:
        return self.version.size

    async def part(self, start: int, length: int) -> bytes:
        """Raises Superseded where the blob has changed, Unmakeable where it has gone, StorageUnavailable."""
        container, blob = self.source.container, self.source.blob
        content = await self.files.part(container, blob, self.version, start, length)
        if content is None:
            raise Superseded if await self.files.version(container, blob) else _gone(self.source)
        return content


class DropFiles:
    def __init__(
        self,
        files: Files,
        profiler: Profiler = _apart,
        at_once: int = AT_ONCE,
        gate_seconds: float = GATE_SECONDS,
    ) -> None:
        self._files = files
        self._profiler = profiler
        self._gate = asyncio.Semaphore(at_once)
        self._gate_seconds = gate_seconds

    async def version(self, source: Source) -> BlobVersion | None:
        """What is there now. Raises StorageUnavailable."""
        return await self._files.version(source.container, source.blob)

    async def profile(self, drop: Drop, version: BlobVersion | None, run: Run) -> FileProfile:
        """Raises Unmakeable with the cause, Superseded when the blob has changed, TimeIsUp when other files have been
        read for too long for this one to have its turn, StorageUnavailable."""
        source = drop.source
        assert source is not None
        if version is None:
            raise _gone(source)
        checkpoint = run.checkpoints.name("profile")
        known = await run.checkpoints.load(checkpoint)
        if known is not None:
            return read_profile(json.loads(known))
        _check_size(source, version)
        started = time.monotonic()
        profile = await self._read(drop, _BlobRanges(self._files, source, version))
        seconds = time.monotonic() - started
        if seconds > LONG_SECONDS:
            await run.checkpoints.save(checkpoint, json.dumps(asdict(profile)).encode())
        log.info("drop.profiled", extra={"format": profile.format, "rows": profile.rows, "seconds": round(seconds, 1)})
        return profile

    async def _read(self, drop: Drop, content: _BlobRanges) -> FileProfile:
        try:
            async with asyncio.timeout(self._gate_seconds):
                await self._gate.acquire()
        except TimeoutError:
            raise TimeIsUp from None
        try:
            return await self._profiler(content, PurePosixPath(content.source.blob).name, drop)
        except UnreadableFile as error:
            raise Unmakeable(Cause(error.code, error.detail)) from None
        finally:
            self._gate.release()


def _check_size(source: Source, version: BlobVersion) -> None:
    """Before it is read; the readers look at the size by what the file turns out to be."""
    limit = _LIMITS.get(PurePosixPath(source.blob).suffix.lower(), LIMITS.delimited)
    if version.size > limit:
        detail = f"The file has {size(version.size)}; of this kind at most {size(limit)} is read."
        raise Unmakeable(Cause("too_large", detail))


def _gone(source: Source) -> Unmakeable:
    detail = f"Container {source.container} has no blob {source.blob!r}; it may have been moved or deleted."
    return Unmakeable(Cause("blob_not_found", detail))
