"""One suite for the fake blobs and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import pytest

from shared.errors import StorageUnavailable
from shared.storage import Blobs

JSON = "application/json"
AWAY = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;"
    "BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;"
)


async def test_what_is_not_there_reads_as_none(blobs: Blobs, container: str) -> None:
    assert await blobs.get(container, "acme/a.json") is None


async def test_a_missing_container_is_made_by_the_first_put(blobs: Blobs, container: str) -> None:
    etag = await blobs.put(container, "acme/a.json", b"{}", JSON)
    blob = await blobs.get(container, "acme/a.json")
    assert blob
    assert (blob.content, blob.etag) == (b"{}", etag)


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 1_000_000], ids=["empty", "2 MB"])
async def test_content_comes_back_as_it_was(blobs: Blobs, container: str, content: bytes) -> None:
    await blobs.put(container, "a", content, "application/octet-stream")
    blob = await blobs.get(container, "a")
    assert blob
    assert blob.content == content


async def test_an_unchanged_blob_is_not_sent_again(blobs: Blobs, container: str) -> None:
    await blobs.put(container, "a", b"1", JSON)
    known = await blobs.get(container, "a")
    assert await blobs.get(container, "a", known=known) is known
    await blobs.put(container, "a", b"2", JSON)
    changed = await blobs.get(container, "a", known=known)
    assert changed
    assert changed.content == b"2"


async def test_a_known_blob_that_is_gone_reads_as_none(blobs: Blobs, container: str) -> None:
    await blobs.put(container, "a", b"1", JSON)
    known = await blobs.get(container, "a")
    await blobs.delete(container, "a")
    assert await blobs.get(container, "a", known=known) is None


async def test_a_put_over_a_version_works_once(blobs: Blobs, container: str) -> None:
    etag = await blobs.put(container, "a", b"1", JSON)
    assert await blobs.put(container, "a", b"2", JSON, over=etag)
    assert await blobs.put(container, "a", b"3", JSON, over=etag) is None
    blob = await blobs.get(container, "a")
    assert blob
    assert blob.content == b"2"


async def test_a_put_over_nothing_works_once(blobs: Blobs, container: str) -> None:
    """Also as the first thing ever put into a container."""
    assert await blobs.put(container, "a", b"1", JSON, over="")
    assert await blobs.put(container, "a", b"2", JSON, over="") is None


async def test_a_put_over_a_version_that_is_gone_does_nothing(blobs: Blobs, container: str) -> None:
    etag = await blobs.put(container, "a", b"1", JSON)
    await blobs.delete(container, "a")
    assert await blobs.put(container, "a", b"2", JSON, over=etag) is None
    assert await blobs.get(container, "a") is None


async def test_deleting_what_is_not_there_is_fine(blobs: Blobs, container: str) -> None:
    await blobs.delete(container, "a")
    await blobs.put(container, "b", b"1", JSON)
    await blobs.delete(container, "a")
    assert await blobs.get(container, "b")


async def test_an_account_that_is_away_is_told() -> None:
    from shared.adapters.storage_blobs import StorageBlobs

    blobs = StorageBlobs.connect(AWAY)
    with pytest.raises(StorageUnavailable) as told:
        await blobs.get("c", "a")
    await blobs.close()
    assert told.value.retry_after
    assert "127.0.0.1" not in told.value.detail


async def test_names_are_listed_by_how_they_begin(blobs: Blobs, container: str) -> None:
    assert await blobs.names(container, "acme/") == []
    for name in ("acme/b/2", "acme/b/1", "acme/c", "acme2/b/1"):
        await blobs.put(container, name, b"{}", JSON)
    assert await blobs.names(container, "acme/b/") == ["acme/b/1", "acme/b/2"]
    assert await blobs.names(container, "nobody/") == []
