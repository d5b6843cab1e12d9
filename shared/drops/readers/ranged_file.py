"""A file that lies elsewhere: its bytes are asked for over a socket, range by range, as far as they are needed.

The child that reads a drop knows neither the storage account nor a path: it asks the worker, which fetches each range
from the blob (``shared.drops.apart``). Nothing of the file is on disk, and no more of it in memory than a few MiB.
"""

from __future__ import annotations

import io
import os
import socket
import struct
from typing import Final

from shared.drops.readers.limits import KIB, MIB
from shared.drops.unreadable import UnreadableFile

RANGE: Final = struct.Struct("<QQ")
"""What is asked for: where it starts, and how many bytes. The answer is these bytes and nothing else."""
PART: Final = 4 * MIB
"""Bytes of the largest range."""
_FIRST: Final = 64 * KIB
_MOST_ASKED: Final = 4
"""Times the file's size: who leads its reader back and forth for longer is not read to the end."""
_SPARE: Final = 64 * MIB


class SourceLost(Exception):
    """The other side has hung up: the blob has changed, or the worker is gone. There is nobody to tell."""


class RangedFile:
    """Implements ``Source``. Read in order, ranges grow, and the next one is fetched while this one is worked on."""

    def __init__(self, connection: socket.socket, size: int) -> None:
        self._connection = connection
        self._size = size
        self._at = 0
        self._start = 0
        self._window = b""
        self._coming: tuple[int, int] | None = None
        """The range that is asked for and not yet taken."""
        self._step = _FIRST
        self._asked = 0

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the start of the file")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Raises SourceLost, and UnreadableFile ``too_costly`` for a reader that is led back and forth."""
        left = max(0, self._size - self._at)
        wanted = left if size < 0 else min(size, left)
        found = self._piece(wanted) if wanted else b""
        self._at += len(found)
        return found if len(found) == wanted else self._longer(found, wanted)

    def _longer(self, found: bytes, wanted: int) -> bytes:
        """More than one window. Put together in one place: a page of Parquet may be a hundred MiB."""
        whole = io.BytesIO()
        whole.write(found)
        while whole.tell() < wanted:
            piece = self._piece(wanted - whole.tell())
            self._at += len(piece)
            whole.write(piece)
        return whole.getvalue()

    def _piece(self, wanted: int) -> bytes:
        offset = self._at - self._start
        if not 0 <= offset < len(self._window):
            self._load(wanted)
            offset = 0
        return self._window[offset : offset + wanted]

    def _load(self, wanted: int) -> None:
        """The window that starts where we are."""
        in_order = self._at == self._start + len(self._window) > 0
        if self._coming is None or self._coming[0] != self._at:
            if self._coming is not None:
                self._receive()
            self._step = min(2 * self._step, PART) if in_order else _FIRST
            self._ask(self._at, max(self._step, min(wanted, PART)))
        self._start, self._window = self._at, b""
        self._window = self._receive()
        end = self._start + len(self._window)
        if in_order and end < self._size:
            self._step = min(2 * self._step, PART)
            self._ask(end, self._step)

    def _ask(self, start: int, length: int) -> None:
        length = min(length, self._size - start)
        self._asked += length
        if self._asked > _MOST_ASKED * self._size + _SPARE:
            raise UnreadableFile("too_costly", "Reading the file leads back and forth in it without end.")
        try:
            self._connection.sendall(RANGE.pack(start, length))
        except OSError as error:
            raise SourceLost from error
        self._coming = (start, length)

    def _receive(self) -> bytes:
        assert self._coming is not None
        content = bytearray(self._coming[1])
        view = memoryview(content)
        self._coming = None
        while view:
            try:
                taken = self._connection.recv_into(view)
            except OSError as error:
                raise SourceLost from error
            if not taken:
                raise SourceLost
            view = view[taken:]
        return bytes(content)
