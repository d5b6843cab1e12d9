"""The bytes of a file in one pass, unpacked where they are gzip, never more of them than allowed."""

from __future__ import annotations

import zlib
from typing import Final

from shared.drops.readers.limits import MIB, Limits, size
from shared.drops.readers.source import Source
from shared.drops.unreadable import UnreadableFile

GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 256 * 1024
_BITE: Final = 16 * 1024
_MANY: Final = 100_000
_TINY: Final = 100
"""Members of a gzip file, and their packed bytes on average: files of more and smaller ones are made to cost."""


class RawBytes:
    """A file read once from start to end. ``head`` looks ahead."""

    def __init__(self, file: Source, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._ahead = b""
        self.taken = 0
        """Bytes read from the file so far, packed as they are."""
        self.most = limits.delimited
        """What the format allows, set once the format is known."""
        self._packed: _Gunzip | None = None

    @property
    def gzipped(self) -> bool:
        return self._packed is not None

    def unpack(self) -> None:
        """From here on the bytes are unpacked, if they start as gzip does."""
        if self.head(2) == GZIP:
            self._packed = _Gunzip(self._limits)
            packed, self._ahead = self._ahead, b""
            self._ahead = self._packed.feed(packed, self.taken)

    def head(self, length: int) -> bytes:
        """The next bytes without taking them; fewer where the file is shorter."""
        parts, have = [self._ahead], len(self._ahead)
        while have < length and (more := self._more()):
            parts.append(more)
            have += len(more)
        self._ahead = b"".join(parts)
        return self._ahead[:length]

    def read(self) -> bytes:
        """The next bytes, at most some hundred KiB; ``b""`` at the end. Raises UnreadableFile past a limit."""
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            return ahead
        return self._more()

    def _more(self) -> bytes:
        while True:
            if self._packed is None:
                return self._take()
            if self._packed.waiting:
                unpacked = self._packed.more(self.taken)
            else:
                packed = self._take()
                if not packed:
                    self._packed.close()
                    return b""
                unpacked = self._packed.feed(packed, self.taken)
            if unpacked:
                return unpacked

    def _take(self) -> bytes:
        taken = self._file.read(_CHUNK)
        self.taken += len(taken)
        if self.taken > self.most:
            raise UnreadableFile("too_large", f"The file is larger than {size(self.most)}, the most its format may be.")
        return taken


class _Gunzip:
    """Unpacks member after member, at most one chunk at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._rest = b""
        self._at = 0
        self._full = False
        self._unpacked = 0

    @property
    def waiting(self) -> bool:
        """Whether there is more to come without more input: zlib may hold back output of input it has taken."""
        return self._at < len(self._rest) or self._full

    def feed(self, packed: bytes, taken: int) -> bytes:
        self._rest, self._at = self._rest[self._at :] + packed, 0
        return self.more(taken)

    def more(self, taken: int) -> bytes:
        """Of what has been fed. In small bites: what a member leaves is copied, and there may be many."""
        if self._member.eof:
            self._next_member(taken)
        if not self.waiting:
            return b""
        bite = self._rest[self._at : self._at + _BITE]
        try:
            unpacked = self._member.decompress(bite, _CHUNK)
        except zlib.error:
            raise UnreadableFile("damaged", "The file starts as gzip and cannot be unpacked: it is damaged.") from None
        self._full = len(unpacked) == _CHUNK
        left = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        self._at += len(bite) - len(left)
        self._count(len(unpacked), taken)
        return unpacked

    def _next_member(self, taken: int) -> None:
        while self._rest[self._at : self._at + 1] == b"\0":
            self._at += 1
        if self._rest[self._at : self._at + 1] != GZIP[:1]:
            self._at = len(self._rest)  # what follows the last member is padding, as gzip(1) has it
        self._full = False
        if self._at < len(self._rest):
            self._member = zlib.decompressobj(wbits=31)
            self._members += 1
            if self._members > _MANY and self._members * _TINY > taken:
                detail = f"The gzip file is put together of more than {_MANY:,} tiny files: pack it anew as one."
                raise UnreadableFile("too_costly", detail)

    def _count(self, unpacked: int, taken: int) -> None:
        self._unpacked += unpacked
        most = self._limits.unpacked
        if self._unpacked > most:
            raise UnreadableFile("decompression_bomb", f"The file unpacks to more than {size(most)}.")
        if self._unpacked > MIB and self._unpacked > self._limits.ratio * max(taken, 1):
            detail = f"The file unpacks to more than {self._limits.ratio} times its size."
            raise UnreadableFile("decompression_bomb", detail)

    def close(self) -> None:
        if not self._member.eof:
            raise UnreadableFile("truncated", "The gzip file ends before its end: its upload was cut off.")
