"""Vocabularies and records that the rules are about. Dirty on purpose: numbers as text, blanks, mixed case."""

from __future__ import annotations

from typing import Final

Properties = dict[str, str | int | float | bool | None]

KEYS: Final[dict[str, dict[str, str]]] = {
    "customer": {
        "firstName": "PersonName", "lastName": "PersonName", "fullName": "PersonName", "email": "Email",
        "phone": "PhoneNumber", "country": "GeographyCountry", "city": "GeographyCity", "postalCode": "Text",
        "segment": "Lookup", "creditLimit": "Money", "revenue": "Number", "signupDate": "DateTime",
        "lastOrderDate": "DateTime", "newsletter": "Boolean", "vatNumber": "Identifier", "website": "Uri",
        "notes": "Text",
    },
    "product": {
        "name": "Text", "sku": "Identifier", "category": "Lookup", "price": "Money", "currency": "Currency",
        "stock": "Integer", "weight": "Number", "unit": "Text", "color": "Color", "ean": "Identifier",
        "discontinued": "Boolean", "supplier": "OrganizationName", "launchDate": "DateTime", "description": "Text",
    },
    "employee": {
        "name": "PersonName", "title": "Text", "department": "Lookup", "salary": "Money", "age": "Integer",
        "startDate": "DateTime", "endDate": "DateTime", "manager": "PersonName", "workEmail": "Email",
        "active": "Boolean", "office": "GeographyCity", "level": "Integer", "grade": "Text", "badge": "Identifier",
    },
}  # fmt: skip
"""Vocabulary → key (without its prefix) → data type."""

CUSTOMERS: Final[dict[str, Properties]] = {
    "c1": {"firstName": "Anna", "lastName": "Jensen", "email": "anna@example.com", "phone": "+45 12345678",
           "country": "DK", "city": "Copenhagen", "postalCode": "2100", "segment": "Gold", "creditLimit": "12000",
           "revenue": "5400.50", "signupDate": "2019-03-01", "lastOrderDate": "2024-05-10", "newsletter": "true",
           "vatNumber": "DK12345678", "website": "https://acme.dk", "notes": "VIP customer"},
    "c2": {"firstName": "piotr", "lastName": "NOWAK", "email": "PIOTR@EXAMPLE.PL", "phone": None, "country": "PL",
           "city": "Warsaw", "postalCode": "00-001", "segment": "Silver", "creditLimit": 800, "revenue": "120",
           "signupDate": "2021-07-15", "lastOrderDate": "2023-01-20", "newsletter": "false", "vatNumber": "PL123",
           "website": None, "notes": ""},
    "c3": {"firstName": "Wei", "lastName": "Chen", "email": "wei.chen@gmail.com", "phone": "", "country": "CN",
           "city": "  shanghai ", "postalCode": "200000", "segment": "gold", "creditLimit": "5000", "revenue": None,
           "signupDate": "2020-01-01", "lastOrderDate": None, "newsletter": "true", "vatNumber": None,
           "website": "http://chen.cn", "notes": "prefers e-mail"},
    "c4": {"firstName": "Marie", "lastName": "Dubois", "email": None, "phone": "+33 1 22 33", "country": "FR",
           "city": "Paris", "postalCode": "75001", "segment": "Bronze", "creditLimit": "0", "revenue": "999.99",
           "signupDate": "2018-12-31", "lastOrderDate": "2024-12-31", "newsletter": False, "vatNumber": "FR9",
           "website": "www.dubois.fr", "notes": "blocked: unpaid invoice"},
    "c5": {"firstName": "Ola ", "lastName": "Nordmann", "email": "ola@@example", "phone": "004712", "country": "NO",
           "city": "Oslo", "postalCode": "0150", "segment": None, "creditLimit": "15000.5", "revenue": 20000,
           "signupDate": "2022-02-28", "lastOrderDate": "2022-03-01", "newsletter": None, "vatNumber": "NO999",
           "website": None, "notes": None},
    "c6": {"firstName": "José", "lastName": "García", "email": "jose@empresa.es", "phone": "+34 600", "country": "ES",
           "city": "Madrid", "postalCode": "28001", "segment": "Silver", "creditLimit": "10000", "revenue": "0",
           "signupDate": "not known", "lastOrderDate": "2024-06-30", "newsletter": "1", "vatNumber": "ES-77",
           "website": "https://garcia.es", "notes": "line one\nline two"},
    "c7": {"firstName": "Test", "lastName": "Test", "email": "test@test.com", "phone": "123", "country": "DK",
           "city": "Test", "postalCode": None, "segment": "Test", "newsletter": "true"},
    "c8": {"firstName": "Lars", "lastName": "Hansen", "email": "lars@firma.dk", "phone": "+45 87654321",
           "country": "DK", "city": "Aarhus", "postalCode": "8000 ", "segment": "Silver", "creditLimit": "2500",
           "revenue": "450", "signupDate": "2023-11-05", "lastOrderDate": "2024-11-05", "newsletter": "true",
           "vatNumber": "DK87654321", "website": None, "notes": None},
}  # fmt: skip

PRODUCTS: Final[dict[str, Properties]] = {
    "p1": {"name": "steel bolt m8", "sku": "BLT-0008", "category": "Fasteners", "price": "0.25", "currency": "EUR",
           "stock": "5000", "weight": "0.02", "unit": "kg", "color": "silver", "ean": "4006381333931",
           "discontinued": "false", "supplier": "Nordic Steel A/S", "launchDate": "2015-06-01",
           "description": "Galvanised  bolt"},
    "p2": {"name": "Garden Chair", "sku": "CHR-1001", "category": "Furniture", "price": "79.90", "currency": "eur",
           "stock": "0", "weight": "6.5", "unit": "KG", "color": "Green", "ean": None, "discontinued": "false",
           "supplier": "Hansen Møbler", "launchDate": "2021-03-15", "description": "Foldable chair.\nFor outdoors."},
    "p3": {"name": "OFFICE CHAIR", "sku": "chr-2002", "category": "furniture", "price": "249", "currency": "USD",
           "stock": "12", "weight": "14", "unit": "kg", "color": "Black", "ean": "5012345678900",
           "discontinued": "true", "supplier": "Hansen Møbler", "launchDate": "2012-01-10",
           "description": "with armrests"},
    "p4": {"name": "Desk lamp", "sku": "LMP-77", "category": "Lighting", "price": "35.5", "currency": "USD",
           "stock": "150", "weight": None, "unit": "lb", "color": None, "ean": "12345", "discontinued": None,
           "supplier": "", "launchDate": "2023-09-01", "description": None},
    "p5": {"name": " Paint white 10L ", "sku": "PNT-0100", "category": "Paint", "price": 59, "currency": "EUR",
           "stock": 40, "weight": 12.4, "unit": "kg", "color": "white", "ean": "4006381333948",
           "discontinued": False, "supplier": "ColorCo GmbH", "launchDate": "2024-02-29", "description": "SAMPLE"},
    "p6": {"name": "Paint red 1L", "sku": "PNT-0101", "category": "Paint", "price": "1200", "currency": None,
           "stock": "-3", "weight": "1.3", "unit": "l", "color": "Red", "ean": "4006381333955",
           "discontinued": "false", "supplier": "ColorCo GmbH", "launchDate": "31/12/2022", "description": "red-paint"},
}  # fmt: skip

EMPLOYEES: Final[dict[str, Properties]] = {
    "e1": {"name": "Karen Blixen", "title": "Writer", "department": "Marketing", "salary": "62000", "age": "45",
           "startDate": "2010-04-01", "endDate": None, "manager": "Niels Bohr", "workEmail": "kb@acme.com",
           "active": "true", "office": "København", "level": "3", "grade": "B", "badge": "A-100"},
    "e2": {"name": "Niels Bohr", "title": "Director", "department": "Research", "salary": "125000", "age": "61",
           "startDate": "2001-09-15", "endDate": None, "manager": None, "workEmail": "nb@acme.com", "active": "true",
           "office": "København", "level": "7", "grade": "A", "badge": "A-001"},
    "e3": {"name": "Marie Curie", "title": "Senior scientist", "department": "research", "salary": "98000",
           "age": "38", "startDate": "2019-11-05", "endDate": "2023-06-30", "manager": "Niels Bohr",
           "workEmail": "mc@acme.com", "active": "false", "office": "Paris", "level": "5", "grade": "A",
           "badge": "B-310"},
    "e4": {"name": "Hans Müller", "title": "junior buyer", "department": "Purchasing", "salary": "41000", "age": "24",
           "startDate": "2024-01-02", "endDate": None, "manager": "Karen Blixen", "workEmail": "hm@gmail.com",
           "active": "true", "office": "Berlin", "level": "1", "grade": "C", "badge": "b-311"},
    "e5": {"name": "  Ada   Lovelace", "title": "Engineer", "department": None, "salary": None, "age": "29",
           "startDate": "2022-05-16", "endDate": None, "manager": "", "workEmail": None, "active": "true",
           "office": "London", "level": 4, "grade": "b", "badge": "C-9"},
    "e6": {"name": "Temp Worker", "title": "Temp", "department": "Warehouse", "salary": "0", "age": "17",
           "startDate": "2024-07-01", "endDate": "2024-08-31", "manager": "Karen Blixen", "workEmail": "temp@acme.com",
           "active": "0", "office": "Berlin", "level": "1", "grade": None, "badge": None},
}  # fmt: skip

RECORDS: Final = {"customer": CUSTOMERS, "product": PRODUCTS, "employee": EMPLOYEES}

VERSIONS: Final[list[tuple[str, str, Properties]]] = [
    ("g1", "Acme", {"phone": "1", "city": "Oslo", "modifiedDate": "2024-01-01", "source": "ERP", "email": "a@acme.no"}),
    ("g1", "Acme", {"phone": "2", "city": "Bergen", "modifiedDate": "2024-06-01", "source": "CRM"}),
    ("g1", "Acme", {"phone": "2", "city": "Oslo", "modifiedDate": "2023-02-01", "source": "Web"}),
    ("g2", "Beta", {"phone": "7", "city": "Rome", "modifiedDate": "2022-05-05", "source": "CRM"}),
    ("g2", "Beta", {"phone": "8", "city": "", "modifiedDate": "2024-05-05", "source": "Web", "email": "b@beta.it"}),
]
"""Data parts of two golden records: id, name and properties of each, for survivorship rules."""
VERSION_KEYS: Final = {"phone": "PhoneNumber", "city": "GeographyCity", "modifiedDate": "DateTime", "source": "Lookup",
                       "email": "Email"}  # fmt: skip
