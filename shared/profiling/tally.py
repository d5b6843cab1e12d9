"""A field's values counted as they come, batch after batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

from shared.profiling.counting import Column
from shared.profiling.placeholders import placeholders
from shared.profiling.values import BLANK, text


class Tally:
    """Counts one field of a stream. Exact."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._seen: dict[str, int] = {}
        self._nested = False

    def add(self, values: Sequence[JsonValue]) -> None:
        kinds = set(map(type, values))
        counted: Counter[str]
        if kinds == {str}:
            counted = Counter(cast("Sequence[str]", values))
        else:
            self._nested = self._nested or dict in kinds or list in kinds
            counted = Counter(map(text, values))
        seen = self._seen
        for value, count in counted.items():
            trimmed = value.strip(BLANK)
            seen[trimmed] = seen.get(trimmed, 0) + count

    def column(self, rows: int) -> Column:
        seen = dict(self._seen)
        filled = sum(seen.values()) - seen.pop("", 0)
        absent = sum(seen.pop(value) for value in placeholders(self.name, seen))
        return Column(self.name, None, rows, seen, rows - filled, absent, nested=self._nested)
