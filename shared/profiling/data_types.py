"""Which of CluedIn's data types a field holds: its values decide, its name helps."""

from __future__ import annotations

from collections.abc import Iterator

from shared.profiling import types_name, types_number, types_place, types_text, types_time
from shared.profiling.counting import Column
from shared.profiling.field_names import hints, words
from shared.profiling.looks import Detector, Looks, Test
from shared.profiling.patterns import common_patterns

CERTAIN = (
    Test("Json", types_text.json_text, 0.8),
    Test("Html", types_text.html, 0.6),
    Test("Xml", types_text.xml, 0.8),
    Test("Guid", types_text.guid, 0.8),
    Test("Email", types_text.email, 0.8),
    Test("Uri", types_text.uri, 0.8),
    Test("IPAddress", types_text.ip_address, 0.8),
    Test("Boolean", types_number.boolean, 0.95),
)
"""Nothing else looks like these, whatever the field is called."""

NAMED = {
    "Email": Test("Email", types_text.email, 0.4),
    "PhoneNumber": Test("PhoneNumber", types_number.named_phone, 0.4),
    "DateTime": Test("DateTime", types_time.named_date, 0.4),
    "TimeZone": Test("TimeZone", types_time.named_time_zone, 0.4),
    "Duration": Test("Duration", types_time.named_duration, 0.4),
    "Time": Test("Time", types_time.time, 0.4),
    "Uri": Test("Uri", types_text.domain, 0.4),
    "Guid": Test("Guid", types_text.guid_or_hex, 0.4),
    "IPAddress": Test("IPAddress", types_text.ip_address, 0.4),
    "Color": Test("Color", types_text.color_or_name, 0.4),
    "GeographyCoordinates": Test("GeographyCoordinates", types_number.coordinates, 0.4),
    "Latitude": Test("GeographyCoordinates", types_number.latitude, 0.6),
    "Longitude": Test("GeographyCoordinates", types_number.longitude, 0.6),
    "GeographyCountry": Test("GeographyCountry", types_place.named_country, 0.4),
    "Currency": Test("Currency", types_number.named_currency, 0.4),
    "MaybeState": Test("GeographyState", types_place.state, 0.3),
}
"""What a name makes likely enough for a smaller share of dirty values, and for looser forms."""

NAMED_AMOUNTS = {"Money": Test("Money", types_number.money_or_number, 0.5)}

NAMED_LOOSELY = {
    "GeographyState": Test("GeographyState", types_place.place, 0.5),
    "FirstName": Test("PersonName", types_name.person, 0.5),
    "LastName": Test("PersonName", types_name.person, 0.5),
    "OrganizationName": Test("OrganizationName", types_name.named_organization, 0.5),
    "PersonName": Test("PersonName", types_name.person, 0.5),
    "GeographyCity": Test("GeographyCity", types_place.place, 0.5),
    "GeographyLocation": Test("GeographyLocation", types_place.named_location, 0.5),
}
"""Only the name tells these from other words, so no other word of the name may speak against it."""

LIKELY = (
    Test("DateTime", types_time.date_time, 0.8),
    Test("GeographyCoordinates", types_number.coordinates, 0.8),
    Test("Color", types_text.color, 0.8),
    Test("Time", types_time.time, 0.8),
    Test("Duration", types_time.duration, 0.8),
    Test("TimeZone", types_time.time_zone, 0.8),
    Test("Money", types_number.money, 0.8),
)
"""Told by their form, in a field of any name but an identifier's."""

WORDED = (
    Test("GeographyCountry", types_place.country_name, 0.8),
    Test("GeographyState", types_place.state, 0.9, distinct=8),
    Test("GeographyCountry", types_place.country, 0.9, distinct=5),
    Test("Currency", types_number.currency, 0.9, distinct=2),
    Test("GeographyLocation", types_place.address, 0.6),
    Test("OrganizationName", types_name.organization, 0.3),
    Test("PersonName", types_name.person_with_known_name, 0.4),
)
"""Words known from lists: enough different ones, for CA alone is a state and a country."""


def data_type(column: Column) -> tuple[str, float]:
    """The type and the share of real values that fit it. Without real values: by the name alone, share 0."""
    field = _Field(column)
    if not column.real:
        return field.by_name(), 0.0
    found = next(filter(None, (field.check(test) for test in field.tests())), None)
    return found or field.rest()


class _Field:
    """One column with what its name says, while its type is found."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.hints = hints(column.name)
        self.words = words(column.name)
        self.identifier = "Identifier" in self.hints
        self.looks = Looks(column)

    def tests(self) -> Iterator[Test]:
        """Everything worth checking, the surest first."""
        yield from CERTAIN
        if "PostalCode" in self.hints:
            return
        yield from self._named(NAMED)
        if not self.identifier:
            yield from self._named(NAMED_AMOUNTS)
            if "Kind" not in self.hints:
                yield from self._named(NAMED_LOOSELY)
            yield Test("PhoneNumber", types_number.phone, 0.8)
            yield from LIKELY
        elif not {"Measure", "Lookup"} & self.hints:
            yield Test("DateTime", types_time.date_time, 0.95)
        yield Test("Number", types_number.number, 0.8)
        if "FreeText" not in self.hints:
            yield from WORDED
            if "Name" in self.hints:
                yield Test("OrganizationName", types_name.kind_of_organization, 0.5)

    def _named(self, tests: dict[str, Test]) -> Iterator[Test]:
        return (test for hint, test in tests.items() if hint in self.hints)

    def check(self, test: Test) -> tuple[str, float] | None:
        if len(self.column.real) < test.distinct or not self.looks.worth_counting(test):
            return None
        share = self.share(test.fits)
        if share < test.share:
            return None
        return self._number(share) if test.data_type == "Number" else (test.data_type, share)

    def share(self, fits: Detector) -> float:
        real = self.column.real
        return sum(count for value, count in real.items() if fits(value)) / self.column.filled

    def _number(self, share: float) -> tuple[str, float]:
        whole = self.share(types_number.integer)
        if self.identifier and whole >= 0.8 and "Measure" not in self.hints:
            return ("Lookup", 1.0) if self._few_distinct() else ("Identifier", whole)
        return ("Integer", whole) if whole >= share else ("Number", share)

    def rest(self) -> tuple[str, float]:
        """Identifier, Lookup or Text: told by how values repeat, not by what they are."""
        if "PostalCode" in self.hints:
            return "Text", 1.0
        if self._few_distinct():
            return "Lookup", 1.0
        if self.identifier:
            share = self.share(code_like)
            if share >= 0.6:
                return "Identifier", share
        elif self._one_code_pattern():
            return "Identifier", self.share(code_like)
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
            and filled >= 20
            and 2 <= distinct <= filled / 5
        )

    def _one_code_pattern(self) -> bool:
        """Nearly every value has the same shape with digits in it, and nearly every value is another one."""
        column = self.column
        if column.sampled or column.filled < 10 or column.distinct < 0.9 * column.filled:
            return False
        if self.hints - {"Identifier", "KeyPart"}:  # a first name with digits is a dirty first name
            return False
        some = self.looks.tail or self.looks.heavy
        shape, count = common_patterns(some, most=1)[0]
        alike = count >= 0.9 * sum(rows for _, rows in some)
        return "9" in shape and alike and self.share(code_like) >= 0.95

    def by_name(self) -> str:
        named = [*self._named(NAMED), *self._named(NAMED_AMOUNTS), *self._named(NAMED_LOOSELY)]
        if self.identifier or "PostalCode" in self.hints:
            named = [test for test in named if test.data_type == "GeographyCountry"]
        if named:
            return named[0].data_type
        return "Identifier" if self.identifier else "Lookup" if "Lookup" in self.hints else "Text"


def code_like(value: str) -> bool:
    """What an identifier may look like: short, and either one word or a few with digits."""
    return len(value) <= 64 and (" " not in value or (value.count(" ") <= 7 and any(map(str.isdecimal, value))))
