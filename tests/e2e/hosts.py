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
from local.state import CHECKOUT
from tests.e2e.product import Product


@contextmanager
def host(stack: Mapping[str, Any], log: Path, **settings: str) -> Iterator[Product]:
    """The product on a host of its own; ``settings`` beside or instead of the stack's app settings."""
    port = Port()
    env = {**_app_settings(stack), **settings}
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
    """Those of the stack's own host: while both run, either may take a message from a queue."""
    environ = Path(f"/proc/{stack['pids']['host']}/environ").read_text()
    settings = dict(line.partition("=")[::2] for line in environ.split("\0") if line)
    return {**settings, "LOCAL_HOST_DRAIN_SECONDS": "1"}


def _answers(product: Product) -> bool:
    try:
        return product.http.get("/health").status_code in (200, 503)
    except httpx2.TransportError:
        return False
