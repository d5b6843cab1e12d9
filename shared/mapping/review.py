"""What a steward decided about a mapping's fields, as it is kept and read back.

No value of the data set is in it: names of fields and keys, data types, and who decided when.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Literal, cast

from shared.mapping.reviewed import ReviewedVocabulary

VERSION: Final = 1

Word = Literal["accepted", "changed", "ignored"]
Status = Literal["Existing", "New", "Ignored"]


class UnreadableReviews(Exception):
    """The blob was not written by a version of the app that is known here."""


@dataclass(frozen=True)
class Decided:
    """One field's decision."""

    word: Word
    status: Status
    """``New`` for a key the catalogue did not have when it was reviewed."""
    key: str | None
    """The whole vocabulary key, None for Ignored."""
    data_type: str | None
    """Where the steward said one; else the key's own counts, or the field's."""
    while_empty: bool = False
    """What was accepted is that a column without values is left out."""

    @property
    def outcome(self) -> tuple[str | None, str | None]:
        """What the decision comes to, whatever word was used for it."""
        return self.key, self.data_type


@dataclass(frozen=True)
class Review:
    """The decisions on one mapping."""

    mapping_id: str
    data_set_id: str | None
    data_set_name: str
    reviewed_at: datetime
    vocabulary: ReviewedVocabulary
    decisions: Mapping[str, Decided]
    """By field name."""
    undecided: frozenset[str]
    """The mapping's other fields: they tell the data set from others of its name."""

    @cached_property
    def fields(self) -> frozenset[str]:
        """All fields of the mapping that was reviewed."""
        return frozenset(self.decisions) | self.undecided


class Memory:
    """An organization's reviews, in the order in which they came: the last word counts."""

    def __init__(self, reviews: Iterable[Review] = ()) -> None:
        self.reviews = tuple(reviews)

    def about(self, data_set_id: str | None, name: str) -> list[tuple[int, Review]]:
        """Reviews of data sets with this id or this name, with their place in the order."""
        found = set(self._by_name.get(name, ()))
        if data_set_id is not None:
            found.update(self._by_id.get(data_set_id, ()))
        return [(place, self.reviews[place]) for place in sorted(found)]

    def of(self, mapping_id: str) -> Review | None:
        """The review of one mapping."""
        return next((review for review in self.reviews if review.mapping_id == mapping_id), None)

    @cached_property
    def _by_id(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, review in enumerate(self.reviews):
            if review.data_set_id is not None:
                found.setdefault(review.data_set_id, []).append(place)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, review in enumerate(self.reviews):
            found.setdefault(review.data_set_name, []).append(place)
        return found


NOTHING: Final = Memory()
"""No review."""


def pack(reviews: Iterable[Review], most: int) -> tuple[bytes, int]:
    """The newest reviews that take at most ``most`` bytes of JSON, gzipped; and how many older ones do not fit."""
    texts = [json.dumps(_members(review), ensure_ascii=False, separators=(",", ":")) for review in reviews]
    size, first = 0, len(texts)
    while first and (size := size + len(texts[first - 1].encode())) <= most:
        first -= 1
    content = f'{{"version":{VERSION},"reviews":[{",".join(texts[first:])}]}}'
    return gzip.compress(content.encode(), compresslevel=5, mtime=0), first


def unpack(content: bytes) -> Memory:
    """Raises UnreadableReviews."""
    try:
        found = json.loads(gzip.decompress(content))
        if found["version"] != VERSION:
            raise UnreadableReviews("unknown version")
        return Memory(_review(members) for members in found["reviews"])
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        raise UnreadableReviews(type(error).__name__) from error


def _members(review: Review) -> dict[str, object]:
    return {
        "mappingId": review.mapping_id,
        "dataSetId": review.data_set_id,
        "dataSetName": review.data_set_name,
        "reviewedAt": review.reviewed_at.isoformat(),
        "vocabulary": vars(review.vocabulary),
        "decisions": {name: list(vars(decided).values()) for name, decided in review.decisions.items()},
        "undecided": sorted(review.undecided),
    }


def _review(members: Mapping[str, object]) -> Review:
    decisions = cast("Mapping[str, tuple[Word, Status, str | None, str | None, bool]]", members["decisions"])
    return Review(
        mapping_id=str(members["mappingId"]),
        data_set_id=cast("str | None", members["dataSetId"]),
        data_set_name=str(members["dataSetName"]),
        reviewed_at=datetime.fromisoformat(str(members["reviewedAt"])),
        vocabulary=ReviewedVocabulary(**cast("dict[str, str]", members["vocabulary"])),  # type: ignore[arg-type]
        decisions={name: Decided(*decided) for name, decided in decisions.items()},
        undecided=frozenset(cast("list[str]", members["undecided"])),
    )
