"""The keys of a vocabulary that came with its request, kept beside the mapping: a review is checked against them.

A stored catalogue can be read again; what a request brought along is gone once it is answered. Kept as text that fits
into a table row: base64 of deflated JSON, some 8 characters a key.
"""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from typing import Final

from shared.mapping.models import Mapping, MappingRequest, Vocabulary

MANY: Final = 2_000
"""Keys above which packing is left to a thread."""


async def own_keys(request: MappingRequest, mapping: Mapping) -> str | None:
    """Of the vocabulary the mapping was made for, None where it is a stored or a proposed one."""
    prefix = mapping.vocabulary.key_prefix
    chosen = next((v for v in request.vocabularies or () if v.key_prefix == prefix), None)
    if chosen is None or mapping.vocabulary.status == "New":
        return None
    return await asyncio.to_thread(_pack, chosen) if len(chosen.keys) > MANY else _pack(chosen)


def unpack_keys(text: str) -> frozenset[str]:
    """Whole keys. Raises ValueError for what was not packed here."""
    try:
        return frozenset(json.loads(zlib.decompress(base64.b64decode(text))))
    except zlib.error as error:
        raise ValueError("not packed keys") from error


def _pack(vocabulary: Vocabulary) -> str:
    content = json.dumps([key.key for key in vocabulary.keys], separators=(",", ":"))
    return base64.b64encode(zlib.compress(content.encode(), 1)).decode()
