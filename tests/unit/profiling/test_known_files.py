"""CluedIn's own sample files, where they lie beside the checkout: what a person would say of each field."""

import csv
from pathlib import Path

import pytest

from shared.profiling.profile import profile_records

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "cluedin"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sample files are not here")

TYPES = {
    "contacts": {
        "id": "Identifier", "first_name": "PersonName", "last_name": "PersonName", "email": "Email",
        "job_title": "Text",
    },
    "crm-customer": {
        "CustomerID": "Identifier", "FirstName": "PersonName", "LastName": "PersonName", "Email": "Email",
        "Phone": "PhoneNumber", "CompanyName": "OrganizationName", "LeadStatus": "Lookup", "SalesRep": "PersonName",
        "LastContactDate": "DateTime", "Account Number": "Identifier", "Sales Region / Territory": "Lookup",
        "Channel": "Lookup",
    },
    "hotels": {
        "Hotel ID": "Identifier", "Hotel Name": "OrganizationName", "Address": "GeographyLocation",
        "Country": "GeographyCountry", "Amenities": "Text", "DescriptionEN": "Text", "DescriptionFR": "Text",
    },
    "loyalty-customers": {
        "customer_id": "Identifier", "first_name": "PersonName", "last_name": "PersonName", "email": "Email",
        "phone": "PhoneNumber", "address": "GeographyLocation", "city": "GeographyCity",
        "state_or_region": "GeographyState", "postal_code": "Text", "country": "GeographyCountry",
        "country_id": "GeographyCountry", "crm_id": "Identifier", "erp_id": "Identifier", "loyalty_status": "Lookup",
        "preferred_language": "Lookup", "account_manager": "PersonName", "last_purchase_date": "DateTime",
        "total_spent": "Money",
    },
}  # fmt: skip
IDENTIFIERS = {
    "contacts": ("id", ["email"]),
    "crm-customer": ("CustomerID", ["Account Number"]),
    "hotels": ("Hotel ID", []),
    "loyalty-customers": ("customer_id", []),
}


def profile_of(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return profile_records(name, None, list(csv.DictReader(file)))


@pytest.mark.parametrize("name", TYPES)
def test_every_field_has_the_type_a_person_would_give_it(name):
    assert {field.name: field.data_type for field in profile_of(name).fields} == TYPES[name]


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_origin_and_codes_are_those_a_person_would_choose(name):
    profile = profile_of(name)
    assert (profile.origin.fields[0], [code.fields[0] for code in profile.codes]) == IDENTIFIERS[name]


def test_placeholders_of_a_real_file_are_counted():
    """Words such as N-A, no phone, - and ###INVALID### are no phone numbers."""
    phone = next(field for field in profile_of("crm-customer").fields if field.name == "Phone")
    assert (phone.counts.rows, phone.counts.distinct, phone.counts.placeholders) == (3_000, 282, 1_153)
