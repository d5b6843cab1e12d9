"""Profile a data set that is larger than memory: its rows come once, in batches.

The same numbers as ``profile_records``; what could not be counted exactly says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_columns
from shared.profiling.row_cells import RowCells
from shared.profiling.tally import Tally


class StreamProfile:
    """Takes rows, then says what they are like. Fields come in the order they are first seen."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._tallies = {name: Tally(name) for name in names}
        self._cells = RowCells(8_000_000)

    @property
    def rows(self) -> int:
        return self._cells.rows

    def add(self, rows: int, columns: Mapping[str, Sequence[JsonValue]]) -> None:
        """``columns`` may be shorter than ``rows``, and absent: what is missing is empty."""
        for name, values in columns.items():
            tally = self._tallies.get(name)
            if tally is None:
                tally = self._tallies[name] = Tally(name)
            tally.add(values)
        self._cells.add(rows, columns)

    def profile(self, name: str, description: str | None) -> DataSetProfile:
        counted = [tally.column(self.rows) for tally in self._tallies.values()]
        return profile_columns(name, description, counted, self._cells)
