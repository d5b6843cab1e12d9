"""What names mean, by the organization's own embedding deployment, where its settings name one.

Names of fields and keys leave, nothing else: no value of a data set, whatever the samples policy. A catalogue's names
come back with every mapping, so their vectors are kept in memory for a while.

Texts are sent in groups that are made from the texts alone, and a group is sent as a whole or not at all: queued work
that is run again, by a worker that remembers other texts, finds the calls it paid for at their checkpoints.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.gateway.ports import Embedder
from shared.gateway.records import Caller, Usage
from shared.mapping.signals.meaning import Meaning
from shared.together import together

GROUP: Final = 256
"""Texts of one call, about."""
AT_ONCE: Final = 4
"""Calls in flight."""
FEW: Final = 8
"""Texts of which half of what they have in common is believed."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of remembered vectors, over all organizations: some 20,000 names at 1,536 numbers each."""

Vector = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Embedded:
    """What was asked for, and what it took."""

    vectors: Mapping[str, Vector]
    """By text; of length 1."""
    attempt_ids: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)


class OrganizationMeaning:
    def __init__(self, embedder: Embedder, most_bytes: int = MOST_BYTES) -> None:
        self._embedder = embedder
        self._known: OrderedDict[tuple[str, str, str], Vector] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes

    async def is_named(self, caller: Caller) -> bool:
        """Whether the organization's settings name an embedding deployment. Raises as reading the settings does."""
        return await self._embedder.embedding_deployment(caller) is not None

    async def of(self, caller: Caller, texts: Iterable[str]) -> Embedded | None:
        """A vector for each text, None where the organization names no embedding deployment. Give names of keys and of
        fields apart: what is added to a list changes the groups it is sent in.

        Raises as ``Embedder.embed`` does."""
        deployment = await self._embedder.embedding_deployment(caller)
        if deployment is None:
            return None
        wanted = sorted(set(texts))
        place = (caller.organization, deployment)
        known = {text: self._known[*place, text] for text in wanted if (*place, text) in self._known}
        missing = [group for group in _groups(wanted) if not known.keys() >= set(group)]
        gate = asyncio.Semaphore(AT_ONCE)
        parts = await together(self._ask(caller, group, gate) for group in missing)
        found = {**known, **{text: vector for part in parts for text, vector in part.vectors.items()}}
        self._remember(place, found)
        ids = tuple(attempt for part in parts for attempt in part.attempt_ids)
        return Embedded(found, ids, sum((part.usage for part in parts), Usage()))

    async def _ask(self, caller: Caller, group: list[str], gate: asyncio.Semaphore) -> Embedded:
        async with gate:
            reply = await self._embedder.embed(caller, group)
        rows = np.array([np.frombuffer(row, "<f4") for row in reply.value])
        lengths = np.linalg.norm(np.nan_to_num(rows), axis=1, keepdims=True)
        vectors = (np.nan_to_num(rows) / np.maximum(lengths, 1e-9)).astype(np.float16)
        return Embedded(dict(zip(group, vectors, strict=True)), reply.attempt_ids, reply.usage)

    def _remember(self, place: tuple[str, str], found: Mapping[str, Vector]) -> None:
        for text, vector in found.items():
            old = self._known.pop((*place, text), None)
            self._bytes += vector.nbytes - (old.nbytes if old is not None else 0)
            self._known[*place, text] = vector
        while self._bytes > self._most and self._known:
            self._bytes -= self._known.popitem(last=False)[1].nbytes


def as_meaning(vectors: Mapping[str, Vector]) -> Meaning:
    """Spoken names → their vectors, zeros for any other. What all of them have in common is taken off, as far as there
    are enough to know it: models differ in how alike they find anything at all."""
    numbers = {text: number for number, text in enumerate(vectors)}
    rows = np.array(list(vectors.values()), np.float32)
    rows -= rows.mean(axis=0) * np.float32(len(rows) / (len(rows) + FEW))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))

    def meaning(spoken: Sequence[str]) -> npt.NDArray[np.float32]:
        found = np.zeros((len(spoken), rows.shape[1]), np.float32)
        for place, text in enumerate(spoken):
            if text in numbers:
                found[place] = rows[numbers[text]]
        return found

    return meaning


def _groups(texts: list[str]) -> list[list[str]]:
    """In groups by their hashes: a text that is added changes one group, and the others stay as they were."""
    count = max(1, -(-len(texts) // GROUP))
    size = 1 << (count - 1).bit_length()
    found: dict[int, list[str]] = defaultdict(list)
    for text in texts:
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        found[int.from_bytes(digest, "big") % size].append(text)
    return [found[number] for number in sorted(found)]
