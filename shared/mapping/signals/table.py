"""All signals of all pairs of a field and a key that are compared, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.signals import descriptions, names, shapes, spelling, told, types, values
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.meaning import Meaning, Vectors, meanings

SIGNALS = ("name", "spelling", "description", "type", "shape", "patterns", "values", "meaning", "told", "telling")
_AT_ONCE = 20_000
"""Pairs whose vectors are multiplied at once."""
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


def table(
    fields: Sequence[FieldFacts], compared: Sequence[Sequence[int]], keys: KeyList, meaning: Meaning | None = None
) -> Table:
    """``compared``: for each field the numbers of its keys. ``meaning``: in place of the table of word meanings."""
    rows = [
        _signals(field, keys.facts[number], keys)
        for field, numbers in zip(fields, compared, strict=True)
        for number in numbers
    ]
    lengths = [len(numbers) for numbers in compared]
    of_field = np.repeat(np.arange(len(fields), dtype=np.int32), lengths)
    of_key = np.fromiter((number for numbers in compared for number in numbers), np.int32, sum(lengths))
    own = np.array(rows, np.float32).reshape(len(rows), len(SIGNALS) - 3)
    return Table(of_field, of_key, np.column_stack((own, *_meanings(fields, of_field, of_key, keys, meaning))))


def _meanings(
    fields: Sequence[FieldFacts], of_field: Numbers, of_key: Numbers, keys: KeyList, given: Meaning | None
) -> Iterator[Scores]:
    """Names compared by meaning; the field's description with the key's name; the field's name with the key's
    description."""
    compared, at = np.unique(of_key, return_inverse=True)
    facts = [keys.facts[number] for number in compared.tolist()]
    ours, theirs = [field.spoken for field in fields], [key.spoken for key in facts]
    own, listed = meanings()(ours), meanings()(theirs)
    yield _cosines(given(ours) if given else own, of_field, given(theirs) if given else listed, at)
    yield _cosines(told.rows([" ".join(field.description) for field in fields]), of_field, listed, at)
    yield _cosines(own, of_field, told.rows([key.key.description or "" for key in facts]), at)


def _cosines(ours: Vectors, of_field: Numbers, theirs: Vectors, of_key: npt.NDArray[np.intp]) -> Scores:
    """Not below 0; not a number where a side has no meaning."""
    found: Scores = np.empty(len(of_field), np.float32)
    for start in range(0, len(found), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        found[some] = np.einsum("ij,ij->i", ours[of_field[some]], theirs[of_key[some]])
    known = np.any(ours, axis=1)[of_field] & np.any(theirs, axis=1)[of_key]
    return np.where(known, np.maximum(found, np.float32(0)), np.float32(np.nan))


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
