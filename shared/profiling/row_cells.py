"""The cells of a stream's rows, kept small for as long as there is room: compound keys are counted on them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from shared.profiling.key_parts import sounds_like_part


class RowCells:
    """One 64-bit hash per cell. Columns with empty cells cannot be part of a key and are let go."""

    def __init__(self, most: int) -> None:
        self.rows = 0
        self._most = most
        """Cells kept at most; past it only those of columns named like parts of keys, and past it again none: then
        compound keys are not looked for."""
        self._kept: dict[str, array[int]] = {}
        self._complete = True

    @property
    def complete(self) -> bool:
        return self._complete

    def add(self, rows: int, columns: Mapping[str, Sequence[str]]) -> None:
        if self._complete:
            self._keep(rows, columns)
        self.rows += rows

    def _keep(self, rows: int, columns: Mapping[str, Sequence[str]]) -> None:
        if not self.rows:
            self._kept = {name: array("q") for name in columns}
        for name in list(self._kept):
            values = columns.get(name, ())
            if len(values) < rows or "" in values:
                del self._kept[name]
            else:
                self._kept[name].extend(map(hash, values))
        if (self.rows + rows) * len(self._kept) > self._most:
            self._shed()
        if (self.rows + rows) * len(self._kept) > self._most:
            self.let_go()

    def _shed(self) -> None:
        """Let go of the columns whose names do not sound like a part of a key."""
        for name in [name for name in self._kept if not sounds_like_part(name)]:
            del self._kept[name]

    def let_go(self) -> None:
        self._complete = False
        self._kept.clear()

    def numbers(self, name: str) -> Sequence[int] | None:
        """See ``shared.profiling.keys.Cells``."""
        kept = self._kept.get(name)
        if kept is None:
            return None
        seen: dict[int, int] = {}
        return array("l", (seen.setdefault(value, len(seen)) for value in kept))
