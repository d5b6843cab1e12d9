"""A file as its readers see it: bytes in order, or from anywhere in it."""

from __future__ import annotations

from typing import Protocol


class Source(Protocol):
    """What a file opened for reading does as well. ``read`` gives less than asked for only at the end."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> int: ...

    def tell(self) -> int: ...

    def seekable(self) -> bool: ...
