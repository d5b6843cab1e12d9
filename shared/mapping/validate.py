"""What is wrong with a request beyond its shape, each fault with the JSON pointer of the member that has it.

Names are data: control characters, right-to-left text and any script are kept as they are. Only an empty name is
refused, since nothing could refer to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from pydantic import JsonValue
from pydantic_core import to_json

from shared.errors import InvalidRequest, TooLarge, Violation
from shared.mapping.heads import Head
from shared.mapping.models import DataSetIn, FieldIn, MappingRequest, Vocabulary

FIELDS: Final = 1_000
NAME_LENGTH: Final = 500
RECORD_BYTES: Final = 8 * 1024 * 1024
VIOLATIONS: Final = 50
"""No answer lists more faults than this."""

KEY_PREFIX: Final = re.compile(r"[^\W\d_]\w*(\.\w+)*")
"""A letter first, then letters, digits and underscores, in parts separated by dots (real catalogues have both)."""


def check(request: MappingRequest) -> None:
    """Check a mapping request. Raises InvalidRequest or TooLarge with the offending members."""
    _check_size(request.data_set)
    refuse(_data_set(request.data_set))
    if request.vocabularies is not None:
        refuse(_vocabularies(request.vocabularies, "/vocabularies"))
        check_choice(request, request.vocabularies)


def check_choice(request: MappingRequest, vocabularies: Sequence[Vocabulary] | Sequence[Head]) -> None:
    """Check that ``options.vocabulary`` is one of the vocabularies. Raises InvalidRequest."""
    chosen = request.options.vocabulary
    if chosen is not None and all(v.key_prefix != chosen for v in vocabularies):
        refuse([Violation("/options/vocabulary", "no vocabulary has this keyPrefix")])


def check_catalogue(vocabularies: Sequence[Vocabulary]) -> None:
    """Check a whole catalogue. Raises InvalidRequest with the offending members."""
    refuse(_vocabularies(vocabularies, ""))


def check_vocabulary(vocabulary: Vocabulary) -> None:
    """Check one vocabulary. Raises InvalidRequest with the offending members."""
    refuse([*_vocabulary(vocabulary, ""), *duplicate_keys([vocabulary], lambda _: "")])


def refuse(violations: Sequence[Violation] | Iterator[Violation]) -> None:
    """Raise InvalidRequest if there is any violation, with the first of them in its text."""
    found = tuple(islice(violations, VIOLATIONS))
    if found:
        raise InvalidRequest(f"{found[0].pointer or 'The body'}: {found[0].message}", violations=found)


def duplicate_keys(vocabularies: Sequence[Vocabulary], pointer: Callable[[int], str | None]) -> list[Violation]:
    """Keys that came before, in the same vocabulary or another. ``pointer`` gives the place of the vocabulary with
    this index, None for one that is not the caller's to change."""
    seen: set[str] = set()
    violations: list[Violation] = []
    for index, vocabulary in enumerate(vocabularies):
        place = pointer(index)
        for position, key in enumerate(vocabulary.keys):
            if key.key in seen and place is not None and len(violations) < VIOLATIONS:
                violations.append(Violation(f"{place}/keys/{position}/key", "this key was given before"))
            seen.add(key.key)
    return violations


def escape(member: str) -> str:
    """A member's name as a part of a JSON pointer (RFC 6901)."""
    return member.replace("~", "~0").replace("/", "~1")


def _check_size(data_set: DataSetIn) -> None:
    if data_set.records is not None and len(to_json(data_set.records)) > RECORD_BYTES:
        violation = Violation("/dataSet/records", "at most 8 MiB")
        raise TooLarge("The records are larger than 8 MiB.", violations=(violation,))


def _data_set(data_set: DataSetIn) -> Iterator[Violation]:
    if not data_set.name.strip():
        yield Violation("/dataSet/name", "must not be empty")
    if data_set.fields is not None:
        yield from _fields(data_set.fields)
    if data_set.records is not None:
        yield from _records(data_set.records)


def _fields(fields: Sequence[FieldIn]) -> Iterator[Violation]:
    first: dict[str, int] = {}
    for index, field in enumerate(fields):
        if not field.name.strip():
            yield Violation(f"/dataSet/fields/{index}/name", "must not be empty")
        if first.setdefault(field.name, index) != index:
            yield Violation(f"/dataSet/fields/{index}/name", f"field {first[field.name]} has this name already")


def _records(records: Sequence[dict[str, JsonValue]]) -> Iterator[Violation]:
    names: set[str] = set()
    for index, record in enumerate(records):
        for name in record.keys() - names:
            names.add(name)
            yield from _record_name(name, f"/dataSet/records/{index}")
        if len(names) > FIELDS:
            yield Violation("/dataSet/records", "at most 1,000 different fields over all records")
            return
    if not names:
        yield Violation("/dataSet/records", "no record has a field")


def _record_name(name: str, record: str) -> Iterator[Violation]:
    """A name much too long is not said again: its record is."""
    pointer = f"{record}/{escape(name)}" if len(name) <= 2 * NAME_LENGTH else record
    if not name.strip():
        yield Violation(pointer, "a field's name must not be empty")
    elif len(name) > NAME_LENGTH:
        yield Violation(pointer, "a field's name has at most 500 characters")


def _vocabularies(vocabularies: Sequence[Vocabulary], root: str) -> Iterator[Violation]:
    first: dict[str, int] = {}
    for index, vocabulary in enumerate(vocabularies):
        yield from _vocabulary(vocabulary, f"{root}/{index}")
        if first.setdefault(vocabulary.key_prefix, index) != index:
            message = f"vocabulary {first[vocabulary.key_prefix]} has this keyPrefix already"
            yield Violation(f"{root}/{index}/keyPrefix", message)
    yield from duplicate_keys(vocabularies, lambda index: f"{root}/{index}")


def _vocabulary(vocabulary: Vocabulary, place: str) -> Iterator[Violation]:
    if not vocabulary.name.strip():
        yield Violation(f"{place}/name", "must not be empty")
    if not KEY_PREFIX.fullmatch(vocabulary.key_prefix):
        message = "a letter first, then letters, digits, underscores and dots: no spaces or special characters"
        yield Violation(f"{place}/keyPrefix", message)
    start = vocabulary.key_prefix + "."
    for position, key in enumerate(vocabulary.keys):
        if not key.key.startswith(start) or not key.key[len(start) :].strip():
            yield Violation(f"{place}/keys/{position}/key", f"must be {start}name, with this vocabulary's keyPrefix")
