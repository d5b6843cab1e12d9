"""The stack the benchmarks run on: a simulated deployment, Azurite, the vault and identity stand-ins, SQLite.

STACK_JSON names one that is running (``make up DEPLOYMENT=simulated``); without it one is started and stopped again.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Stack:
    described: Mapping[str, Any]
    """stack.json."""

    @property
    def organization(self) -> str:
        return str(self.described["organization"])

    @property
    def deployment(self) -> Mapping[str, str]:
        return dict(self.described["deployment"])

    def app_settings(self) -> dict[str, str]:
        """The settings the stack gives to its own host."""
        found = self.described
        return {
            "AzureWebJobsStorage": found["storageConnectionString"],
            "KEY_VAULT_URL": found["vaultUrl"],
            "KEY_VAULT_VERIFY_CHALLENGE": "false",
            "DATABASE_URL": found["databaseUrl"],
            "ENVIRONMENT": "development",
            "ALLOW_LOOPBACK_DEPLOYMENTS": "true",
            "IDENTITY_ENDPOINT": found["identityEndpoint"],
            "IDENTITY_HEADER": found["identityHeader"],
            "SSL_CERT_FILE": found["caFile"],
            "REQUESTS_CA_BUNDLE": found["caFile"],
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def tell(self, **members: object) -> None:
        """Configure the simulated deployment and empty its log."""
        self._control("PUT", "config", members)
        self._control("DELETE", "log")

    def log(self) -> Mapping[str, Any]:
        return dict(json.loads(self._control("GET", "log")))

    def _control(self, method: str, what: str, body: object = None) -> bytes:
        url = self.deployment["baseUrl"].rstrip("/") + f"/simulated/{what}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=30) as answer:
            return bytes(answer.read())


@contextmanager
def running_stack(host: bool = True) -> Iterator[Stack]:
    """Raises SystemExit when the running one has no simulated deployment. ``host`` False: nothing takes from queues."""
    if "STACK_JSON" in os.environ:
        stack = Stack(json.loads(Path(os.environ["STACK_JSON"]).read_text()))
        if stack.deployment["kind"] != "simulated":
            raise SystemExit("the benchmarks need a stack with DEPLOYMENT=simulated")
        if not host and stack.described["pids"]["host"]:
            raise SystemExit("this benchmark needs a stack without a host (HOST=off)")
        yield stack
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = {**os.environ, "LOCAL_STATE": folder, "DEPLOYMENT": "simulated", **({} if host else {"HOST": "off"})}
        try:
            _local("up", env)
            yield Stack(json.loads((Path(folder) / "stack.json").read_text()))
        finally:
            _local("down", env)


def _local(command: str, env: Mapping[str, str]) -> None:
    arguments = [sys.executable, "-m", "local", command]
    done = subprocess.run(
        arguments, cwd=_ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=300
    )
    if done.returncode != 0:
        raise SystemExit(f"python -m local {command} failed:\n{done.stdout}")


def quiet_end() -> None:
    """The services live as long as their process; aiohttp's remarks about that at its end say nothing here."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
