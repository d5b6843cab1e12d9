"""One suite for the fake files and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

from tests.running import BlobStorage

ANY = "application/octet-stream"


async def test_a_version_is_the_etag_and_the_size(blobs: BlobStorage, container: str) -> None:
    assert await blobs.version(container, "a") is None
    etag = await blobs.put(container, "a", b"12345", ANY)
    found = await blobs.version(container, "a")
    assert found
    assert (found.etag, found.size) == (etag, 5)


async def test_parts_put_together_are_the_file(blobs: BlobStorage, container: str) -> None:
    content = bytes(n % 251 for n in range(1_000))
    await blobs.put(container, "ä b/c.csv", content, ANY)
    found = await blobs.version(container, "ä b/c.csv")
    assert found
    parts = [
        await blobs.part(container, "ä b/c.csv", found, start, min(300, 1_000 - start)) for start in (0, 300, 600, 900)
    ]
    assert b"".join(part or b"" for part in parts) == content
    assert await blobs.part(container, "ä b/c.csv", found, 999, 1) == content[999:]


async def test_another_version_is_not_read(blobs: BlobStorage, container: str) -> None:
    await blobs.put(container, "a", b"one", ANY)
    found = await blobs.version(container, "a")
    assert found
    assert await blobs.part(container, "a", found, 0, 1) == b"o"
    await blobs.put(container, "a", b"two", ANY)
    assert await blobs.part(container, "a", found, 1, 1) is None


async def test_what_has_gone_is_not_read(blobs: BlobStorage, container: str) -> None:
    await blobs.put(container, "a", b"one", ANY)
    found = await blobs.version(container, "a")
    await blobs.delete(container, "a")
    assert found
    assert await blobs.part(container, "a", found, 0, 3) is None
