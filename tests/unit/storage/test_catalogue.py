"""The stored catalogue: changed over its ETag, read once."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import pytest

from shared.errors import InvalidRequest, StorageUnavailable
from shared.mapping.catalogue import Catalogue
from shared.mapping.models import Vocabulary, VocabularyKey
from shared.storage import Blob
from tests.fakes.storage import FakeBlobs


def vocabulary(prefix: str, *keys: str) -> Vocabulary:
    return Vocabulary.model_validate(
        {"name": prefix, "keyPrefix": prefix, "keys": [{"key": f"{prefix}.{key}"} for key in keys]}
    )


class Contended(FakeBlobs):
    """Somebody else writes first, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def put(
        self, container: str, name: str, content: bytes, content_type: str, *, over: str | None = None
    ) -> str | None:
        if over is not None and self.times:
            self.times -= 1
            await FakeBlobs.put(self, container, name, gzip.compress(_other(self.times)), content_type)
            return None
        return await FakeBlobs.put(self, container, name, content, content_type, over=over)


def _other(number: int) -> bytes:
    return b'[{"name": "Other", "keyPrefix": "other%d", "keys": []}]' % number


async def test_a_change_is_made_again_when_somebody_was_faster() -> None:
    catalogue = Catalogue(Contended(3))
    assert await catalogue.put("acme", vocabulary("mine"))
    assert [v.key_prefix for v in (await catalogue.read("acme")).vocabularies] == ["mine", "other0"]


async def test_too_much_contention_is_told() -> None:
    with pytest.raises(StorageUnavailable):
        await Catalogue(Contended(1_000)).put("acme", vocabulary("mine"))


async def test_everything_of_a_key_is_kept() -> None:
    key = VocabularyKey.model_validate(
        {"key": "a.b", "displayName": "B", "dataType": "Odd", "description": "d", "samples": ["x"]}
    )
    blobs = FakeBlobs()
    await Catalogue(blobs).put("acme", vocabulary("a").model_copy(update={"keys": [key]}))
    stored = (await Catalogue(blobs).read("acme")).find("a")
    assert stored
    assert stored.keys == [key]


async def test_an_unchanged_catalogue_is_the_same_object() -> None:
    catalogue = Catalogue(FakeBlobs())
    await catalogue.replace("acme", (vocabulary("a"),))
    first = await catalogue.read("acme")
    assert await catalogue.read("acme") is first


async def test_a_change_by_another_worker_is_seen_at_once() -> None:
    blobs = FakeBlobs()
    one, other = Catalogue(blobs), Catalogue(blobs)
    await one.replace("acme", (vocabulary("a"),))
    await one.read("acme")
    await other.replace("acme", (vocabulary("b"),))
    assert [v.key_prefix for v in (await one.read("acme")).vocabularies] == ["b"]


async def test_a_catalogue_that_was_removed_is_empty() -> None:
    blobs = FakeBlobs()
    catalogue = Catalogue(blobs)
    await catalogue.replace("acme", (vocabulary("a"),))
    await catalogue.read("acme")
    blobs.blobs.clear()
    assert (await catalogue.read("acme")).vocabularies == ()


async def test_a_key_of_another_vocabulary_is_refused_with_its_place() -> None:
    catalogue = Catalogue(FakeBlobs())
    await catalogue.put("acme", vocabulary("a", "b.c"))
    with pytest.raises(InvalidRequest) as refused:
        await catalogue.put("acme", vocabulary("a.b", "x", "c"))
    assert [violation.pointer for violation in refused.value.violations] == ["/keys/1/key"]


async def test_memory_is_bounded_by_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.mapping.catalogue.CACHED_KEYS", 5)
    blobs = FakeBlobs()
    catalogue = Catalogue(blobs)
    for organization in ("a", "b", "c"):
        await catalogue.replace(organization, (vocabulary("v", "x", "y"),))
        await catalogue.read(organization)
    before: Mapping[tuple[str, str], Blob] = dict(blobs.blobs)
    downloads = blobs.downloads
    await catalogue.read("c")
    assert blobs.downloads == downloads
    await catalogue.read("a")
    assert blobs.downloads == downloads + 1
    assert blobs.blobs == before
