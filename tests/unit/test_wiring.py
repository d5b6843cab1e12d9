"""Everything is built from the settings alone: nothing is connected, and nothing is missing."""

from __future__ import annotations

import dataclasses

import pytest

from shared import wiring
from shared.wiring import services
from tests.fakes.app import ENVIRONMENT


async def test_every_service_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    wiring._build.cache_clear()
    try:
        built = services()
        assert all(getattr(built, field.name) is not None for field in dataclasses.fields(built))
    finally:
        await built.queues.close()
        await built.blobs.close()
        wiring._build.cache_clear()
