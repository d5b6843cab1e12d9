"""Azurite, Microsoft's storage emulator, as three processes.

Each runs its own ``main.js`` under node, without npm or a shell in between, so that its id is the server's. They are
ended by SIGINT: all three write their state on that; the table service has no SIGTERM handler and would lose it
(azurite 3.35, ``dist/src/table/main.js``). Current SDKs are ahead of it, hence ``--skipApiVersionCheck``; ``--loose``
lets headers it does not know pass.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from local.processes import Failed
from local.state import CHECKOUT

SERVICES = ("blob", "queue", "table")
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's own account, the same on every machine, as its documentation gives it: not a secret."""


def command(service: str, port: int, folder: Path) -> list[str]:
    """Raises Failed when node or Azurite is not installed."""
    main = CHECKOUT / "node_modules" / "azurite" / "dist" / "src" / service / "main.js"
    node = shutil.which("node")
    if node is None or not main.is_file():
        raise Failed("Azurite is not installed: run 'make setup' (it needs Node.js 20 or later)")
    where = [f"--{service}Host", "127.0.0.1", f"--{service}Port", str(port), "--location", str(folder)]
    return [node, str(main), *where, "--silent", "--loose", "--skipApiVersionCheck", "--disableTelemetry"]


def endpoints(ports: Mapping[str, int]) -> dict[str, str]:
    return {service: f"http://127.0.0.1:{ports[service]}/{ACCOUNT}" for service in SERVICES}


def connection_string(ports: Mapping[str, int]) -> str:
    urls = endpoints(ports)
    parts = ["DefaultEndpointsProtocol=http", f"AccountName={ACCOUNT}", f"AccountKey={KEY}"]
    return ";".join([*parts, *(f"{service.title()}Endpoint={urls[service]}" for service in SERVICES)])
