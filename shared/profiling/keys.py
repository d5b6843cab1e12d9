"""Compound keys: the fewest fields, at most four, that together tell all records apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_PART_TYPES = frozenset(
    {"Identifier", "Guid", "Lookup", "DateTime", "Integer", "GeographyCountry", "Currency", "Email", "Text"}
)


class Typed(Protocol):
    @property
    def column(self) -> Column: ...
    @property
    def data_type(self) -> str: ...


def compound_key(fields: Sequence[Typed], records: Sequence[Mapping[str, JsonValue]]) -> Identifier | None:
    """The smallest combination of complete, plausible fields without a duplicate; None where there is none.

    One part at least must be an identifier (an order number beside its line): names and cities that happen to be
    unique together are not a key. Minimal, for a field unique alone is no part and smaller sets are tried first.
    """
    rows = len(records)
    if rows < _FEWEST_ROWS:
        return None
    parts = sorted(_parts(fields, rows), key=lambda part: -part[0])[:_MOST_CANDIDATES]
    encoded = {column.name: _encode(column.name, records) for _, column in parts}
    for chosen in _combinations(parts):
        if prod(len(column.real) for column in chosen) >= rows and _tells_apart([encoded[c.name] for c in chosen]):
            return _identifier(chosen, rows)
    return None


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


def _encode(name: str, records: Sequence[Mapping[str, JsonValue]]) -> list[int]:
    """A small number for each distinct text, so that combining costs the same whatever the cells hold."""
    seen: dict[str, int] = {}
    return [seen.setdefault(text(record.get(name)), len(seen)) for record in records]


def _tells_apart(encoded: list[list[int]]) -> bool:
    first = min(_FIRST_LOOK, len(encoded[0]))
    if len(set(zip(*(cells[:first] for cells in encoded), strict=True))) < first:
        return False
    return len(set(zip(*encoded, strict=True))) == len(encoded[0])


def _identifier(chosen: tuple[Column, ...], rows: int) -> Identifier:
    together = " and ".join(shown(column.name) for column in chosen)
    reason = f"{together} together: {rows:,} rows, {rows:,} distinct, none empty; no fewer of them are enough."
    counts = Counts(rows=rows, distinct=rows, empty=0, placeholders=0, duplicates=0)
    return Identifier(tuple(column.name for column in chosen), counts, reason)
