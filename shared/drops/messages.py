"""Our own message on queue ``data-drops`` → Drop. Strict: an unknown or wrong member is refused by its pointer."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from shared.callback_address import AddressRefused, host_of
from shared.drops.models import UNKNOWN, Drop, DropMessage, Source, UnusableDrop
from shared.drops.places import check_blob
from shared.errors import InvalidInput
from shared.mapping.models import DataSetIn, MappingRequest
from shared.mapping.validate import check, escape
from shared.organizations import is_organization

_DEEPEST = 5


def read_message(message: Mapping[str, object]) -> Drop:
    """Raises UnusableDrop. Blocking: a catalogue of 50,000 keys takes about a second."""
    named = message.get("organizationId")
    organization = named if isinstance(named, str) and is_organization(named) else UNKNOWN
    read = _validate(message, organization)
    if organization == UNKNOWN and read.organization_id != UNKNOWN:
        detail = "organizationId is not an organization's name (lower-case letters, digits, single hyphens)."
        raise UnusableDrop("invalid_organization", detail)
    if read.source:
        check_blob(read.source.container, read.source.blob, organization)
    _check_request(read, organization)
    _check_callback(read, organization)
    return _drop(read)


def _validate(message: Mapping[str, object], organization: str) -> DropMessage:
    try:
        return DropMessage.model_validate(message)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # Five names deep is enough to find a member; a value nested deep would make a pointer of thousands.
        pointer = "".join(f"/{escape(str(part))}" for part in fault["loc"][:_DEEPEST]) or "The message"
        detail = f"{pointer}: {fault['msg'].removeprefix('Value error, ')}"
        raise UnusableDrop("invalid_request", detail[:500], organization) from None


def _check_request(read: DropMessage, organization: str) -> None:
    """What HTTP requests are checked for beyond their shape."""
    data_set = DataSetIn.model_construct(id=read.data_set.id, name=read.data_set.name, records=read.records)
    request = MappingRequest.model_construct(data_set=data_set, vocabularies=read.vocabularies, options=read.options)
    try:
        check(request)
    except InvalidInput as error:
        raise UnusableDrop(error.code, error.detail, organization) from None
    except ValueError:
        # pydantic-core writes nested values to a depth of 255, and no text that has no place in UTF-8.
        detail = "/records: a value is nested too deep, or holds half a character"
        raise UnusableDrop("invalid_request", detail, organization) from None


def _check_callback(read: DropMessage, organization: str) -> None:
    if read.callback_url is None:
        return
    try:
        host_of(read.callback_url)
    except AddressRefused as error:
        raise UnusableDrop("invalid_request", f"/callbackUrl: {error}", organization) from None


def _drop(read: DropMessage) -> Drop:
    source = read.source
    return Drop(
        organization=read.organization_id,
        data_set_id=read.data_set.id,
        data_set_name=read.data_set.name,
        drop_id=read.drop_id,
        source=Source(source.container, source.blob, source.sheet) if source else None,
        records=None if read.records is None else tuple(read.records),
        vocabularies=None if read.vocabularies is None else tuple(read.vocabularies),
        options=read.options,
        callback_url=read.callback_url,
    )
