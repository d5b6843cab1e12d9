"""A batch of one field's values as trimmed texts.

Looked at as bytes, all at once: nearly all cells of all files are ASCII with nothing to trim, and no placeholder.
Imported only where streams are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from shared.profiling.placeholders import harmless_starts, suspects
from shared.profiling.values import texts

_LINE: Final = 10
_SPACE: Final = 32
_DELETE: Final = 127


@dataclass(frozen=True)
class Trimmed:
    """``heads``: the first two bytes of each value as one number, where all of them are plain ASCII."""

    values: Sequence[str]
    heads: NDArray[np.int64] | None = None

    def suspects(self) -> list[str]:
        """See ``shared.profiling.placeholders.suspects``."""
        if self.heads is None:
            return suspects(self.values)
        return [self.values[at] for at in np.flatnonzero(_suspicious()[self.heads]).tolist()]


def trimmed(values: Sequence[JsonValue]) -> Trimmed:
    strings = cast("Sequence[str]", values)
    try:
        joined = "\n".join(strings)
    except TypeError:  # not all of them are texts
        return Trimmed(texts(values))
    if not joined.isascii():
        return Trimmed(texts(values))
    raw = np.frombuffer(joined.encode() + b"\n", np.uint8)
    ends = np.flatnonzero(raw == _LINE)
    if not len(strings) == len(ends) == np.count_nonzero(raw < _SPACE) or raw.max() >= _DELETE:
        return Trimmed(texts(values))
    starts = np.concatenate(([0], ends[:-1] + 1))
    first = raw[starts]
    if (first == _SPACE).any() or (raw[ends - 1] == _SPACE).any():
        return trimmed([value.strip(" ") for value in strings])
    return Trimmed(strings, first.astype(np.int64) << 8 | raw[np.minimum(starts + 1, len(raw) - 1)])


@cache
def _suspicious() -> NDArray[np.bool_]:
    found = np.ones(1 << 16, np.bool_)
    found[[ord(start[0]) << 8 | ord(start[1]) for start in harmless_starts()]] = False
    return found
