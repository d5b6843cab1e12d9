"""The product on the running stack, and a simulated deployment of each module's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.hosts import host
from tests.e2e.product import Organization, Product, Simulated, simulated


@pytest.fixture(scope="session")
def product(stack: dict[str, Any]) -> Iterator[Product]:
    made = Product(stack)
    yield made
    made.close()


@pytest.fixture(scope="module")
def module_deployment() -> Iterator[Simulated]:
    with simulated() as made:
        yield made


@pytest.fixture
def deployment(module_deployment: Simulated) -> Simulated:
    """With an empty log and no fault."""
    module_deployment.reset()
    return module_deployment


@pytest.fixture
def organization(product: Product, deployment: Simulated) -> Organization:
    """A new one with flag and settings, on the module's deployment."""
    return product.organization().allow(deployment)


@pytest.fixture(scope="module")
def impatient(stack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with short deadlines: 3 s for a prompt, 10 s for a request."""
    log = tmp_path_factory.mktemp("impatient") / "host.log"
    with host(stack, log, PROMPT_TIMEOUT_SECONDS="3", HTTP_DEADLINE_SECONDS="10") as made:
        yield made
