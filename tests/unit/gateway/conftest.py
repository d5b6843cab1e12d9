"""The gateway's tests run on virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from shared.gateway import attempts
from tests.fakes.clock import VirtualLoop
from tests.fakes.deployment import World


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], VirtualLoop]]:
    return {"virtual": VirtualLoop}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    yield World()
    await attempts.settled()
