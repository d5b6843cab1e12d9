"""One suite for the fake files and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import BlobStorage

ANY = "application/octet-stream"


async def test_a_version_is_the_etag_and_the_size(blobs: BlobStorage, container: str) -> None:
    assert await blobs.version(container, "a") is None
    etag = await blobs.put(container, "a", b"12345", ANY)
    found = await blobs.version(container, "a")
    assert found
    assert (found.etag, found.size) == (etag, 5)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 1_000])
async def test_a_file_is_fetched_whole_in_parts(blobs: BlobStorage, container: str, tmp_path: Path, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    await blobs.put(container, "ä b/c.csv", content, ANY)
    found = await blobs.version(container, "ä b/c.csv")
    assert found
    assert await blobs.download(container, "ä b/c.csv", found, tmp_path / "file", 10)
    assert (tmp_path / "file").read_bytes() == content


async def test_another_version_is_not_fetched(blobs: BlobStorage, container: str, tmp_path: Path) -> None:
    await blobs.put(container, "a", b"one", ANY)
    found = await blobs.version(container, "a")
    await blobs.put(container, "a", b"two", ANY)
    assert found
    assert not await blobs.download(container, "a", found, tmp_path / "file", 10)


async def test_what_has_gone_is_not_fetched(blobs: BlobStorage, container: str, tmp_path: Path) -> None:
    await blobs.put(container, "a", b"one", ANY)
    found = await blobs.version(container, "a")
    await blobs.delete(container, "a")
    assert found
    assert not await blobs.download(container, "a", found, tmp_path / "file", 10)
