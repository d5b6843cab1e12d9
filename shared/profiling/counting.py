"""A field's values, counted once: what everything else here looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from shared.profiling.models import Counts
from shared.profiling.placeholders import placeholders
from shared.profiling.values import BLANK, text


@dataclass(frozen=True)
class Column:
    """One field. ``real`` holds each distinct trimmed value that is neither empty nor a placeholder, and its rows."""

    name: str
    description: str | None
    rows: int
    real: Mapping[str, int]
    empty: int
    placeholders: int
    nested: bool = False
    """True when the field held objects or lists."""
    sampled: bool = False
    """True when only samples are known: nothing may be said of uniqueness."""
    counted_distinct: int | None = None
    """Where there are more distinct values than ``real`` holds: then these are some of them, and their rows are
    scaled so that together they are all filled rows."""
    approximate: bool = False
    """True when ``counted_distinct`` is an estimate: then nothing may be said of uniqueness."""

    @property
    def filled(self) -> int:
        return self.rows - self.empty - self.placeholders

    @property
    def distinct(self) -> int:
        return len(self.real) if self.counted_distinct is None else self.counted_distinct

    @property
    def counts(self) -> Counts:
        return Counts(
            rows=self.rows,
            distinct=self.distinct,
            empty=self.empty,
            placeholders=self.placeholders,
            duplicates=self.filled - self.distinct,
            approximate=self.approximate,
        )

    @property
    def unique(self) -> bool:
        """No value twice, among at least two."""
        return not (self.sampled or self.approximate) and self.filled == self.distinct >= 2

    @property
    def complete(self) -> bool:
        return self.filled == self.rows


def columns(records: Sequence[Mapping[str, JsonValue]]) -> list[Column]:
    """One column per field, in the order the fields are first seen."""
    cells: dict[str, list[JsonValue]] = {}
    for record in records:
        for name, value in record.items():
            if name in cells:
                cells[name].append(value)
            else:
                cells[name] = [value]
    return [column(name, values, rows=len(records)) for name, values in cells.items()]


def column(
    name: str, values: Iterable[JsonValue], *, rows: int, description: str | None = None, sampled: bool = False
) -> Column:
    """Count one field. ``rows`` may be more than the values: absent ones are empty."""
    present = list(values)
    kinds = set(map(type, present))
    texts = _trimmed(present) if kinds <= {str, type(None)} else Counter(map(text, present))
    filled = sum(texts.values()) - texts.pop("", 0)
    no_value = placeholders(name, texts)
    absent = sum(texts.pop(value) for value in no_value)
    return Column(
        name=name,
        description=description,
        rows=rows,
        real=texts,
        empty=rows - filled,
        placeholders=absent,
        nested=dict in kinds or list in kinds,
        sampled=sampled,
    )


def _trimmed(values: list[JsonValue]) -> Counter[str]:
    """Count strings first and trim each distinct one only once; mostly trimming changes nothing."""
    counted = Counter(value for value in values if isinstance(value, str))
    trimmed = [value.strip(BLANK) for value in counted]
    if trimmed == list(counted):
        return counted
    merged: Counter[str] = Counter()
    for value, count in zip(trimmed, counted.values(), strict=True):
        merged[value] += count
    return merged
