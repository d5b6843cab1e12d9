"""The values of one key, counted: what suggestions are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.mapping.data_types import meant_type
from shared.profiling.counting import column
from shared.profiling.data_types import data_type
from shared.profiling.patterns import common_patterns
from shared.profiling.placeholders import placeholders
from shared.records import RecordIn, text_of
from shared.rules.suggestion_models import FormatOut, ProfileOut, ValueIn

_SAMPLES = 5
_FORMATS = 5


@dataclass(frozen=True)
class ValueColumn:
    key: str
    counts: Counter[str]
    """Each distinct value as it is written, untrimmed, → its rows; none that is empty."""
    empty: int
    placeholders: frozenset[str]
    """Those of ``counts`` that stand for no value."""
    data_type: str

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.empty

    @property
    def real(self) -> Counter[str]:
        """Without placeholders."""
        return Counter({value: count for value, count in self.counts.items() if value not in self.placeholders})

    @property
    def short(self) -> str:
        """The key's own name, without its prefix."""
        return self.key.rpartition(".")[2] or self.key

    def profile(self) -> ProfileOut:
        real = self.real
        formats = common_patterns([(value.strip(), count) for value, count in real.items()], _FORMATS)
        return ProfileOut(
            rows=self.rows,
            distinct=len({value.strip() for value in real}),
            empty=self.empty,
            placeholders=sum(self.counts[value] for value in self.placeholders),
            data_type=self.data_type,
            formats=[FormatOut(pattern=shape, count=count) for shape, count in formats],
            samples=[value for value, _ in real.most_common(_SAMPLES)],
        )


def of_values(key: str, values: Sequence[ValueIn], stated: str | None) -> ValueColumn:
    """``stated``: the data type given with the request; found out where there is none, or one that is none of ours."""
    return _made(key, ((text_of_value(each.value), each.count) for each in values), stated)


def of_records(key: str, records: Sequence[RecordIn], stated: str | None) -> ValueColumn:
    """As ``of_values``, each record a row."""
    return _made(key, ((text_of_value(record.properties.get(key)), 1) for record in records), stated)


def text_of_value(value: str | int | float | bool | None) -> str:
    """As it is written: a value's own white space may be what is wrong with it."""
    return value if isinstance(value, str) else text_of(value)


def _made(key: str, counted: Iterable[tuple[str, int]], stated: str | None) -> ValueColumn:
    counts: Counter[str] = Counter()
    empty = 0
    for value, count in counted:
        if value.strip():
            counts[value] += count
        else:
            empty += count
    name = key.rpartition(".")[2] or key
    trimmed = {value: value.strip() for value in counts}
    nothing = placeholders(name, set(trimmed.values()))
    known = meant_type(stated)
    return ValueColumn(
        key=key,
        counts=counts,
        empty=empty,
        placeholders=frozenset(value for value, short in trimmed.items() if short in nothing),
        data_type=known or data_type(column(name, list(counts), rows=len(counts)))[0],
    )
