from collections.abc import Iterator

import pytest

from shared import wiring
from tests.fakes.app import Stand


@pytest.fixture
def stand() -> Iterator[Stand]:
    """The app over services in memory; organization acme may ask for AI mappings, and the admin key is "open"."""
    made = Stand()
    made.allow("acme")
    made.secrets.values["admin-key"] = "open"
    wiring.use(made.services)
    yield made
    wiring.use(None)
