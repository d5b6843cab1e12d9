"""What tests replace is built for real here: every client, once, without reaching for anything outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import wiring
from tests.fakes.app import ENVIRONMENT


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    wiring._build.cache_clear()
    yield
    wiring._build.cache_clear()


async def test_all_services_are_built_and_only_once() -> None:
    assert wiring.services() is wiring.services()
