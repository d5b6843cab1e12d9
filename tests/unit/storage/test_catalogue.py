"""The stored catalogue: changed over its ETag, read once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping

import pytest

from shared.errors import InvalidRequest, StorageUnavailable
from shared.mapping.catalogue import Catalogue
from shared.mapping.models import Vocabulary, VocabularyKey
from shared.mapping.stored_catalogue import pack
from shared.storage import Blob
from tests.fakes.storage import FakeBlobs


def vocabulary(prefix: str, *keys: str) -> Vocabulary:
    return Vocabulary.model_validate(
        {"name": prefix, "keyPrefix": prefix, "keys": [{"key": f"{prefix}.{key}"} for key in keys]}
    )


async def prefixes(catalogue: Catalogue) -> list[str]:
    return [head.key_prefix for head in (await catalogue.read("acme")).heads]


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
            await FakeBlobs.put(self, container, name, pack([vocabulary(f"other{self.times}")]), content_type)
            return None
        return await FakeBlobs.put(self, container, name, content, content_type, over=over)


async def test_a_change_is_made_again_when_somebody_was_faster() -> None:
    catalogue = Catalogue(Contended(3))
    assert await catalogue.put("acme", vocabulary("mine"))
    assert await prefixes(catalogue) == ["mine", "other0"]


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
    assert await prefixes(one) == ["b"]


async def test_a_catalogue_that_was_removed_is_empty() -> None:
    blobs = FakeBlobs()
    catalogue = Catalogue(blobs)
    await catalogue.replace("acme", (vocabulary("a"),))
    await catalogue.read("acme")
    blobs.blobs.clear()
    assert await prefixes(catalogue) == []


async def test_a_key_of_another_vocabulary_is_refused_with_its_place() -> None:
    catalogue = Catalogue(FakeBlobs())
    await catalogue.put("acme", vocabulary("a", "b.c"))
    with pytest.raises(InvalidRequest) as refused:
        await catalogue.put("acme", vocabulary("a.b", "x", "c"))
    assert [violation.pointer for violation in refused.value.violations] == ["/keys/1/key"]


async def test_memory_is_bounded_over_all_organizations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.mapping.catalogue.CACHED_BYTES", 1_000)
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


async def test_what_the_first_release_stored_is_carried_over_once() -> None:
    blobs = FakeBlobs()
    kept = [{"name": "Customer", "keyPrefix": "customer", "keys": [{"key": "customer.email", "dataType": "Email"}]}]
    await blobs.put("vocabularies", "acme/catalogue.json.gz", gzip.compress(json.dumps(kept).encode()), "")
    catalogue = Catalogue(blobs)
    (found,) = await catalogue.vocabularies("acme")
    assert [key.key for key in found.keys] == ["customer.email"]
    assert [name for _, name in blobs.blobs] == ["acme/catalogue.jsonl.gz"]
    assert await catalogue.remove("acme", "customer")
    assert await Catalogue(blobs).vocabularies("acme") == ()
