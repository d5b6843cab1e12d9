"""A second functions host beside the stack's own, with other app settings: same storage, vault and database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from local import processes
from local.processes import Port
from local.stack import environment
from local.state import CHECKOUT
from tests.e2e.product import Product


@contextmanager
def host(stack: Mapping[str, Any], log: Path, **settings: str) -> Iterator[Product]:
    """The product on a host of its own; ``settings`` beside or instead of the stack's app settings."""
    port = Port()
    env = environment({**_app_settings(stack), **settings})
    command = [sys.executable, "-m", "local.host", "--port", str(port.number)]
    child = processes.spawn(command, env=env, cwd=CHECKOUT, log=log)
    product = Product({**stack, "baseUrl": f"http://127.0.0.1:{port.number}"})
    try:
        assert processes.wait_until(lambda: _answers(product) or not child.running(), 60), log.read_text()
        assert child.running(), log.read_text()
        yield product
    finally:
        product.close()
        processes.stop([child])
        port.release()


def _app_settings(stack: Mapping[str, Any]) -> dict[str, str]:
    return {
        "AzureWebJobsStorage": stack["storageConnectionString"],
        "KEY_VAULT_URL": stack["vaultUrl"],
        "KEY_VAULT_VERIFY_CHALLENGE": "false",
        "DATABASE_URL": stack["databaseUrl"],
        "ENVIRONMENT": "development",
        "ALLOW_LOOPBACK_DEPLOYMENTS": "true",
        "IDENTITY_ENDPOINT": stack["identityEndpoint"],
        "IDENTITY_HEADER": stack["identityHeader"],
        "SSL_CERT_FILE": stack["caFile"],
        "REQUESTS_CA_BUNDLE": stack["caFile"],
        "FUNCTION_KEY": stack["functionKey"],
        "LOCAL_HOST_DRAIN_SECONDS": "1",
    }


def _answers(product: Product) -> bool:
    try:
        return product.http.get("/health").status_code in (200, 503)
    except httpx2.TransportError:
        return False
