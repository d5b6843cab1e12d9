"""Profile a data set that is larger than memory: its rows come once, in batches.

The same numbers as ``profile_records``; what could not be counted exactly says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from shared.profiling.counting import Column
from shared.profiling.field_names import hints
from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_columns
from shared.profiling.row_cells import RowCells
from shared.profiling.scaled import scaled
from shared.profiling.tally import Hashed, Tally
from shared.profiling.trimmed import trimmed

_MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Budget:
    """Of memory, for all fields together."""

    values: int = 64 * _MIB
    """Bytes of distinct values held as they are."""
    values_of_one: int = 100_000
    """Distinct values of one field held as they are."""
    hashes: int = 22_000_000
    """Hashes of eight bytes: so many different values of all fields together are counted exactly."""
    cells: int = 4_000_000
    """Cells of eight bytes on which compound keys are counted: with more, none is looked for."""


BUDGET: Final = Budget()
_WEIGHED_EVERY: Final = 4
"""Batches. Each is of a few MiB, and no more can have come since."""
_ENOUGH: Final = 4_096
"""Hashes below which an estimate would be poor."""


class StreamProfile:
    """Takes rows, then says what they are like. Fields come in the order they are first seen."""

    def __init__(self, names: Sequence[str] = (), budget: Budget = BUDGET) -> None:
        self._budget = budget
        self._tallies = {name: Tally(name) for name in names}
        self._cells = RowCells(budget.cells)
        self._batches = 0
        self._passed_over = 0
        self._partly: dict[str, int] = {}
        self._stopped = False

    @property
    def rows(self) -> int:
        return self._cells.rows

    @property
    def compound_keys_counted(self) -> bool:
        return self._cells.complete

    @property
    def columns_counted(self) -> bool:
        """Whether no column was left before its end."""
        return not self._partly

    def add(self, rows: int, columns: Mapping[str, Sequence[JsonValue]]) -> None:
        """``columns`` may be shorter than ``rows``, and absent: what is missing is empty."""
        self._cells.add(rows, self._tally(columns))

    def add_columns(self, columns: Mapping[str, Sequence[JsonValue]]) -> None:
        """Where a file is read column by column: ``rows`` are added at the end, and compound keys not looked for."""
        self._cells.let_go()
        self._tally(columns)

    def column_ends(self, name: str, counted: int | None = None) -> None:
        """No more of this column comes: its hashes make room for the next. ``counted``: rows, where not all were."""
        self._tallies[name].close()
        if counted:
            self._partly[name] = counted

    def pass_over(self, rows: int) -> None:
        """Rows that are there and not counted: all numbers become estimates."""
        self._cells.let_go()
        self._cells.add(rows, {})
        self._passed_over += rows

    def stop(self) -> None:
        """More rows are there that do not come: the numbers are those of the rows that came, and not exact."""
        self._cells.let_go()
        self._stopped = True

    def _tally(self, columns: Mapping[str, Sequence[JsonValue]]) -> dict[str, Sequence[str]]:
        batch = {name: trimmed(values) for name, values in columns.items()}
        for name, found in batch.items():
            tally = self._tallies.get(name)
            if tally is None:
                tally = self._tallies[name] = Tally(name)
            tally.add(found)
            if not tally.nested and found.values is not columns[name]:
                tally.nested = not {dict, list}.isdisjoint(map(type, columns[name]))
        self._batches += 1
        self._fit_values()
        self._fit_hashes()
        return {name: found.values for name, found in batch.items()}

    def _fit_values(self) -> None:
        """Fields with most values go over to hashes where all of them together grow too large."""
        for tally in self._tallies.values():
            if tally.values > self._budget.values_of_one:
                tally.shrink()
        if self._batches % _WEIGHED_EVERY:
            return
        weights = {name: tally.weigh() for name, tally in self._tallies.items()}
        total = sum(weights.values())
        for name in sorted(weights, key=lambda name: -weights[name]):
            if total <= self._budget.values:
                break
            self._tallies[name].shrink()
            total -= weights[name]

    def _fit_hashes(self) -> None:
        hashed = [tally.hashed for tally in self._tallies.values() if tally.hashed]
        if sum(field.distinct.size for field in hashed) <= self._budget.hashes:
            return
        for field in hashed:
            field.distinct.settle()
        while sum(field.distinct.size for field in hashed) > self._budget.hashes * 3 // 4:
            max(hashed, key=_dispensable).distinct.thin()

    def profile(self, name: str, description: str | None) -> DataSetProfile:
        return profile_columns(name, description, list(map(self._column, self._tallies.values())), self._cells)

    def _column(self, tally: Tally) -> Column:
        counted = self._partly.get(tally.name, self.rows - self._passed_over)
        column = tally.column(counted)
        return scaled(column, self.rows) if counted < self.rows or self._stopped else column


def _dispensable(field: Hashed) -> tuple[bool, bool, bool, int]:
    """The larger, the sooner it can do with an estimate: what is no identifier anyway, what is not called one."""
    size = field.distinct.size
    no_key = field.repeats or not field.distinct.exact
    return size > _ENOUGH, no_key, "Identifier" not in hints(field.name), size
