"""All signals of all pairs of a field and a key that are compared, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals import descriptions, names, shapes, spelling, types, values
from shared.mapping.signals.facts import FieldFacts

SIGNALS = ("name", "spelling", "description", "type", "shape", "patterns", "values")
Numbers = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Grouping:
    """Rows that belong together."""

    order: npt.NDArray[np.intp]
    """The rows, group by group."""
    starts: npt.NDArray[np.intp]
    """Where in ``order`` each group begins."""
    numbers: npt.NDArray[np.intp]
    """The group of each row in ``order``, counted from 0."""


def grouping(owners: Numbers) -> Grouping:
    order = np.argsort(owners, kind="stable")
    ordered = owners[order]
    new = np.ones(len(ordered), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return Grouping(order, np.flatnonzero(new), np.cumsum(new) - 1)


@dataclass(frozen=True)
class Table:
    """One row per pair, grouped by field."""

    fields: Numbers
    keys: Numbers
    signals: Scores
    """A column per signal, in the order of SIGNALS; not a number where there is none."""

    @cached_property
    def by_field(self) -> Grouping:
        return grouping(self.fields)

    @cached_property
    def by_key(self) -> Grouping:
        return grouping(self.keys)


def table(fields: Sequence[FieldFacts], compared: Sequence[Sequence[int]], keys: KeyList) -> Table:
    """``compared``: for each field the numbers of its keys."""
    rows = [
        _signals(field, keys.facts[number], keys)
        for field, numbers in zip(fields, compared, strict=True)
        for number in numbers
    ]
    lengths = [len(numbers) for numbers in compared]
    return Table(
        fields=np.repeat(np.arange(len(fields), dtype=np.int32), lengths),
        keys=np.fromiter((number for numbers in compared for number in numbers), np.int32, sum(lengths)),
        signals=np.array(rows, np.float32).reshape(len(rows), len(SIGNALS)),
    )


def _signals(field: FieldFacts, key: KeyFacts, keys: KeyList) -> tuple[float | None, ...]:
    return (
        names.likeness(field, key, keys),
        spelling.likeness(field, key),
        descriptions.likeness(field, key, keys),
        types.likeness(field, key),
        shapes.likeness(field.shape, key.shape) if field.shape and key.shape else None,
        values.patterns(field, key),
        values.overlap(field, key),
    )
