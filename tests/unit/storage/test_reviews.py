"""Reviews in their blob: read seldom, changed over the version that was read, never past its room."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from shared.errors import StorageUnavailable
from shared.mapping.review import Decided, Memory, Review, pack, unpack
from shared.mapping.reviewed import ReviewedVocabulary
from shared.mapping.reviews import Reviews
from shared.storage import Blob
from tests.fakes.storage import FakeBlobs

PLACE = ("reviews", "acme/reviews.json.gz")
CUSTOMER = ReviewedVocabulary("Customer", "customer", "Existing", "/Customer", "New")


def review(mapping_id: str, data_set: str | None = None, fields: int = 1) -> Review:
    return Review(
        mapping_id=mapping_id,
        data_set_id=data_set,
        data_set_name="crm «née» 名前",
        reviewed_at=datetime(2026, 11, 25, 8, tzinfo=UTC),
        vocabulary=CUSTOMER,
        decisions={
            **{f"Field {n}": Decided("changed", "Existing", f"customer.key{n}", "Text") for n in range(fields)},
            "\u202eodd\x00": Decided("accepted", "Ignored", None, None, while_empty=True),
        },
        undecided=frozenset({"other", "another"}),
    )


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def of(memory: Memory) -> list[str]:
    return [each.mapping_id for each in memory.reviews]


def test_what_is_kept_reads_as_it_was() -> None:
    kept = [review("1"), review("2", "id")]
    content, dropped = pack(kept, 10**6)
    assert list(unpack(content).reviews) == kept
    assert dropped == 0


async def test_the_newest_review_is_last_and_takes_the_place_of_the_same_mappings() -> None:
    reviews = Reviews(FakeBlobs())
    for name in ("1", "2", "1"):
        await reviews.keep("acme", review(name))
    assert of(await reviews.read("acme")) == ["2", "1"]


async def test_what_was_read_is_used_for_three_seconds_and_then_only_looked_at() -> None:
    blobs, clock = FakeBlobs(), Clock()
    reviews = Reviews(blobs, clock)
    await reviews.keep("acme", review("1"))
    first = await reviews.read("acme")
    downloads = blobs.downloads
    blobs.away = True
    clock.now += 2.9
    assert await reviews.read("acme") is first
    blobs.away = False
    clock.now += 0.2
    assert await reviews.read("acme") is first
    assert blobs.downloads == downloads


async def test_reviews_of_many_workers_are_all_kept() -> None:
    blobs = FakeBlobs()
    workers = [Reviews(blobs) for _ in range(5)]
    await asyncio.gather(*(workers[n % 5].keep("acme", review(str(n))) for n in range(25)))
    assert sorted(map(int, of(await Reviews(blobs).read("acme")))) == list(range(25))


async def test_past_the_room_the_oldest_go_and_their_number_is_told() -> None:
    reviews = Reviews(FakeBlobs(), most_bytes=6_000)
    dropped = [await reviews.keep("acme", review(str(n), fields=20)) for n in range(8)]
    left = of(await reviews.read("acme"))
    assert left == [str(n) for n in range(8)][-len(left) :]
    assert dropped[0] == 0
    assert sum(dropped) == 8 - len(left) > 0


async def test_only_what_is_there_can_be_forgotten() -> None:
    blobs = FakeBlobs()
    reviews = Reviews(blobs)
    assert not await reviews.forget("acme", "1")
    assert not blobs.blobs
    await reviews.keep("acme", review("1"))
    assert await reviews.forget("acme", "1")
    assert of(await reviews.read("acme")) == []


@pytest.mark.parametrize("content", [b"", b"not gzip", gzip.compress(b"{}"), gzip.compress(b'{"version":2}')])
async def test_what_cannot_be_read_is_never_written_over(content: bytes) -> None:
    blobs = FakeBlobs()
    blobs.blobs[PLACE] = Blob(content, '"x"')
    reviews = Reviews(blobs)
    with pytest.raises(StorageUnavailable):
        await reviews.read("acme")
    with pytest.raises(StorageUnavailable):
        await reviews.keep("acme", review("1"))
    assert blobs.blobs[PLACE].content == content


async def test_a_review_that_cannot_be_written_is_not_believed() -> None:
    blobs = FakeBlobs()
    reviews = Reviews(blobs)
    await reviews.keep("acme", review("1"))
    blobs.away = True
    with pytest.raises(StorageUnavailable):
        await reviews.keep("acme", review("2"))
    blobs.away = False
    assert of(await reviews.read("acme")) == ["1"]
