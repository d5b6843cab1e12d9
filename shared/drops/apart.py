"""Profile a file in a child process: bounded in time and memory, killed when the worker dies or gives up.

The child asks for the file's bytes over the socket that is its standard input, and is given them from the blob as it
gets on: nothing of the file is on disk. The child's environment holds nothing of ours: a file that takes it over finds
no key. What comes back is JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import sysconfig
from signal import SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV
from typing import Final, Protocol

from shared.drops.file_profile import FileProfile
from shared.drops.profile_json import read_profile
from shared.drops.readers.limits import MIB
from shared.drops.readers.patience import WHOLE
from shared.drops.readers.ranged_file import PART, RANGE
from shared.drops.unreadable import UnreadableFile, too_costly

log = logging.getLogger(__name__)

TIME: Final = WHOLE
"""Seconds a file may take, and the most it ever does: well before, its counts become estimates, then it is not read
to the end (``shared.drops.readers.patience``)."""
_CRASHES: Final = frozenset({SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
_LONGEST_ANSWER: Final = 64 * MIB


class Ranges(Protocol):
    """One version of a file that lies elsewhere."""

    @property
    def size(self) -> int:
        """In bytes."""

    async def part(self, start: int, length: int) -> bytes:
        """Raises what ends the reading: the version is gone, the storage account is away."""


async def profile_apart(
    content: Ranges,
    file_name: str,
    data_set_name: str,
    description: str | None,
    *,
    sheet: str | None = None,
    seconds: float = TIME,
) -> FileProfile:
    """As ``profile_file``, without blocking the loop. Cancelling kills the child.

    Raises UnreadableFile, and what ``content`` raises."""
    request = {
        "size": content.size,
        "file_name": file_name,
        "data_set_name": data_set_name,
        "description": description,
        "sheet": sheet,
        "seconds": seconds,
    }
    ours, theirs = socket.socketpair()
    try:
        child = await start_child("shared.drops.child", theirs)
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    try:
        async with asyncio.timeout(seconds):
            answer = await _talk(child, ours, request, content)
            crashed = -await child.wait() in _CRASHES
    except TimeoutError:
        raise too_costly() from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _read(answer, crashed=crashed)


async def start_child(module: str, connection: socket.socket) -> asyncio.subprocess.Process:
    """A process that runs this module, with the connection as its standard input."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=connection.fileno(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )


def environment() -> dict[str, str]:
    """A fixed seed makes hashes, and so samples, the same in every run."""
    return {
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "PYTHONHASHSEED": "0",
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
        "LANG": "C.UTF-8",
    }


async def _talk(
    child: asyncio.subprocess.Process, ours: socket.socket, request: dict[str, object], content: Ranges
) -> bytes:
    """What the child says in the end; it is served until then."""
    assert child.stdout
    reader, writer = await asyncio.open_connection(sock=ours)
    answering = asyncio.ensure_future(_all(child.stdout))
    serving = asyncio.ensure_future(serve(reader, writer, request, content))
    try:
        await asyncio.wait([serving, answering], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        return await answering
    finally:
        for task in (serving, answering):
            task.cancel()
        await asyncio.gather(serving, answering, return_exceptions=True)
        writer.close()


async def _all(stream: asyncio.StreamReader) -> bytes:
    """Cut off where it is longer than any answer: then it is none."""
    found = bytearray()
    while len(found) < _LONGEST_ANSWER and (more := await stream.read(MIB)):
        found += more
    return bytes(found)


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: dict[str, object], content: Ranges
) -> None:
    """Until the child hangs up, or asks for what no reader does."""
    try:
        writer.write(json.dumps(request).encode() + b"\n")
        while True:
            start, length = RANGE.unpack(await reader.readexactly(RANGE.size))
            if length > PART or start + length > content.size:
                return
            writer.write(await content.part(start, length))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return


def _read(answer: bytes, *, crashed: bool) -> FileProfile:
    """Without a whole answer the child was stopped: by its limits, by the system, or by a library's crash."""
    try:
        found = json.loads(answer)
    except ValueError:
        raise (_unreadable() if crashed else too_costly()) from None
    if "where" in found:
        log.error("drop.reader_failed", extra={"where": found["where"]})
    if "error" in found:
        raise UnreadableFile(found["error"], found["detail"])
    return read_profile(found["profile"])


def _unreadable() -> UnreadableFile:
    return UnreadableFile("damaged", "The file cannot be read: it is damaged, or made to fail those who read it.")
