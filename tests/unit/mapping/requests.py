"""Requests, vocabularies and callers for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.gateway.records import Caller, Feature
from shared.mapping.models import MappingRequest
from shared.mapping.suggest import Work

CALLER = Caller("acme", (Feature.AI_MAPPING,), "AiMapping", "corr-1", 1e12, "m-1")

KEYS: tuple[tuple[str, str | None, str], ...] = (
    ("customerNumber", "Identifier", "Number of the customer"),
    ("firstName", "PersonName", "Given name"),
    ("lastName", "PersonName", "Family name"),
    ("email", "Email", "Main e-mail address"),
    ("emailSecondary", "Email", "Another e-mail address"),
    ("mobile", "PhoneNumber", "Mobile phone"),
    ("fax", "PhoneNumber", "Fax number"),
    ("city", "GeographyCity", "Town"),
    ("createdDate", "DateTime", "When the record was created"),
    ("lastContactDate", "DateTime", "When somebody last spoke to the customer"),
    ("notes", "Text", "Remarks"),
    ("creditLimit", "Money", "Highest open amount"),
)


def vocabulary(
    prefix: str = "customer", keys: Sequence[tuple[str, str | None, str]] = KEYS, name: str = "Customer"
) -> dict[str, Any]:
    return {
        "name": name,
        "keyPrefix": prefix,
        "businessDomain": f"/{name}",
        "keys": [{"key": f"{prefix}.{key}", "dataType": kind, "description": text} for key, kind, text in keys],
    }


def request(
    data_set: dict[str, Any], vocabularies: list[dict[str, Any]] | None = None, **options: Any
) -> MappingRequest:
    body: dict[str, Any] = {"dataSet": {"name": "crm-customer", **data_set}, "options": options}
    if vocabularies:
        body["vocabularies"] = vocabularies
    return MappingRequest.model_validate(body)


def records(count: int = 20, **columns: Any) -> dict[str, Any]:
    """Rows from one function of the row number, or one constant, per column."""
    return {
        "records": [
            {name: made(number) if callable(made) else made for name, made in columns.items()}
            for number in range(count)
        ]
    }


def fields(*names: str) -> dict[str, Any]:
    return {"fields": [{"name": name} for name in names]}


def work(asked: MappingRequest, samples: Any = "full") -> Work:
    return Work("acme", "m-1", asked, tuple(asked.vocabularies or ()), samples, CALLER, "USD")
