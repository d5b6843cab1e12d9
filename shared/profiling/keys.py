"""Compound keys: the fewest fields, at most four, that together tell all records apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Protocol

from pydantic import JsonValue

from shared.profiling.counting import Column
from shared.profiling.field_names import hints, words
from shared.profiling.models import Counts, Identifier
from shared.profiling.values import shown, text

_MOST_FIELDS = 4
_MOST_CANDIDATES = 8
_ENOUGH_ROWS = 10
_FEWEST_ROWS = 3
_FIRST_LOOK = 256
_EXPECTED_OF_TWO = 1.0
_EXPECTED_OF_MORE = 3.0
_PART_TYPES = frozenset(
    {"Identifier", "Guid", "Lookup", "DateTime", "Integer", "GeographyCountry", "Currency", "Email", "Text"}
)


class Typed(Protocol):
    @property
    def column(self) -> Column: ...
    @property
    def data_type(self) -> str: ...


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


def compound_key(fields: Sequence[Typed], cells: Cells) -> Identifier | None:
    """The smallest combination of complete, plausible fields without a duplicate; None where there is none.

    One part at least must be an identifier (an order number beside its line): names and cities that happen to be
    unique together are not a key. Minimal, for a field unique alone is no part and smaller sets are tried first.
    """
    rows = cells.rows
    if rows < _FEWEST_ROWS:
        return None
    best = sorted(_parts(fields, rows), key=lambda part: -part[0])[:_MOST_CANDIDATES]
    encoded = {column.name: kept for _, column in best if (kept := cells.numbers(column.name)) is not None}
    parts = [part for part in best if part[1].name in encoded]
    by_chance: list[set[str]] = []
    for chosen in _combinations(parts):
        names = {column.name for column in chosen}
        if any(smaller <= names for smaller in by_chance) or not _tells_apart([encoded[name] for name in names]):
            continue
        if _meant(chosen, rows):
            return _identifier([field.column.name for field in fields if field.column.name in names], rows)
        by_chance.append(names)
    return None


def _meant(chosen: tuple[Column, ...], rows: int) -> bool:
    """Whether being unique says anything: were the parts unrelated, some pairs of rows would have to be equal.

    The number expected is rows² / 2 / (product of distinct values). Many values in few rows are unique by luck.
    """
    expected = rows * rows / 2 / prod(column.distinct for column in chosen)
    return expected >= (_EXPECTED_OF_TWO if len(chosen) == 2 else _EXPECTED_OF_MORE)


def _parts(fields: Sequence[Typed], rows: int) -> Iterator[tuple[float, Column]]:
    for field in fields:
        column = field.column
        if column.complete and not column.unique and len(column.real) >= 2 and field.data_type in _PART_TYPES:
            score = _part_score(field, rows)
            if score:
                yield score, column


def _part_score(field: Typed, rows: int) -> float:
    said = hints(field.column.name)
    if field.column.name.strip() == "#" or "unnamed" in words(field.column.name):
        return 0.0
    if field.data_type in {"Identifier", "Guid"} or ("Identifier" in said and field.data_type != "Text"):
        return 2.0
    if "KeyPart" in said and len(max(field.column.real, key=len)) <= 64:
        return 1.0 if rows >= _ENOUGH_ROWS or field.data_type == "Integer" else 0.0
    return 0.0


def _combinations(parts: list[tuple[float, Column]]) -> Iterator[tuple[Column, ...]]:
    """Smaller ones first; of one size those with the better parts first; each with an identifier in it."""
    for size in range(2, _MOST_FIELDS + 1):
        for chosen in sorted(combinations(parts, size), key=lambda some: -sum(score for score, _ in some)):
            if max(score for score, _ in chosen) >= 2:
                yield tuple(column for _, column in chosen)


def _tells_apart(encoded: list[Sequence[int]]) -> bool:
    if prod(max(cells) + 1 for cells in encoded) < len(encoded[0]):
        return False
    first = min(_FIRST_LOOK, len(encoded[0]))
    if len(set(zip(*(cells[:first] for cells in encoded), strict=True))) < first:
        return False
    return len(set(zip(*encoded, strict=True))) == len(encoded[0])


def _identifier(names: list[str], rows: int) -> Identifier:
    together = ", ".join(map(shown, names[:-1])) + " and " + shown(names[-1])
    reason = f"{together} together: {rows:,} rows, {rows:,} distinct, none empty; no fewer of them are enough."
    return Identifier(tuple(names), Counts(rows=rows, distinct=rows, empty=0, placeholders=0, duplicates=0), reason)
