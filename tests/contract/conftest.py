"""What several contract suites run on."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from tests.fakes.storage import FakeBlobs
from tests.running import BlobStorage, connection_string


@pytest.fixture(params=["fake", "azurite"])
async def blobs(request: pytest.FixtureRequest) -> AsyncIterator[BlobStorage]:
    if request.param == "fake":
        yield FakeBlobs()
        return
    from shared.adapters.storage_blobs import StorageBlobs

    made = StorageBlobs.connect(connection_string())
    yield made
    await made.close()


@pytest.fixture
def container() -> str:
    """A container that does not exist yet."""
    return f"contract-{uuid.uuid4().hex[:16]}"
