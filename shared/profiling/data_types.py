"""Which of CluedIn's data types a field holds: its values decide, its name helps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.profiling.counting import Column
from shared.profiling.field_names import hints, words
from shared.profiling.looks import Looks, Test
from shared.profiling.patterns import common_patterns
from shared.profiling.type_tests import (
    CERTAIN,
    CODES,
    IDENTIFYING_DATE,
    LIKELY,
    NAMED,
    NAMED_AMOUNTS,
    NAMED_LOOSELY,
    NUMBER,
    PHONE,
    POSTAL_CODE,
    RIVALS,
    THING,
    WORDED,
)
from shared.profiling.types_code import code_like, written_as_code
from shared.profiling.types_number import integer, quantity, yes_or_no
from shared.profiling.types_time import named_date_part

_DATE_PARTS = 0.8
_TRUTHS = 0.8
_QUANTITIES = 0.8
_ENOUGH_ROWS = 10
_NO_AMOUNTS = {(word,) for word in ("points", "count", "units", "days", "hours", "quantity", "qty", "score", "pieces")}
_WORD = re.compile(r"(?:^| )A?[ax](?:[ ,;:.!?]|$)")
"""In a shape: a word in small letters. Texts with a number in them all look alike, and are no codes: ``Room 12``."""


def data_type(column: Column) -> tuple[str, float]:
    """The type and the share of real values that fit it. Without real values: by the name alone, share 0."""
    field = _Field(column)
    if not column.real:
        return field.by_name(), 0.0
    return field.first(field.tests()) or field.worded() or field.rest()


class _Field:
    """One column with what its name says, while its type is found."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.hints = hints(column.name)
        self.words = words(column.name)
        self.identifier = "Identifier" in self.hints
        self.looks = Looks(column)
        self.postal = "PostalCode" in self.hints and (not column.real or self.check(POSTAL_CODE) is not None)

    def tests(self) -> Iterator[Test]:
        """Everything worth checking, the surest first."""
        yield from CERTAIN
        if self.postal:
            return
        yield from self._named(NAMED)
        if not self.identifier:
            if self.words[-1:] not in _NO_AMOUNTS:
                yield from self._named(NAMED_AMOUNTS)
            if "Kind" not in self.hints:
                yield from self._named(NAMED_LOOSELY)
        yield from CODES
        if not self.identifier:
            yield PHONE
            yield from LIKELY
        elif not {"Measure", "Lookup"} & self.hints:
            yield IDENTIFYING_DATE
        yield NUMBER

    def first(self, tests: Iterable[Test]) -> tuple[str, float] | None:
        return next(filter(None, map(self.check, tests)), None)

    def worded(self) -> tuple[str, float] | None:
        """Places, names and other words of lists."""
        if self.postal or "FreeText" in self.hints or self.looks.share(named_date_part) >= _DATE_PARTS:
            return None
        rivals = [found for found in map(self.check, RIVALS) if found]
        return (
            max(rivals, key=lambda found: found[1], default=None)
            or self.first(WORDED)
            or ("Name" in self.hints and self.check(THING))
            or None
        )

    def _named(self, tests: dict[str, Test]) -> Iterator[Test]:
        return (test for hint, test in tests.items() if hint in self.hints)

    def check(self, test: Test) -> tuple[str, float] | None:
        if len(self.column.real) < test.distinct or not self.looks.worth_counting(test):
            return None
        share = self.looks.share(test.fits)
        if share < test.share:
            return None
        return self._number(share) if test.data_type == "Number" else (test.data_type, share)

    def _number(self, share: float) -> tuple[str, float]:
        whole = self.looks.share(integer)
        if self.identifier and whole >= 0.8 and "Measure" not in self.hints:
            return ("Lookup", 1.0) if self._few_distinct() else ("Identifier", whole)
        return ("Integer", whole) if whole >= share else ("Number", share)

    def rest(self) -> tuple[str, float]:
        """Identifier, Lookup or Text: told by how values repeat, not by what they are."""
        if self.postal:
            return "Text", 1.0
        truths = self.looks.share(yes_or_no) if self.column.distinct >= 2 else 0.0
        if truths >= _TRUTHS or self._few_distinct():
            return "Lookup", truths if truths >= _TRUTHS else 1.0
        if self.looks.share(quantity) >= _QUANTITIES:
            return "Text", 1.0
        if self.identifier:
            share = self.looks.share(code_like)
            if share >= 0.6:
                return "Identifier", share
        elif self._one_code_pattern():
            return "Identifier", self.looks.share(code_like)
        return "Text", 1.0

    def _few_distinct(self) -> bool:
        real, filled = self.column.real, self.column.filled
        distinct = self.column.distinct
        if distinct > 50 or any(len(value) > 60 for value in real):
            return False
        if "Lookup" in self.hints:
            return self.column.sampled or filled >= 2 * distinct or filled < 20
        short = all(len(value) <= 20 for value in real)
        named_otherwise = "Name" in self.hints or ("FreeText" in self.hints and not short)
        identifies = self.identifier and self.words[-1:] != ("code",)
        return (
            not named_otherwise
            and not identifies
            and not self.column.sampled
            and filled >= _ENOUGH_ROWS
            and 2 <= distinct <= filled / (5 if filled >= 20 else 4)
        )

    def _one_code_pattern(self) -> bool:
        """Nearly every value has the same shape with digits in it, and nearly every value is another one."""
        column = self.column
        if column.sampled or column.filled < _ENOUGH_ROWS or column.distinct < 0.9 * column.filled:
            return False
        if self.hints - {"Identifier", "KeyPart"}:  # a first name with digits is a dirty first name
            return False
        if self.looks.share(written_as_code) >= 0.95:
            return True
        some = self.looks.tail or self.looks.heavy
        shape, count = common_patterns(some, most=1)[0]
        alike = count >= 0.9 * sum(rows for _, rows in some)
        return "9" in shape and alike and not _WORD.search(shape) and self.looks.share(code_like) >= 0.95

    def by_name(self) -> str:
        named = [*self._named(NAMED), *self._named(NAMED_AMOUNTS), *self._named(NAMED_LOOSELY)]
        if self.identifier or "PostalCode" in self.hints:
            named = [test for test in named if test.data_type == "GeographyCountry"]
        if named:
            return named[0].data_type
        return "Identifier" if self.identifier else "Lookup" if "Lookup" in self.hints else "Text"
