"""A job's file, read where it lies, in a process of its own, as a stream of records."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from shared.drops.apart import serve, start_child
from shared.drops.readers.limits import MIB
from shared.drops.unreadable import too_costly
from shared.records import RecordIn, text_of
from shared.storage import BlobVersion, Files
from shared.values.jobs.desk import UnreadableSource
from shared.values.jobs.models import SourceIn

SECONDS: Final = 400.0
"""For the whole file: below the ten minutes the platform gives a function."""
_LONGEST_LINE: Final = 64 * MIB


@dataclass(frozen=True)
class _Ranges:
    """One version of the file."""

    files: Files
    source: SourceIn
    version: BlobVersion

    @property
    def size(self) -> int:
        return self.version.size

    async def part(self, start: int, length: int) -> bytes:
        """Raises UnreadableSource where the blob has changed or gone, StorageUnavailable."""
        content = await self.files.part(self.source.container, self.source.blob, self.version, start, length)
        if content is None:
            raise UnreadableSource("blob_changing", "The file was changed or removed while it was read.")
        return content


class RecordFiles:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def records(self, source: SourceIn) -> AsyncIterator[list[RecordIn]]:
        """Some hundred at a time. A record without an id is known by its number, from 1.

        Raises UnreadableSource, StorageUnavailable."""
        version = await self._files.version(source.container, source.blob)
        if version is None:
            raise UnreadableSource("blob_not_found", f"Container {source.container} has no blob {source.blob!r}.")
        number = 0
        async with asyncio.timeout(SECONDS), _reading(_Ranges(self._files, source, version)) as lines:
            async for line in lines:
                if "error" in line:
                    raise UnreadableSource(line["error"], line["detail"])
                if line.get("end"):
                    return
                yield [_record(found, number + place) for place, found in enumerate(line["records"], 1)]
                number += len(line["records"])
        raise UnreadableSource("too_costly", too_costly().detail)


@asynccontextmanager
async def _reading(content: _Ranges) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """What the child says, served meanwhile; it is gone afterwards."""
    ours, theirs = socket.socketpair()
    try:
        child = await start_child("shared.values.jobs.file_child", theirs)
    finally:
        theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours)
    request = {"size": content.size, "file_name": PurePosixPath(content.source.blob).name, "seconds": SECONDS}
    serving = asyncio.ensure_future(serve(reader, writer, request, content))
    try:
        yield _lines(child, serving)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        writer.close()
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _lines(child: asyncio.subprocess.Process, serving: asyncio.Future[None]) -> AsyncIterator[dict[str, Any]]:
    """Until the child ends; or the file does, which raises what ended it."""
    assert child.stdout
    while True:
        reading = asyncio.ensure_future(_line(child.stdout))
        waited: list[asyncio.Future[Any]] = [reading, serving]
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done() and serving.done() and serving.exception():
            reading.cancel()
            serving.result()
        line = await reading
        if not line:
            if serving.done():
                serving.result()
            return
        yield json.loads(line)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """One line of any length up to a limit; empty at the end, and for one that is longer or cut off."""
    found = bytearray()
    while len(found) < _LONGEST_LINE:
        try:
            return bytes(found + await stream.readuntil(b"\n"))
        except asyncio.LimitOverrunError as over:
            found += await stream.readexactly(over.consumed)
        except asyncio.IncompleteReadError:
            return b""
    return b""


def _record(found: list[Any], number: int) -> RecordIn:
    """Not validated anew: values that are no plain ones are read as their JSON."""
    name, held = found
    properties = {
        key: value if _is_plain(value) else json.dumps(value, ensure_ascii=False) for key, value in held.items()
    }
    return RecordIn.model_construct(
        id=text_of(name) if _is_plain(name) and text_of(name) else str(number), properties=properties
    )


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)
