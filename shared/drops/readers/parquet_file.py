"""The one file DuckDB sees: its bytes come from the source, and no path of the machine is one it may open.

A copy is kept on disk where that is small, since each column is read on its own and files of many short row groups
would be asked for in a hundred thousand pieces. The copy has no name: whatever dies, nothing stays behind.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from typing import Final

from fsspec import AbstractFileSystem  # type: ignore[import-untyped]

from shared.drops.readers.limits import MIB
from shared.drops.readers.parquet import NAME
from shared.drops.readers.source import Source
from shared.drops.unreadable import UnreadableFile

COPIED: Final = 256 * MIB
"""Bytes of the largest copy. Larger files are read where they lie."""
_LONGEST: Final = 128 * MIB
"""Bytes read in one piece. A page is that: usually one MiB, in files that DuckDB writes up to a hundred."""
_SPARE: Final = 64 * MIB
"""Left free on the disk."""
_CHUNK: Final = MIB


def at_hand(file: Source, length: int) -> Source:
    """The file, or a copy of it where there is room for one."""
    folder = tempfile.gettempdir()
    if length > COPIED or length + _SPARE > _free(folder):
        return file
    copy = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as its reader, and has no name
    try:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            copy.write(chunk)
    except OSError:
        copy.close()
        return file
    return copy


def _free(folder: str) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class OneFile(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """``failed`` is what its source raised: DuckDB makes an error of its own of it."""

    protocol = "drop"
    cachable = False

    def __init__(self, file: Source, length: int) -> None:
        super().__init__()
        self._file = file
        self._length = length
        self.failed: Exception | None = None

    def glob(self, path: str, **_: object) -> list[str]:
        return [path]

    def exists(self, path: str, **_: object) -> bool:
        return path == NAME

    def info(self, path: str, **_: object) -> dict[str, object]:
        return {"name": path, "size": self._length, "type": "file"}

    def modified(self, path: str) -> datetime:
        return datetime(2020, 1, 1, tzinfo=UTC)

    def _open(self, path: str, *_: object, **__: object) -> _Handle:
        return _Handle(self, self._file, self._length)


class _Handle:
    """One of perhaps several, each at a place of its own."""

    mode = "rb"
    closed = False
    path = NAME

    def __init__(self, owner: OneFile, file: Source, length: int) -> None:
        self._owner = owner
        self._file = file
        self._at = 0
        self.size = length

    def read(self, size: int = -1) -> bytes:
        try:
            if size > _LONGEST:
                raise UnreadableFile("too_costly", "A page of the Parquet file is too large: write smaller row groups.")
            self._file.seek(self._at)
            content = self._file.read(size)
        except Exception as error:
            self._owner.failed = error
            raise
        self._at += len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """The source stays open for the next one."""
