"""How a call's records are divided where one call was too much for them."""

from __future__ import annotations

from shared.values.questions import Inputs

Batch = tuple[Inputs, ...]
"""The records of one call."""


def halves(batch: Batch) -> tuple[Batch, Batch]:
    middle = -(-len(batch) // 2)
    return batch[:middle], batch[middle:]


def smaller_part(records: int) -> int:
    """Of the smallest two Fibonacci numbers that make up ``records``, so much of the smaller one as there is."""
    smaller, larger = 1, 1
    while smaller + larger < records:
        smaller, larger = larger, smaller + larger
    return max(1, min(smaller, records - larger) if records > larger else records - 1)
