"""A column of which some rows were counted, as one of all rows: every number an estimate, and called so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared.profiling.counting import Column


def scaled(column: Column, rows: int) -> Column:
    """``column`` has counted at least one row, and at most ``rows``."""
    share = rows / column.rows
    empty, placeholders = int(column.empty * share), int(column.placeholders * share)
    filled = rows - empty - placeholders if column.filled else 0
    return replace(
        column,
        rows=rows,
        real=_spread(column.real, filled),
        empty=rows - filled - placeholders,
        placeholders=placeholders,
        counted_distinct=min(filled, _distinct(column, share)),
        approximate=True,
    )


def _spread(real: Mapping[str, int], filled: int) -> dict[str, int]:
    """The same values over more rows. What is lost by rounding is passed on, so that the sum is right."""
    counted, before, after, found = sum(real.values()), 0, 0, {}
    for value, count in real.items():
        before += count
        found[value] = before * filled // counted - after
        after += found[value]
    return found


def _distinct(column: Column, share: float) -> int:
    """Where all values differ, the rows that were not counted have new ones; where they repeat, few more come."""
    return round(column.distinct * share ** (column.distinct / column.filled)) if column.filled else 0
