"""Which drop a message is: the same drop, however often and by whatever message announced, has one mapping id."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Final

from shared.drops.models import Drop

_DROPS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cluedin-ai:drop")


def mapping_id(drop: Drop, message: Mapping[str, object], etag: str | None) -> str:
    """A UUID made of what the drop is. ``etag``: the blob's, so that a blob written anew is a new drop.

    Blocking: a message of some megabytes is hashed where it has no dropId."""
    whose = (drop.organization, drop.data_set_id)
    if drop.source is not None:
        place: tuple[str, ...] = ("blob", drop.source.container, drop.source.blob, _bare(etag), drop.source.sheet or "")
    elif drop.drop_id is not None:
        place = ("drop", drop.drop_id)
    else:
        place = ("records", _hash(message))
    return str(uuid.uuid5(_DROPS, json.dumps([*whose, *place])))


def _bare(etag: str | None) -> str:
    """Without the quotes, which not everybody writes."""
    return (etag or "").removeprefix("W/").strip('"')


def _hash(message: Mapping[str, object]) -> str:
    """Of the whole message, whatever the order of its members."""
    return hashlib.sha256(json.dumps(message, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
