"""Compound keys: the fewest fields, at most four, that together tell all records apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, log, prod
from typing import Final, Protocol

from pydantic import JsonValue

from shared.profiling.key_parts import Part, Typed, best_parts
from shared.profiling.key_search import KeySearch
from shared.profiling.models import Counts, Identifier
from shared.profiling.values import shown, text

_MOST_FIELDS: Final = 4
_FEWEST_ROWS: Final = 3
_EXPECTED_OF_TWO: Final = 1.0
_EXPECTED_OF_MORE: Final = 3.0
_EXPECTED_WITHOUT_IDENTIFIER: Final = 12.0
_FEW_PARTS: Final = 5
_LOOKED_AT: Final = 20
"""Of the combinations of one size so many are compared by how plausible their parts are."""


class Cells(Protocol):
    """All cells, as numbers: what combinations are counted on."""

    @property
    def rows(self) -> int: ...
    def numbers(self, name: str) -> Sequence[int] | None:
        """One small number per row, equal where the trimmed texts are; None where the cells were not kept."""


@dataclass(frozen=True)
class RecordCells:
    """The cells of records at hand."""

    records: Sequence[Mapping[str, JsonValue]]

    @property
    def rows(self) -> int:
        return len(self.records)

    def numbers(self, name: str) -> list[int]:
        seen: dict[str, int] = {}
        return [seen.setdefault(text(record.get(name)), len(seen)) for record in self.records]


def compound_key(data_set: str, fields: Sequence[Typed], cells: Cells) -> Identifier | None:
    """The smallest combination of complete, plausible fields without a duplicate; None where there is none.

    One part at least is an identifier (an order number beside its line), unless chance is out of the question (a rate
    for each day and currency): names and cities that happen to be unique together are not a key. Minimal, for a field
    unique alone is no part and smaller sets are tried first.
    """
    rows = cells.rows
    if rows < _FEWEST_ROWS:
        return None
    found: list[Part] = []
    numbers: list[Sequence[int]] = []
    for part in best_parts(data_set, fields, rows):
        kept = cells.numbers(part.column.name)
        if kept is not None:
            found.append(part)
            numbers.append(kept)
    chosen = _best(found, numbers, rows) if len(found) > 1 else None
    if chosen is None:
        return None
    names = {found[at].column.name for at in chosen}
    return _identifier([field.column.name for field in fields if field.column.name in names], rows)


def _best(found: Sequence[Part], numbers: Sequence[Sequence[int]], rows: int) -> tuple[int, ...] | None:
    search = KeySearch(numbers)
    by_chance: list[frozenset[int]] = []

    def not_by_chance(some: tuple[int, ...]) -> bool:
        return not any(smaller <= frozenset(some) for smaller in by_chance)

    for size in range(2, min(_MOST_FIELDS, len(found)) + 1):
        meant: list[tuple[int, ...]] = []
        for some in search.keys(size, not_by_chance):
            if _meant([found[at] for at in some], found, rows):
                meant.append(some)
                if len(meant) == _LOOKED_AT:
                    break
            else:
                by_chance.append(frozenset(some))
        if meant:
            return max(meant, key=lambda some: sum(found[at].score for at in some))
    return None


def _meant(chosen: Sequence[Part], found: Sequence[Part], rows: int) -> bool:
    """Whether being unique says anything: were the parts unrelated, some pairs of rows would have to be equal.

    The number expected is rows² / 2 / (product of distinct values), and none is seen by luck once in e to that power.
    Many values in few rows are unique by luck, and so is one combination or another where there are many as plausible.
    """
    expected = rows * rows / 2 / prod(part.column.distinct for part in chosen)
    if not any(part.identifies for part in chosen):
        return expected >= _EXPECTED_WITHOUT_IDENTIFIER + _luck(chosen, found)
    base = _EXPECTED_OF_TWO if len(chosen) == 2 else _EXPECTED_OF_MORE
    return expected >= base + _luck(chosen, found)


def _luck(chosen: Sequence[Part], found: Sequence[Part]) -> float:
    """What so many combinations as plausible as this one add; nothing where there are few."""
    weakest = min(part.score for part in chosen)
    alike = sum(part.score >= weakest for part in found)
    return log(max(1.0, comb(alike, len(chosen)) / comb(max(_FEW_PARTS, len(chosen)), len(chosen))))


def _identifier(names: list[str], rows: int) -> Identifier:
    together = ", ".join(map(shown, names[:-1])) + " and " + shown(names[-1])
    reason = f"{together} together: {rows:,} rows, {rows:,} distinct, none empty; no fewer of them are enough."
    return Identifier(tuple(names), Counts(rows=rows, distinct=rows, empty=0, placeholders=0, duplicates=0), reason)
