"""A catalogue as it lies in its blob: gzip of lines, first what the vocabularies are called, then each as JSON.

So that one vocabulary is read without the others: a catalogue of 32 MiB takes 32 MB of memory, not the gigabytes that
its hundreds of thousands of keys would take as objects.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.mapping.heads import Head, head_of
from shared.mapping.models import Vocabulary

MEDIA_TYPE: Final = "application/gzip"


@dataclass(frozen=True)
class StoredCatalogue:
    heads: tuple[Head, ...] = ()
    """Sorted by keyPrefix."""
    lines: tuple[bytes, ...] = field(default=(), repr=False)
    """One for each."""
    version: str = ""
    """Names the content for good; empty where none is stored."""

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(map(len, self.lines)) + 300 * len(self.lines)

    def find(self, key_prefix: str) -> Vocabulary | None:
        """The vocabulary with exactly this keyPrefix."""
        number = next((number for number, head in enumerate(self.heads) if head.key_prefix == key_prefix), None)
        return None if number is None else self.vocabulary(number)

    def vocabulary(self, number: int) -> Vocabulary:
        return Vocabulary.model_validate_json(self.lines[number])

    def all(self) -> Iterator[Vocabulary]:
        """Read one at a time: takes a second for 40,000 keys, so not on the event loop."""
        return map(self.vocabulary, range(len(self.lines)))


def changed(before: StoredCatalogue, vocabulary: Vocabulary | None, key_prefix: str) -> bytes:
    """The content with that vocabulary in the place of the one with this keyPrefix, or without it."""
    kept = [
        (head, line) for head, line in zip(before.heads, before.lines, strict=True) if head.key_prefix != key_prefix
    ]
    return _pack([*kept, *((_row(vocabulary),) if vocabulary else ())])


def pack(vocabularies: Iterable[Vocabulary]) -> bytes:
    return _pack([_row(vocabulary) for vocabulary in vocabularies])


def parse(content: bytes, version: str) -> StoredCatalogue:
    first, *lines = gzip.decompress(content).split(b"\n")
    return StoredCatalogue(tuple(Head(*row) for row in json.loads(first)), tuple(lines), version)


def parse_first(content: bytes) -> Iterator[Vocabulary]:
    """As the first release stored it: one JSON list."""
    return (Vocabulary.model_validate(item) for item in json.loads(gzip.decompress(content)))


def _row(vocabulary: Vocabulary) -> tuple[Head, bytes]:
    return head_of(vocabulary), vocabulary.model_dump_json(by_alias=True, exclude_defaults=True).encode()


def _pack(rows: Sequence[tuple[Head, bytes]]) -> bytes:
    ordered = sorted(rows, key=lambda row: row[0].key_prefix)
    heads = [[head.name, head.key_prefix, head.business_domain, head.key_count] for head, _ in ordered]
    content = b"\n".join([json.dumps(heads).encode(), *(line for _, line in ordered)])
    return gzip.compress(content, compresslevel=5, mtime=0)
