"""A kept mapping, as far as a review is checked against it: what was suggested for each field, and the keys there are.

Read from the JSON that was answered, not into today's models: a mapping of an older version can be reviewed too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from pydantic_core import from_json

from shared.mapping.review import Status
from shared.mapping.reviewed import ReviewedVocabulary

_NEW_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*")
"""What a key that does not exist yet may be called, after the prefix."""
LONGEST_NAME: Final = 200

Members = Mapping[str, object]


@dataclass(frozen=True)
class Suggestion:
    status: Status
    key: str | None
    has_values: bool


@dataclass(frozen=True)
class Suggestions:
    data_set_id: str | None
    data_set_name: str
    vocabulary: ReviewedVocabulary
    fields: Mapping[str, Suggestion]
    """By field name, in the mapping's order."""
    keys: frozenset[str] | None
    """All of the vocabulary; None where nobody knows them any more: then every key with its prefix may be meant."""

    def may_be_new(self, key: str) -> bool:
        """Whether a key of this name could be added to the vocabulary."""
        name = key.removeprefix(f"{self.vocabulary.key_prefix}.")
        taken = {known.casefold() for known in self.keys or ()}
        return (
            name != key
            and len(name) <= LONGEST_NAME
            and bool(_NEW_NAME.fullmatch(name))
            and key.casefold() not in taken
        )


def read_suggestions(result: bytes, keys: frozenset[str] | None) -> Suggestions:
    """``keys``: what is known of the vocabulary. Keys the mapping itself names are taken for its keys as well."""
    mapping = cast(Members, from_json(result))
    vocabulary, domain = cast(Members, mapping["vocabulary"]), cast(Members, mapping["businessDomain"])
    properties = cast("list[Members]", mapping["properties"])
    data_set = cast(Members, mapping["dataSet"])
    return Suggestions(
        data_set_id=cast("str | None", data_set["id"]),
        data_set_name=str(data_set["name"]),
        vocabulary=ReviewedVocabulary(
            name=str(vocabulary["name"]),
            key_prefix=str(vocabulary["keyPrefix"]),
            status="New" if vocabulary["status"] == "New" else "Existing",
            business_domain=str(domain["name"]),
            domain_status="New" if domain["status"] == "New" else "Existing",
        ),
        fields={str(each["field"]): _suggestion(each) for each in properties},
        keys=None if keys is None else keys | _named(properties),
    )


def key_prefix(result: bytes) -> str:
    """Of the vocabulary a kept mapping was made for."""
    return str(from_json(result)["vocabulary"]["keyPrefix"])


def _suggestion(members: Members) -> Suggestion:
    return Suggestion(
        status=cast(Status, members["status"]),
        key=cast("str | None", members["vocabularyKey"]),
        has_values=bool(members["preview"]),
    )


def _named(properties: list[Members]) -> frozenset[str]:
    suggested = {str(each["vocabularyKey"]) for each in properties if each["status"] == "Existing"}
    listed = (cast("list[Members]", each.get("candidates") or []) for each in properties)
    return frozenset(suggested).union(str(each["vocabularyKey"]) for one in listed for each in one)
