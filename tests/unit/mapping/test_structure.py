"""Names, dates, identifiers, links and the annotation, from what was mapped and counted."""

from __future__ import annotations

from typing import Any

import pytest

from shared.mapping.models import Mapping
from shared.mapping.suggest import suggest
from tests.fakes.asker import FakeAsker
from tests.unit.mapping.requests import records, request, vocabulary, work

ACCOUNT = {
    "name": "Account", "keyPrefix": "account", "businessDomain": "/Sales/Account", "keys": [{"key": "account.zz"}],
}  # fmt: skip


async def mapped(**columns: Any) -> Mapping:
    asked = request(records(**columns), [vocabulary(), ACCOUNT], engine="auto")
    return await suggest(work(asked), FakeAsker())


def date(number: int) -> str:
    return f"2024-01-{number % 28 + 1:02}"


def number(prefix: str) -> Any:
    return lambda n: f"{prefix}-{n:05}"


async def test_a_person_is_called_by_first_and_last_name() -> None:
    mapping = await mapped(FName=lambda n: "Ann" if n % 2 else "Bo", Surname=lambda n: "Lee" if n % 2 else "Ek")
    assert mapping.entity_name is not None
    assert mapping.entity_name.fields == ["FName", "Surname"]
    assert mapping.annotation.name_key == "FName"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("Full name", ("Ann Lee", "Bo Ek")), ("Name", ("Ann Lee", "Bo Ek")), ("Company name", ("Lumen AG", "Kite Ltd")),
        ("Hotel Name", ("Ritz", "Savoy")), ("Surname", ("Lee", "Ek")), ("Title", ("Dune", "Emma")),
    ],
)  # fmt: skip
async def test_one_field_names_the_record(field: str, values: tuple[str, str]) -> None:
    mapping = await mapped(**{"zz": lambda n: str(n * n), field: lambda n: values[n % 2]})
    assert mapping.entity_name is not None
    assert mapping.entity_name.fields == [field]


@pytest.mark.parametrize("field", ["ФИО", "姓名", "שם מלא", "Ονοματεπώνυμο"])
async def test_fields_in_other_scripts_name_the_record_too(field: str) -> None:
    mapping = await mapped(**{"zz": lambda n: str(n * n), field: lambda n: "Анна Ли" if n % 2 else "Бо Эк"})
    assert mapping.entity_name is not None
    assert mapping.entity_name.fields == [field]


async def test_a_name_of_somebody_else_does_not_name_the_record() -> None:
    mapping = await mapped(**{"Account manager": lambda n: "P. Lee" if n % 2 else "B. Ek"})
    assert mapping.entity_name is None
    assert mapping.annotation.name_key is None


async def test_created_and_modified_dates_are_found() -> None:
    mapping = await mapped(Created=date, LastContactDate=date, modified_on=date, born=date)
    assert mapping.created_date is not None
    assert mapping.modified_date is not None
    assert (mapping.created_date.field, mapping.modified_date.field) == ("Created", "modified_on")
    assert (mapping.annotation.created_date_map, mapping.annotation.modified_date_map) == ("Created", "modified_on")


async def test_the_last_contact_counts_as_modified_where_nothing_better_is_known() -> None:
    mapping = await mapped(LastContactDate=date)
    assert mapping.created_date is None
    assert mapping.modified_date is not None
    assert mapping.modified_date.field == "LastContactDate"


async def test_a_field_that_is_no_date_is_not_taken_for_one() -> None:
    assert (await mapped(Created=lambda n: "yes" if n % 2 else "no")).created_date is None


async def test_a_foreign_identifier_is_a_relationship_to_the_domain_of_the_catalogue() -> None:
    mapping = await mapped(**{"Cust No": number("C"), "Account Number": lambda n: f"A-{n % 5}"})
    (link,) = mapping.relationships
    assert (link.field, link.edge_type, link.business_domain) == ("Account Number", "/BelongsTo", "/Sales/Account")
    (edge,) = mapping.annotation.annotation_properties[1].annotation_edges
    assert (edge.key, edge.edge_type, edge.direction) == ("Account Number", "/BelongsTo", "Outgoing")
    assert edge.entity_type_configuration.entity_type == "/Sales/Account"


async def test_a_domain_the_catalogue_does_not_know_is_named_by_what_is_pointed_to() -> None:
    mapping = await mapped(**{"Cust No": number("C"), "parent company id": lambda n: f"P-{n % 5}"})
    assert [(r.edge_type, r.business_domain) for r in mapping.relationships] == [("/WorksFor", "/Company")]


@pytest.mark.parametrize(
    "field", ["Customer number", "tax number", "phone number", "postal code", "Manager", "order date"]
)
async def test_what_identifies_the_record_itself_or_nothing_is_no_relationship(field: str) -> None:
    assert (await mapped(zz=number("Z"), **{field: lambda n: f"A-{n % 5}"})).relationships == []


async def test_origin_and_codes_come_from_the_profile_with_their_counts() -> None:
    mapping = await mapped(**{"Cust No": number("C"), "Passport No": lambda n: f"P{n:07}" if n % 3 else ""})
    assert (mapping.origin.kind, mapping.origin.fields) == ("SingleKey", ["Cust No"])
    assert mapping.origin.evidence is not None
    assert (mapping.origin.evidence.rows, mapping.origin.evidence.distinct) == (20, 20)
    assert [(c.field, c.evidence.empty, c.evidence.duplicates) for c in mapping.codes] == [("Passport No", 7, 0)]
    annotation = mapping.annotation
    assert annotation.origin_entity_code_key == "Cust No"
    assert [p.key for p in annotation.annotation_properties if p.use_as_entity_code] == ["Cust No", "Passport No"]
    assert {p.entity_code_origin for p in annotation.annotation_properties} == {"crm-customer"}


async def test_records_nothing_tells_apart_get_an_automatic_key() -> None:
    mapping = await mapped(City=lambda n: "Rome" if n % 2 else "Oslo")
    assert (mapping.origin.kind, mapping.origin.fields, mapping.origin.evidence) == ("AutoGeneratedKey", [], None)
    assert "tells the records apart" in mapping.origin.reason
    assert mapping.annotation.origin_entity_code_key is None


async def test_a_compound_origin_is_no_single_entity_code() -> None:
    mapping = await mapped(**{"order no": lambda n: f"O-{n // 4:04}", "line no": lambda n: f"L-{n % 4:04}"})
    assert mapping.origin.kind == "CompoundKey"
    assert mapping.origin.fields == ["order no", "line no"]
    assert mapping.annotation.origin_entity_code_key is None


async def test_the_annotation_holds_field_names_but_for_the_vocabulary_key() -> None:
    mapping = await mapped(Remarks=lambda n: f"said thing {n}", SRC_SYS_FLG="A1", Email=lambda n: f"a{n}@b.com")
    annotation = mapping.annotation
    assert annotation.description_key == "Remarks"
    assert (annotation.name, annotation.entity_type, annotation.is_dynamic_vocab) == (
        "crm-customer",
        "/Customer",
        False,
    )
    assert [(p.key, p.vocab_key, p.type) for p in annotation.annotation_properties] == [
        (p.field, p.vocabulary_key, p.data_type) for p in mapping.properties
    ]


async def test_an_annotation_travels_in_camel_case() -> None:
    body = (await mapped(Email=lambda n: f"a{n}@b.com")).model_dump(by_alias=True)["annotation"]
    assert {"nameKey", "originEntityCodeKey", "createdDateMap", "useStrictEdgeCode", "annotationProperties"} <= set(
        body
    )
    assert {"key", "vocabKey", "useAsEntityCode", "annotationEdges"} <= set(body["annotationProperties"][0])
