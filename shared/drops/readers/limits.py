"""How large a file and its parts may be. Product limits, except where a comment says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """Bytes, but for ``ratio``, ``columns`` and ``depth``. Tests shrink them."""

    delimited: int = 2 * GIB
    json_lines: int = 2 * GIB
    parquet: int = 2 * GIB
    json: int = 500 * MIB
    workbook: int = 100 * MIB
    unpacked: int = 4 * GIB
    ratio: int = 200
    """Unpacked size over packed size. Looked at past ``MIB`` unpacked: a tiny file of equal rows is no bomb."""
    row: int = MIB
    columns: int = 1_000


LIMITS: Final = Limits()


def size(count: float) -> str:
    """``1.5 MiB``: for sentences."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count:.0f} bytes"
