"""Records of CluedIn as they travel in requests: golden records or data parts with their vocabulary keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field
from pydantic_core import to_json

from shared.errors import TooLarge, Violation
from shared.mapping.models import RequestModel
from shared.mapping.validate import refuse

MOST: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of all records of a request, as JSON."""

KeyName = Annotated[str, Field(min_length=1, max_length=500)]
PropertyValue = str | int | float | bool | None


class RecordIn(RequestModel):
    """One record. ``properties``: vocabulary key → value."""

    id: str = Field(min_length=1, max_length=500)
    business_domain: str | None = Field(default=None, max_length=500)
    name: str | None = Field(default=None, max_length=2_000)
    properties: dict[KeyName, PropertyValue]
    tags: list[Annotated[str, Field(max_length=500)]] = Field(default=[], max_length=1_000)


def check_records(records: Sequence[RecordIn], pointer: str = "/records") -> None:
    """Each id once, and not too many bytes in all. Raises InvalidRequest, TooLarge."""
    check_ids(records, pointer)
    if len(to_json(list(records))) > MOST_BYTES:
        message = f"at most {MOST_BYTES // 1024 // 1024} MiB as JSON; send fewer records at a time"
        raise TooLarge("The records are too large.", violations=(Violation(pointer, message),))


def check_ids(records: Sequence[RecordIn], pointer: str = "/records") -> None:
    """Each id once. Raises InvalidRequest."""
    first: dict[str, int] = {}
    violations = []
    for index, record in enumerate(records):
        if first.setdefault(record.id, index) != index:
            message = f"the same id as record {first[record.id]}: each record needs an id of its own"
            violations.append(Violation(f"{pointer}/{index}/id", message))
    refuse(violations)


def text_of(value: PropertyValue) -> str:
    """A property as text: trimmed; booleans and numbers as CluedIn writes them; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
