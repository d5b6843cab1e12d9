"""What is tested of a field's values, with the share that must fit: the surest first."""

from __future__ import annotations

from shared.profiling import (
    types_code,
    types_coordinates,
    types_duration,
    types_number,
    types_organization,
    types_person,
    types_phone,
    types_place,
    types_text,
    types_time,
)
from shared.profiling.looks import Test

CERTAIN = (
    Test("Json", types_text.json_text, 0.8),
    Test("Html", types_text.html, 0.6),
    Test("Xml", types_text.xml, 0.8),
    Test("Guid", types_text.guid, 0.8),
    Test("Email", types_text.emails, 0.8, letters=True),
    Test("Uri", types_text.uri, 0.8, letters=True),
    Test("IPAddress", types_text.ip_address, 0.8),
    Test("Boolean", types_number.boolean, 0.8, letters=True),
)
"""Nothing else looks like these, whatever the field is called."""

NAMED = {
    "Email": Test("Email", types_text.emails, 0.4),
    "PhoneNumber": Test("PhoneNumber", types_phone.named_phone, 0.4, digits=True),
    "DateTime": Test("DateTime", types_time.named_date, 0.4, digits=True),
    "TimeZone": Test("TimeZone", types_duration.named_time_zone, 0.4),
    "Duration": Test("Duration", types_duration.named_duration, 0.4, digits=True),
    "Time": Test("Time", types_time.time, 0.4, digits=True),
    "Uri": Test("Uri", types_text.domain, 0.4),
    "Guid": Test("Guid", types_text.guid_or_hex, 0.4),
    "IPAddress": Test("IPAddress", types_text.ip_address, 0.4),
    "Color": Test("Color", types_text.color_or_name, 0.4),
    "GeographyCoordinates": Test("GeographyCoordinates", types_coordinates.coordinates, 0.4, digits=True),
    "Latitude": Test("GeographyCoordinates", types_coordinates.latitude, 0.6, digits=True),
    "Longitude": Test("GeographyCoordinates", types_coordinates.longitude, 0.6, digits=True),
    "GeographyCountry": Test("GeographyCountry", types_place.named_country, 0.4, letters=True),
    "Currency": Test("Currency", types_number.named_currency, 0.4),
    "MaybeState": Test("GeographyState", types_place.state, 0.3, letters=True),
}
"""What a name makes likely enough for a smaller share of dirty values, and for looser forms."""

NAMED_AMOUNTS = {"Money": Test("Money", types_number.money_or_number, 0.5, digits=True)}

NAMED_LOOSELY = {
    "GeographyState": Test("GeographyState", types_place.place, 0.5, letters=True),
    "FirstName": Test("PersonName", types_person.person, 0.5, letters=True),
    "LastName": Test("PersonName", types_person.person, 0.5, letters=True),
    "OrganizationName": Test("OrganizationName", types_organization.named_organization, 0.5, letters=True),
    "PersonName": Test("PersonName", types_person.person, 0.5, letters=True),
    "GeographyCity": Test("GeographyCity", types_place.place, 0.5, letters=True),
    "GeographyLocation": Test("GeographyLocation", types_place.named_location, 0.5, letters=True),
}
"""Only the name tells these from other words, so no other word of the name may speak against it."""

CODES = (
    Test("Identifier", types_code.iban, 0.8, digits=True, letters=True),
    Test("Identifier", types_code.vat, 0.8, distinct=3, digits=True, letters=True),
    Test("Identifier", types_code.lei, 0.8, digits=True),
    Test("Identifier", types_code.isin, 0.8, distinct=3, digits=True, letters=True),
    Test("Identifier", types_code.vin, 0.9, distinct=3, digits=True, letters=True),
    Test("Identifier", types_code.isbn, 0.9, distinct=4, digits=True),
    Test("Identifier", types_code.gtin, 0.9, distinct=4, digits=True),
    Test("Identifier", types_code.social_credit_code, 0.9, distinct=3, digits=True),
    Test("Identifier", types_code.card_or_device, 0.9, distinct=4, digits=True),
)
"""Codes whose check digits no amount and no date passes nine times of ten."""

PHONE = Test("PhoneNumber", types_phone.phone, 0.8, digits=True)

LIKELY = (
    Test("DateTime", types_time.date_time, 0.8, digits=True),
    Test("Uri", types_text.page, 0.8, letters=True),
    Test("GeographyCoordinates", types_coordinates.coordinates, 0.8, digits=True),
    Test("Color", types_text.color, 0.8),
    Test("Time", types_time.time, 0.8, digits=True),
    Test("Duration", types_duration.duration, 0.8, digits=True),
    Test("TimeZone", types_duration.time_zone, 0.8),
    Test("Money", types_number.money, 0.8, digits=True),
)
"""Told by their form, in a field of any name but an identifier's."""

IDENTIFYING_DATE = Test("DateTime", types_time.date_time, 0.95, digits=True)
NUMBER = Test("Number", types_number.number, 0.8, digits=True)

RIVALS = (
    Test("GeographyCountry", types_place.country_name, 0.8, letters=True),
    Test("GeographyState", types_place.state_name, 0.8, distinct=4, letters=True),
    Test("GeographyState", types_place.state, 0.9, distinct=8, letters=True),
    Test("GeographyCountry", types_place.country, 0.9, distinct=5, letters=True),
    Test("GeographyCity", types_place.city, 0.5, distinct=4, letters=True),
    Test("PersonName", types_person.east_asian_person, 0.8, distinct=4, letters=True),
    Test("PersonName", types_person.single_name, 0.6, distinct=5, letters=True),
)
"""Words of lists that have words in common (Georgia, Victoria, Paris): the one most values are of wins."""

WORDED = (
    Test("Currency", types_number.currency, 0.9, distinct=2, letters=True),
    Test("Currency", types_number.currency_name, 0.8, distinct=3, letters=True),
    Test("Color", types_text.color_name, 0.7, distinct=4, letters=True),
    Test("GeographyLocation", types_place.address, 0.6, digits=True, letters=True),
    Test("OrganizationName", types_organization.organization, 0.3, letters=True),
    Test("PersonName", types_person.person_with_known_name, 0.4, letters=True),
    Test("OrganizationName", types_organization.of_some_kind, 0.8, distinct=4, letters=True),
)
"""Words known from lists: enough different ones, for CA alone is a state and a country."""

POSTAL_CODE = Test("Text", types_place.postal_code, 0.6, digits=True)

THING = Test("OrganizationName", types_organization.kind_of_organization, 0.5, letters=True)
"""In a field called a name of something."""
