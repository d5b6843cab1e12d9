"""A message on queue ``data-drops`` → a drop. Events of blob storage, as Event Grid puts them there, one to a message.

Both schemas are read: Event Grid's (``eventType``, ``topic``) and CloudEvents 1.0 (``type``, ``source``); see "Azure
Blob Storage as an Event Grid source". Members we do not know are tolerated in events, never in our own message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from shared.drops.messages import read_message
from shared.drops.models import CONTAINER, UNKNOWN, Drop, Ignored, Source, UnusableDrop
from shared.drops.places import (
    Place,
    account_in_topic,
    check_account,
    check_blob,
    folder_of,
    from_subject,
    from_url,
)

BLOB_CREATED: Final = "Microsoft.Storage.BlobCreated"
VALIDATION: Final = "Microsoft.EventGrid.SubscriptionValidationEvent"
OPENED: Final = frozenset({"CreateFile", "SftpCreate"})
"""Calls that open a file with no bytes in it: another event (FlushWithClose, SftpCommit) follows when it is whole."""


class BlobEventData(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    api: str = ""
    url: str | None = None
    etag: str | None = Field(default=None, validation_alias=AliasChoices("eTag", "etag"))
    content_length: int | None = Field(default=None, alias="contentLength")


class BlobEvent(BaseModel):
    """A BlobCreated event of either schema."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    id: str | None = None
    topic: str = Field(default="", validation_alias=AliasChoices("topic", "source"))
    subject: str = ""
    data: BlobEventData


def parse_drop(message: Mapping[str, object], own_account: str) -> Drop | Ignored:
    """What a message asks for. ``own_account`` is the name of the app's storage account.

    Raises UnusableDrop. Blocking: a catalogue of 50,000 keys takes about a second, so call it in a thread."""
    kind = _kind(message)
    if kind is None:
        return read_message(message)
    if kind != BLOB_CREATED:
        return Ignored(kind[:200], "validation" if kind == VALIDATION else "other_event")
    return _created(message, own_account)


def organization_in_event(message: Mapping[str, object]) -> str | None:
    """The organization whose folder an event is about; None for anything else, however malformed."""
    try:
        return folder_of(_place(_validate(message)).blob).organization
    except UnusableDrop as error:
        return None if error.organization == UNKNOWN else error.organization


def _kind(message: Mapping[str, object]) -> str | None:
    """The event's type, None for our own message."""
    if "eventType" in message:
        kind = message["eventType"]
    elif "specversion" in message:
        kind = message.get("type")
    else:
        return None
    if not isinstance(kind, str):
        raise UnusableDrop("invalid_event", "The event has no type.")
    return kind


def _created(message: Mapping[str, object], own_account: str) -> Drop | Ignored:
    event = _validate(message)
    place = _place(event)
    check_account(place.account, own_account)
    check_account(account_in_topic(event.topic), own_account)
    if event.data.api in OPENED:
        return Ignored(BLOB_CREATED, "not_finished")
    if _is_folder(place, event.data.content_length):
        return Ignored(BLOB_CREATED, "folder")
    _check_container(place.container)
    check_blob(place.container, place.blob)
    folder = folder_of(place.blob)
    return Drop(
        organization=folder.organization,
        data_set_id=folder.data_set,
        data_set_name=folder.data_set,
        source=Source(place.container, place.blob, etag=_quoted(event.data.etag)),
        correlation_id=_printable(event.id),
    )


def _validate(message: Mapping[str, object]) -> BlobEvent:
    try:
        return BlobEvent.model_validate(message)
    except ValidationError as error:
        pointer = "/".join(str(part) for part in error.errors()[0]["loc"])
        raise UnusableDrop("invalid_event", f"The event's /{pointer} is missing or of a wrong type.") from None


def _place(event: BlobEvent) -> Place:
    """By the address, which says how it is encoded; by the subject where there is none."""
    by_subject = from_subject(event.subject)
    if event.data.url is None:
        if by_subject is None:
            raise UnusableDrop("invalid_event", "The event names no blob: neither data.url nor subject.")
        return by_subject
    by_url = from_url(event.data.url)
    if by_url is None:
        raise UnusableDrop("invalid_event", "The event's data.url is not the address of a blob.")
    if by_subject and by_subject.container != by_url.container:
        raise UnusableDrop("invalid_event", "The event's subject and data.url name different containers.")
    return by_url


def _is_folder(place: Place, content_length: int | None) -> bool:
    """Markers that tools put where they want to show a folder: nothing to map."""
    outside = place.blob.count("/") < 2
    return place.container == CONTAINER and (place.blob.endswith("/") or (outside and content_length == 0))


def _check_container(container: str) -> None:
    if container != CONTAINER:
        detail = (
            f"The event is of container {container[:63]!r}; only container drops is taken from events. "
            "Filter the subscription to subjects that begin with /blobServices/default/containers/drops/."
        )
        raise UnusableDrop("source_not_allowed", detail)


def _quoted(etag: str | None) -> str | None:
    """As the blob service writes it; events have been seen with and without the quotes."""
    bare = (etag or "").strip().strip('"')
    return f'"{bare}"' if bare and len(bare) <= 200 and bare.isascii() and bare.isprintable() else None


def _printable(text: str | None) -> str | None:
    return text if text and text.isascii() and text.isprintable() and len(text) <= 128 else None
