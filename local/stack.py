"""What the stack consists of: its processes, how each is started and how it is known to answer."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from local import azurite
from local.certificates import Certificates, issue
from local.deployments import Deployment
from local.processes import Port
from local.state import State

ORGANIZATION = "acme"
NAMES = ("host", "blob", "queue", "table", "vault", "identity", "deployment")


@dataclass(frozen=True)
class Service:
    """One process: what it runs, what it is told by environment, and a URL that answers once it is there."""

    name: str
    command: list[str]
    env: dict[str, str]
    url: str
    ends_on: int = signal.SIGTERM
    bearer: str = ""
    """Where given, it is sent, and only status 200 counts; else any answer does."""


@dataclass(frozen=True)
class Stack:
    state: State
    deployment: Deployment
    certificates: Certificates
    ports: dict[str, Port]
    function_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    admin_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    callback_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    identity_header: str = field(default_factory=lambda: secrets.token_hex(16))
    token_key: str = field(default_factory=lambda: secrets.token_hex(32))

    def numbers(self) -> dict[str, int]:
        return {name: port.number for name, port in self.ports.items()}

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['host'].number}"

    @property
    def vault_url(self) -> str:
        return f"https://127.0.0.1:{self.ports['vault'].number}"

    @property
    def identity_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['identity'].number}/msi/token"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.state.data / 'history.db'}"

    def app_settings(self) -> dict[str, str]:
        """What an administrator would set on the function app, and the local stack's own allowances."""
        ca = str(self.certificates.ca_file)
        return {
            "AzureWebJobsStorage": azurite.connection_string(self.numbers()),
            "KEY_VAULT_URL": self.vault_url,
            "KEY_VAULT_VERIFY_CHALLENGE": "false",
            "DATABASE_URL": self.database_url,
            "ENVIRONMENT": "development",
            "ALLOW_LOOPBACK_DEPLOYMENTS": "true",
            "ALLOWED_DEPLOYMENT_HOSTS": self.deployment.host,
            "ALLOWED_CALLBACK_HOSTS": "127.0.0.1,localhost",
            "IDENTITY_ENDPOINT": self.identity_endpoint,
            "IDENTITY_HEADER": self.identity_header,
            "SSL_CERT_FILE": ca,
            "REQUESTS_CA_BUNDLE": ca,
            "FUNCTION_KEY": self.function_key,
        }

    def storage(self) -> list[Service]:
        return [self._storage(service) for service in azurite.SERVICES]

    def _storage(self, service: str) -> Service:
        port, folder = self.ports[service].number, self.state.data / service
        command = azurite.command(service, port, folder)
        return Service(service, command, {}, f"http://127.0.0.1:{port}/", ends_on=signal.SIGINT)

    def vault(self) -> Service:
        env = {
            "VAULT_FILE": str(self.state.data / "vault.json"),
            "VAULT_CERTIFICATE": str(self.certificates.server_file),
            "VAULT_URL": self.vault_url,
            "TOKEN_KEY": self.token_key,
        }
        return Service("vault", self._module("vault"), env, self.vault_url)

    def identity(self) -> Service:
        env = {"IDENTITY_HEADER": self.identity_header, "TOKEN_KEY": self.token_key}
        return Service("identity", self._module("identity"), env, self.identity_endpoint)

    def host(self, extra: Mapping[str, str]) -> Service:
        env = {**self.app_settings(), **extra}
        return Service("host", self._module("host"), env, f"{self.base_url}/api/health")

    def local_deployment(self, model_file: Path | None) -> Service | None:
        """The deployment's own process; None where there is none."""
        if not self.deployment.local:
            return None
        port, made = self.ports["deployment"].number, self.deployment
        if made.kind == "simulated":
            env = {
                "SIMULATED_API_KEY": made.api_key,
                "SIMULATED_RESOURCE_KEY": made.resource_key,
                "SIMULATED_DEPLOYMENT": made.name,
            }
            return Service("deployment", self._module("simulated", "deployment"), env, f"http://127.0.0.1:{port}/")
        env = {"MODEL_API_KEYS": f"{made.api_key},{made.resource_key}", "MODEL_ALIAS": made.name}
        command = [*self._module("model", "deployment"), "--file", str(model_file)]
        url = f"http://127.0.0.1:{port}/openai/health"
        return Service("deployment", command, env, url, bearer=made.api_key)

    def _module(self, module: str, port: str | None = None) -> list[str]:
        return [sys.executable, "-m", f"local.{module}", "--port", str(self.ports[port or module].number)]

    def description(self, pids: Mapping[str, int]) -> dict[str, object]:
        """What stack.json says."""
        made = self.deployment
        settings = {
            "baseUrl": made.base_url or None,
            "apiKey": made.api_key or None,
            "resourceKey": made.resource_key or None,
            "deploymentName": made.name or None,
        }
        return {
            "baseUrl": self.base_url,
            "functionKey": self.function_key,
            "adminKey": self.admin_key,
            "callbackKey": self.callback_key,
            "organization": ORGANIZATION,
            "storageConnectionString": azurite.connection_string(self.numbers()),
            "storageEndpoints": azurite.endpoints(self.numbers()),
            "vaultUrl": self.vault_url,
            "caFile": str(self.certificates.ca_file),
            "identityEndpoint": self.identity_endpoint,
            "identityHeader": self.identity_header,
            "databaseUrl": self.database_url,
            "deployment": {"kind": made.kind, **settings},
            "pids": {name: pids.get(name) for name in NAMES},
            "logs": str(self.state.logs),
        }


def plan(state: State, deployment: Deployment) -> Stack:
    """Choose ports and keys and make the folders and certificates; nothing is started."""
    state.make()
    for service in azurite.SERVICES:
        (state.data / service).mkdir(exist_ok=True)
    ports = {name: Port() for name in NAMES}
    if deployment.local:
        deployment = replace(deployment, base_url=f"http://127.0.0.1:{ports['deployment'].number}/")
    return Stack(state, deployment, issue(state.folder), ports)


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what would lead the app elsewhere, and with `env`."""
    elsewhere = ("AZURE_", "IDENTITY_", "MSI_", "OPENAI_", "MAKE", "MFLAGS", "AzureWebJobs")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    direct = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1", "localhost")))
    return {**kept, "NO_PROXY": direct, "no_proxy": direct, "PYTHONUNBUFFERED": "1", **env}
