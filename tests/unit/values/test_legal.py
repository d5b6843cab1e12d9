"""What may be written into a record of each of the 28 data types."""

from __future__ import annotations

import pytest

from shared.profiling.models import DATA_TYPES
from shared.values.legal import legal

WRITTEN = {
    "Text": [(" any text\nat all ", "any text\nat all")],
    "DateTime": [
        ("2024-02-28", "2024-02-28"),
        ("2024-02-28 10:00", "2024-02-28T10:00:00"),
        ("2024-02-28T10:00:00Z",) * 2,
    ],
    "Time": [("10:30", "10:30:00")],
    "Duration": [("P1DT2H", "P1DT2H")],
    "Boolean": [("True", "true"), ("false", "false")],
    "Integer": [("12", "12"), ("1.0", "1"), ("-7", "-7")],
    "Number": [("1e3", "1000"), ("-.5", "-0.5"), ("12.50", "12.50"), ("3.00", "3")],
    "Uri": [("https://example.com/a", "https://example.com/a")],
    "Guid": [("6F9619FF8B86D011B42D00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff")],
    "Email": [("Anna@EXAMPLE.com", "Anna@example.com")],
    "PhoneNumber": [("+45 33 12 12 12", "+45 33 12 12 12")],
    "TimeZone": [("Europe/Copenhagen", "Europe/Copenhagen"), ("+01:00", "+01:00")],
    "GeographyCity": [("Aarhus", "Aarhus"), ("東京", "東京")],
    "GeographyState": [("Bavaria", "Bavaria")],
    "GeographyCountry": [("Germany", "Germany"), ("de", "DE"), ("ドイツ", "ドイツ")],
    "GeographyCoordinates": [("55.67, 12.56", "55.67,12.56")],
    "GeographyLocation": [("1 Main Street, Leeds", "1 Main Street, Leeds")],
    "Json": [('{"a": 1}', '{"a": 1}')],
    "Xml": [("<a><b/></a>", "<a><b/></a>")],
    "Html": [("<p>x</p>", "<p>x</p>")],
    "IPAddress": [("10.0.0.1", "10.0.0.1"), ("::1", "::1")],
    "Color": [("#ff0000", "#ff0000"), ("red", "red")],
    "Money": [("EUR 12.50", "12.50 EUR"), ("12", "12")],
    "Currency": [("eur", "EUR")],
    "PersonName": [("Anna Ø.", "Anna Ø.")],
    "OrganizationName": [("Acme A/S", "Acme A/S")],
    "Identifier": [("A-17", "A-17")],
    "Lookup": [("gold", "gold")],
}
REFUSED = {
    "Text": ["", "  ", "a\x00b", "x" * 4_001],
    "DateTime": ["28/02/2024", "2024-02-30", "soon", "2024"],
    "Time": ["25:00", "noon"],
    "Duration": ["long"],
    "Boolean": ["yes", "1"],
    "Integer": ["1.5", "1,000", "one"],
    "Number": ["1,000.5", "nan", "inf", "1e999", "٣"],
    "Uri": ["example", "java script"],
    "Guid": ["123"],
    "Email": ["anna", "a@b", "Anna <a@b.com>"],
    "PhoneNumber": ["call me", "12"],
    "TimeZone": ["nowhere"],
    "GeographyCity": ["12", "two\nlines"],
    "GeographyState": ["--"],
    "GeographyCountry": ["Narnia", "XQ"],
    "GeographyCoordinates": ["95,1", "55"],
    "GeographyLocation": ["1"],
    "Json": ["{", "[" * 100_000],
    "Xml": ["<a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text"],
    "Html": ["plain"],
    "IPAddress": ["1.2.3", "1.2.3.4/8"],
    "Color": ["blurple"],
    "Money": ["12 XXQ", "EUR 12 EUR", "lots"],
    "Currency": ["euro coins"],
    "PersonName": ["123"],
    "OrganizationName": ["--"],
    "Identifier": ["two\nlines"],
    "Lookup": ["x" * 501],
}


def test_every_data_type_has_cases() -> None:
    assert set(WRITTEN) == set(REFUSED) == set(DATA_TYPES)


@pytest.mark.parametrize(("kind", "given", "written"), [(k, *pair) for k, pairs in WRITTEN.items() for pair in pairs])
def test_a_legal_value_is_written_in_its_usual_form(kind: str, given: str, written: str) -> None:
    assert legal(given, kind) == written


@pytest.mark.parametrize(("kind", "written"), [(k, pair[1]) for k, pairs in WRITTEN.items() for pair in pairs])
def test_what_was_written_is_legal_and_stays_as_it_is(kind: str, written: str) -> None:
    assert legal(written, kind) == written


@pytest.mark.parametrize(("kind", "given"), [(k, value) for k, values in REFUSED.items() for value in values])
def test_what_the_type_forbids_is_refused(kind: str, given: str) -> None:
    assert legal(given, kind) is None
