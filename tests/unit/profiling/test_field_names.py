"""What a field's name says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.profiling.field_names import hints, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CustomerID", ("customer", "id")),
        ("E-mailAddr_2", ("e", "mail", "addr", "2")),
        ("HTTPServerUrl", ("http", "server", "url")),
        ("customerid", ("customer", "id")),
        ("prénom", ("prenom",)),
        ("N° client", ("no", "client")),
        ("Account #", ("account", "number")),
        ("\ud800", ()),
    ],
)
def test_names_fall_into_plain_words(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dob", "DateTime"),
        ("Geburtsdatum", "DateTime"),
        ("fecha_alta", "DateTime"),
        ("tel.", "PhoneNumber"),
        ("Mob", "PhoneNumber"),
        ("Telefonnummer", "PhoneNumber"),
        ("PLZ", "PostalCode"),
        ("code postal", "PostalCode"),
        ("Kundennummer", "Identifier"),
        ("客户编号", "Identifier"),
        ("メールアドレス", "Email"),
        ("会社名", "OrganizationName"),
        ("SalesRep", "PersonName"),
        ("apellidos", "LastName"),
        ("row", "RowNumber"),
    ],
)
def test_common_names_in_many_languages_are_known(name, hint):
    assert hint in hints(name)


@pytest.mark.parametrize("name", ["Phone Number", "zip code", "number of rooms", "#", "Key contact", "paid", "grid"])
def test_numbers_and_codes_of_something_else_are_no_identifiers(name):
    assert "Identifier" not in hints(name)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_name_can_be_read(name):
    assert all(words(name))
    assert hints(name) is hints(name)
