"""The running product as outsiders see it: HTTP, Key Vault, the flag table, and a deployment of one's own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from subprocess import PIPE
from typing import Any

import httpx2
from azure.core.credentials import AccessToken
from azure.data.tables import TableClient
from azure.keyvault.secrets import SecretClient

from local import processes
from local.simulated import Server
from local.simulated_config import Config, Keys
from local.state import CHECKOUT

SECRETS = {
    "baseUrl": "openai-base-url",
    "apiKey": "openai-api-key",
    "resourceKey": "openai-resource-key",
    "deploymentName": "openai-deployment-name",
    "apiVersion": "openai-api-version",
}
NAME = "gpt-e2e"
"""Every simulated deployment's name here."""
FLAG_AGE = 3.0
"""Seconds a flag may be believed: the promise."""


@dataclass
class Identity:
    """The identity endpoint as a credential, without touching this process's environment."""

    endpoint: str
    header: str

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        found = httpx2.get(
            self.endpoint,
            params={"resource": scopes[0].removesuffix("/.default"), "api-version": "2019-08-01"},
            headers={"X-IDENTITY-HEADER": self.header},
            trust_env=False,
        ).json()
        return AccessToken(found["access_token"], int(found["expires_on"]))


class Product:
    """One stack. Requests carry the function key unless told otherwise."""

    def __init__(self, stack: Mapping[str, Any]) -> None:
        self.stack = stack
        self.http = httpx2.Client(
            base_url=f"{stack['baseUrl']}/api",
            headers={"x-functions-key": stack["functionKey"]},
            timeout=240,
            trust_env=False,
            limits=httpx2.Limits(max_connections=200),
        )
        self.flags = TableClient.from_connection_string(stack["storageConnectionString"], "FeatureFlags")
        self.vault = SecretClient(
            stack["vaultUrl"],
            Identity(stack["identityEndpoint"], stack["identityHeader"]),
            verify_challenge_resource=False,
            connection_verify=stack["caFile"],
        )

    @property
    def admin(self) -> dict[str, str]:
        return {"x-admin-key": self.stack["adminKey"]}

    def organization(self, name: str | None = None) -> Organization:
        return Organization(self, name or f"e2e-{uuid.uuid4().hex[:20]}")

    def close(self) -> None:
        self.http.close()
        self.flags.close()
        self.vault.close()


@dataclass
class Organization:
    """One organization of the product, nobody else's."""

    product: Product
    name: str

    def allow(self, deployment: Simulated | Mapping[str, str | None]) -> Organization:
        """Switch AiMapping on and write the settings."""
        self.flag(True)
        self.settings(deployment.settings if isinstance(deployment, Simulated) else deployment)
        return self

    def flag(self, enabled: bool, status: str = "Production", flag: str = "AiMapping") -> None:
        row = {"PartitionKey": self.name, "RowKey": flag, "Enabled": enabled, "Status": status}
        self.product.flags.upsert_entity(row)

    def settings(self, values: Mapping[str, str | None]) -> None:
        """None takes a setting away."""
        for setting, value in values.items():
            secret = f"{self.name}--{SECRETS[setting]}"
            if value is None:
                self.product.vault.begin_delete_secret(secret)
            else:
                self.product.vault.set_secret(secret, value)

    def request(self, method: str, path: str, **more: Any) -> httpx2.Response:
        return self.product.http.request(method, f"/organizations/{self.name}{path}", **more)

    def map(self, body: Mapping[str, Any] | None = None, **headers: str) -> httpx2.Response:
        return self.request("POST", "/mappings", json=body or mapping_body(), headers=headers)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.request("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def prompts(self, **params: Any) -> list[dict[str, Any]]:
        """Every attempt, the oldest first."""
        items: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            page = self.get("/prompts", **params, **({"continuationToken": token} if token else {}))
            items += page["items"]
            token = page["continuationToken"]
            if token is None:
                return items[::-1]

    def statuses(self) -> list[str]:
        """Of every attempt, the oldest first."""
        return [item["status"] for item in self.prompts()]

    def messages(self) -> list[list[dict[str, str]]]:
        """What the history says was sent, the oldest first."""
        return [self.get(f"/prompts/{item['attemptId']}")["messages"] for item in self.prompts()]


@dataclass
class Simulated:
    """A simulated deployment for one test module, so that nobody else's requests are in its log."""

    url: str
    settings: dict[str, str | None]
    http: httpx2.Client = field(repr=False)

    def told(self, *faults: Mapping[str, Any], **config: Any) -> None:
        """These faults from now on, and no others; other members of the configuration as given."""
        answer = self.http.put(f"{self.url}/simulated/config", json={**config, "faults": list(faults)})
        assert answer.status_code == 200, answer.text

    def log(self) -> list[dict[str, Any]]:
        """Every chat request since the last reset, the oldest first."""
        return list(self.http.get(f"{self.url}/simulated/log").json()["requests"])

    def reset(self) -> None:
        """As it was at the start, with an empty log."""
        keys = {"apiKey": self.settings["apiKey"], "resourceKey": self.settings["resourceKey"]}
        self.told(latencySeconds=0, quota={}, keys=keys, keepBodies=False, arrayItems=1, contextTokens=1_047_576)
        self.http.delete(f"{self.url}/simulated/log")

    def statuses(self) -> list[int | None]:
        return [entry["status"] for entry in self.log()]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many requests have come."""
        deadline = time.monotonic() + seconds
        while len(self.log()) < count:
            assert time.monotonic() < deadline, f"{len(self.log())} of {count} requests came"
            time.sleep(0.05)


@contextmanager
def simulated() -> Iterator[Simulated]:
    """In a process of its own, on a free port."""
    api_key, resource_key, name = uuid.uuid4().hex, uuid.uuid4().hex, NAME
    keys = {"SIMULATED_API_KEY": api_key, "SIMULATED_RESOURCE_KEY": resource_key, "SIMULATED_DEPLOYMENT": name}
    command = [sys.executable, "-m", "local.simulated", "--port", "0"]
    child = processes.spawn(command, env={**os.environ, **keys}, cwd=CHECKOUT, stdout=PIPE)
    try:
        assert child.process.stdout
        port = json.loads(child.process.stdout.readline())["port"]
        with httpx2.Client(trust_env=False) as http:
            yield _simulated(port, api_key, resource_key, http)
    finally:
        processes.stop([child])


@contextmanager
def simulated_at_once(count: int) -> Iterator[list[Simulated]]:
    """Many, on a thread of this process: cheaper than as many processes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers: list[Server] = []

    def done(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    async def start(keys: Keys) -> int:
        servers.append(Server(Config(keys=keys, deployment=NAME)))
        return await servers[-1].start(0)

    try:
        with httpx2.Client(trust_env=False, timeout=30) as http:
            made = [Keys(api_key=uuid.uuid4().hex, resource_key=uuid.uuid4().hex) for _ in range(count)]
            yield [_simulated(done(start(keys)), keys.api_key, keys.resource_key, http) for keys in made]
    finally:
        for server in servers:
            done(server.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _simulated(port: int, api_key: str, resource_key: str, http: httpx2.Client) -> Simulated:
    url = f"http://127.0.0.1:{port}"
    settings = {"baseUrl": url, "apiKey": api_key, "resourceKey": resource_key, "deploymentName": NAME}
    return Simulated(url, dict(settings), http)


VOCABULARY: dict[str, Any] = {
    "name": "Customer",
    "keyPrefix": "customer",
    "businessDomain": "/Customer",
    "keys": [
        {"key": f"customer.{name}", "dataType": kind, "description": text}
        for name, kind, text in (
            ("customerNumber", "Identifier", "Number of the customer"),
            ("firstName", "PersonName", "Given name"),
            ("lastName", "PersonName", "Family name"),
            ("email", "Email", "Main e-mail address"),
            ("mobile", "PhoneNumber", "Mobile phone"),
            ("city", "GeographyCity", "Town"),
            ("createdDate", "DateTime", "When the record was created"),
            ("notes", "Text", "Remarks"),
        )
    ],
}
FIELDS = ("Cust No", "FName", "LName", "E-mail", "Mobile", "Town")


def mapping_body(
    fields: Sequence[str] = FIELDS, *, records: Sequence[Mapping[str, Any]] | None = None, **options: Any
) -> dict[str, Any]:
    """A small mapping request: one prompt."""
    data: dict[str, Any] = {"fields": [{"name": name} for name in fields]} if records is None else {"records": records}
    return {"dataSet": {"name": "crm", **data}, "vocabularies": [VOCABULARY], "options": options}


def wide_body(prompts: int) -> dict[str, Any]:
    """A mapping of so many prompts (30 fields each)."""
    return mapping_body([f"column {number} town" for number in range(prompts * 30)])
