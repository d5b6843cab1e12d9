"""Which fields may be part of a compound key, and how plausible each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.profiling.counting import Column
from shared.profiling.field_names import hints, stems, words

_PART_TYPES: Final = frozenset(
    {"Identifier", "Guid", "Lookup", "DateTime", "Integer", "GeographyCountry", "Currency", "Email", "Text"}
)
_NAMED_PART_TYPES: Final = _PART_TYPES | {"OrganizationName", "GeographyCity", "GeographyState", "Time"}
"""Where the name says what the field is: a store may be known by its name."""
_SORTED_BY: Final = frozenset({"Lookup", "GeographyCountry", "Currency", "TimeZone"})
_TELLS_NOTHING: Final = frozenset(
    ("status", "state", "stage", "flag", "channel", "score", "rating", "comment", "remark", "level", "tier", "grade",
     "gender", "sex", "mode", "opt", "is", "has", "active", "enabled", "deleted", "result", "reason", "quality")
)  # fmt: skip
_WHEN_WRITTEN: Final = frozenset(
    ("created", "updated", "modified", "changed", "loaded", "inserted", "imported", "exported", "synced", "etl", "last")
)
_ENOUGH_ROWS: Final = 10
_MOST_IDENTIFYING: Final = 140
_MOST_OTHERS: Final = 60
_NAMED_FOR_IT: Final = 0.5
"""For an identifier with a word of the data set's name: order_id of orders."""
_LONGEST: Final = 64
_BESIDE_ANOTHER: Final = 0.2
"""For a line number, a document's year: what completes another identifier."""


class Typed(Protocol):
    @property
    def column(self) -> Column: ...
    @property
    def data_type(self) -> str: ...


@dataclass(frozen=True)
class Part:
    column: Column
    score: float
    """2 for an identifier, 1 for what often stands beside one, less for other things records are sorted by."""

    @property
    def identifies(self) -> bool:
        return self.score >= 2


def sounds_like_part(name: str) -> bool:
    """By its name alone: an identifier, what often stands beside one, or a date."""
    return bool(hints(name) & {"Identifier", "KeyPart", "DateTime"}) and not _WHEN_WRITTEN.intersection(words(name))


def best_parts(data_set: str, fields: Sequence[Typed], rows: int) -> list[Part]:
    """The most plausible fields, those first; room for others beside however many identifiers."""
    found = sorted(_parts(data_set, fields, rows), key=lambda part: -part.score)
    identifying = [part for part in found if part.identifies]
    return identifying[:_MOST_IDENTIFYING] + found[len(identifying) :][:_MOST_OTHERS]


def _parts(data_set: str, fields: Sequence[Typed], rows: int) -> Iterator[Part]:
    """The fields that are complete, repeat, and mean something that tells records apart, in their order."""
    own = stems(data_set)
    for field in fields:
        column = field.column
        if column.complete and not column.unique and len(column.real) >= 2:
            score = _score(field, rows)
            if score:
                yield Part(
                    column, score + (_NAMED_FOR_IT if score >= 2 and own.intersection(words(column.name)) else 0)
                )


def _score(field: Typed, rows: int) -> float:
    name, kind = field.column.name, field.data_type
    said, own = hints(name), set(words(name))
    if name.strip() == "#" or "unnamed" in own:
        return 0.0
    if kind in {"Identifier", "Guid"} or ("Identifier" in said and kind in _PART_TYPES - {"Text"}):
        return 2.0 + (_BESIDE_ANOTHER if "KeyPart" in said else 0)
    if len(max(field.column.real, key=len)) > _LONGEST:
        return 0.0
    enough = rows >= _ENOUGH_ROWS
    if "KeyPart" in said and kind in _NAMED_PART_TYPES and not own & _WHEN_WRITTEN:
        return 1.0 if enough or kind == "Integer" else 0.0
    if not enough or own & _TELLS_NOTHING or own & _WHEN_WRITTEN:
        return 0.0
    if kind == "DateTime":
        return 0.8
    return 0.6 if kind in _SORTED_BY else 0.0
