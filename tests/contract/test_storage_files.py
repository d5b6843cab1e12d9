"""One suite for the fake files and the real ones (Azurite, where STACK_JSON names a running stack)."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from shared.storage import Blobs, Files
from tests.fakes.storage import FakeBlobs

ANY = "application/octet-stream"


class Storage(Blobs, Files, Protocol):
    """Both views of the same blobs."""


@pytest.fixture(params=["fake", "azurite"])
async def storage(request: pytest.FixtureRequest) -> AsyncIterator[Storage]:
    if request.param == "fake":
        yield FakeBlobs()
        return
    stack = os.environ.get("STACK_JSON")
    if not stack:
        pytest.skip("STACK_JSON names no running stack")
    from shared.adapters.storage_blobs import StorageBlobs

    made = StorageBlobs.connect(json.loads(Path(stack).read_text())["storageConnectionString"])
    yield made
    await made.close()


@pytest.fixture
def container() -> str:
    return f"contract-{uuid.uuid4().hex[:16]}"


async def test_a_version_is_the_etag_and_the_size(storage: Storage, container: str) -> None:
    assert await storage.version(container, "a") is None
    etag = await storage.put(container, "a", b"12345", ANY)
    found = await storage.version(container, "a")
    assert found
    assert (found.etag, found.size) == (etag, 5)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 1_000])
async def test_a_file_is_fetched_whole_in_parts(storage: Storage, container: str, tmp_path: Path, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    await storage.put(container, "ä b/c.csv", content, ANY)
    found = await storage.version(container, "ä b/c.csv")
    assert found
    assert await storage.download(container, "ä b/c.csv", found, tmp_path / "file", 10)
    assert (tmp_path / "file").read_bytes() == content


async def test_another_version_is_not_fetched(storage: Storage, container: str, tmp_path: Path) -> None:
    await storage.put(container, "a", b"one", ANY)
    found = await storage.version(container, "a")
    await storage.put(container, "a", b"two", ANY)
    assert found
    assert not await storage.download(container, "a", found, tmp_path / "file", 10)


async def test_what_has_gone_is_not_fetched(storage: Storage, container: str, tmp_path: Path) -> None:
    await storage.put(container, "a", b"one", ANY)
    found = await storage.version(container, "a")
    await storage.delete(container, "a")
    assert found
    assert not await storage.download(container, "a", found, tmp_path / "file", 10)
