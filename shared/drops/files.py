"""The file of a drop: fetched as a stream to the worker's temporary disk, profiled in a process of its own, deleted.

A few at a time. What took long is done once: the profile lies among the mapping's checkpoints for the next run.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Final

from shared.drops.child import profile_apart
from shared.drops.models import Drop, Source
from shared.drops.profile_file import FileProfile
from shared.drops.profile_json import read_profile
from shared.drops.readers.limits import LIMITS, size
from shared.drops.unreadable import UnreadableFile
from shared.mapping.claims import Superseded
from shared.mapping.queued_run import RUN_SECONDS, Run
from shared.mapping.run import Unmakeable
from shared.mapping.store import Cause
from shared.storage import BlobVersion, Files

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Files of one worker: each may take a gigabyte of disk, and a processor."""
PART: Final = 8 * 1024 * 1024
"""Bytes in memory of a file that is fetched."""
LONG_SECONDS: Final = 3.0
"""A profile that took longer is worth a checkpoint."""
_LIMITS: Final = {".xlsx": LIMITS.workbook, ".json": LIMITS.json}

Profiler = Callable[[Path, str, Drop], Awaitable[FileProfile]]


async def _apart(path: Path, name: str, drop: Drop) -> FileProfile:
    sheet = drop.source.sheet if drop.source else None
    return await profile_apart(path, name, drop.data_set_name, None, sheet=sheet, seconds=RUN_SECONDS)


class DropFiles:
    def __init__(self, files: Files, profiler: Profiler = _apart, at_once: int = AT_ONCE) -> None:
        self._files = files
        self._profiler = profiler
        self._gate = asyncio.Semaphore(at_once)

    async def version(self, source: Source) -> BlobVersion | None:
        """What is there now. Raises StorageUnavailable."""
        return await self._files.version(source.container, source.blob)

    async def profile(self, drop: Drop, version: BlobVersion | None, run: Run) -> FileProfile:
        """Raises Unmakeable with the cause, Superseded when the blob has changed, StorageUnavailable."""
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
        async with self._gate:
            try:
                profile = await self._read(drop, source, version)
            except UnreadableFile as error:
                raise Unmakeable(Cause(error.code, error.detail)) from None
        seconds = time.monotonic() - started
        if seconds > LONG_SECONDS:
            await run.checkpoints.save(checkpoint, json.dumps(asdict(profile)).encode())
        log.info("drop.profiled", extra={"format": profile.format, "rows": profile.rows, "seconds": round(seconds, 1)})
        return profile

    async def _read(self, drop: Drop, source: Source, version: BlobVersion) -> FileProfile:
        async with _temporary_folder() as folder:
            # Never a name of the pipeline's: it may hold anything.
            path = folder / "drop"
            try:
                whole = await self._files.download(source.container, source.blob, version, path, PART)
            except OSError as error:
                raise _no_room(error, version) from error
            if not whole:
                raise Superseded if await self.version(source) else _gone(source)
            return await self._profiler(path, PurePosixPath(source.blob).name, drop)


@asynccontextmanager
async def _temporary_folder() -> AsyncIterator[Path]:
    made = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="drop-")
    try:
        yield Path(made.name)
    finally:
        await asyncio.to_thread(made.cleanup)


def _check_size(source: Source, version: BlobVersion) -> None:
    """Before it is fetched; the readers look at the size by what the file turns out to be."""
    limit = _LIMITS.get(PurePosixPath(source.blob).suffix.lower(), LIMITS.delimited)
    if version.size > limit:
        detail = f"The file has {size(version.size)}; of this kind at most {size(limit)} is read."
        raise Unmakeable(Cause("too_large", detail))


def _gone(source: Source) -> Unmakeable:
    detail = f"Container {source.container} has no blob {source.blob!r}; it may have been moved or deleted."
    return Unmakeable(Cause("blob_not_found", detail))


def _no_room(error: OSError, version: BlobVersion) -> Exception:
    if error.errno != errno.ENOSPC:
        return error
    detail = f"The worker's temporary disk has no room for a file of {size(version.size)}."
    return Unmakeable(Cause("no_room", detail))
