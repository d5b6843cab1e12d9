"""The simulated deployment on a real loopback port, and the real SDK's clients before it."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from local.simulated import Server
from local.simulated_config import Config, Keys

Clients = tuple[AsyncOpenAI, AsyncAzureOpenAI]


class Simulated:
    """A running server, its control API and both clients of the SDK, without retries and redirects."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx2.AsyncClient(timeout=10)
        self.v1 = AsyncOpenAI(
            base_url=self.url + "/openai/v1/",
            api_key="first-key",
            max_retries=0,
            timeout=5,
            http_client=httpx2.AsyncClient(follow_redirects=False, timeout=5),
        )
        self.dated = AsyncAzureOpenAI(
            azure_endpoint=self.url, api_version="2024-10-21", api_key="first-key", max_retries=0, timeout=5
        )

    async def tell(self, **members: object) -> None:
        answer = await self.http.put(self.url + "/simulated/config", json=members)
        assert answer.status_code == 200, answer.text

    async def fault(self, kind: str, **members: object) -> None:
        await self.tell(faults=[{"kind": kind, **members}])

    async def log(self) -> list[dict[str, object]]:
        return (await self.http.get(self.url + "/simulated/log")).json()["requests"]

    async def close(self) -> None:
        await self.v1.close()
        await self.dated.close()
        await self.http.aclose()


@pytest.fixture
async def simulated() -> AsyncIterator[Simulated]:
    server = Server(Config(keys=Keys(api_key="first-key", resource_key="second-key"), deployment="gpt"))
    running = Simulated(await server.start(0))
    yield running
    await running.close()
    await server.stop()
