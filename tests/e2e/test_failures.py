"""On the running stack: what fails for good is found over HTTP with its cause, and callbacks reach a receiver."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from azure.storage.blob import BlobServiceClient

from shared.adapters.storage_queues import StorageQueues
from tests.e2e.product import Organization, Product

pytestmark = pytest.mark.stack

PATIENCE_S = 60


@asynccontextmanager
async def queues(stack: Mapping[str, Any]) -> AsyncIterator[StorageQueues]:
    made = StorageQueues.connect(stack["storageConnectionString"])
    yield made
    await made.close()


async def failures(organization: Organization, count: int) -> list[dict[str, Any]]:
    """All of them, once there are so many."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await asyncio.to_thread(organization.request, "GET", "/failures")
            found: list[dict[str, Any]] = answer.json()["items"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.3)


async def replay(organization: Organization, failure_id: str) -> int:
    path = f"/failures/{failure_id}/replay"
    admin = organization.product.admin
    return (await asyncio.to_thread(organization.request, "POST", path, headers=admin)).status_code


async def test_poison_becomes_a_failure_that_is_replayed_once(stack: dict[str, Any], product: Product) -> None:
    """A message that no version of the app wrote: tried, buried, drained, replayed, and failed again."""
    organization = product.organization()
    async with queues(stack) as made:
        await made.put("mapping-jobs", {"organizationId": organization.name, "what": 1})
    (first,) = await failures(organization, 1)
    assert (first["queue"], first["code"], first["replayable"]) == ("mapping-jobs", "unreadable_message", True)
    assert [await replay(organization, first["id"]) for _ in range(3)] == [202] * 3
    again = await failures(organization, 2)
    assert [(item["id"] == first["id"], item["replayable"]) for item in again] == [(False, True), (True, False)]
    await asyncio.sleep(3)
    assert len(await failures(organization, 2)) == 2


@asynccontextmanager
async def receiver(stack: Mapping[str, Any], statuses: list[int]) -> AsyncIterator[tuple[str, list[Any]]]:
    """A https server that answers one status after the other, the last one for good; its address, what it was sent."""
    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((dict(request.headers), await request.read()))
        return web.Response(status=statuses.pop(0) if len(statuses) > 1 else statuses[0])

    app = web.Application()
    app.router.add_post("/done", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.load_cert_chain(Path(stack["caFile"]).with_name("server.pem"))
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate)
    await site.start()
    assert site._server
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    yield f"https://127.0.0.1:{port}/done", seen
    await runner.cleanup()


def signed_by(key: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The check that docs/operation.md shows."""
    parts = dict(part.split("=", 1) for part in headers["x-cluedin-signature"].split(","))
    expected = hmac.new(key.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(parts["v1"], expected) and abs(time.time() - int(parts["t"])) < 300


async def test_a_callback_is_repeated_until_it_is_taken_and_its_signature_verifies(stack: dict[str, Any]) -> None:
    organization = stack["organization"]
    async with queues(stack) as made, receiver(stack, [503, 200]) as (url, seen):
        body = {"mappingId": "m1", "organizationId": organization, "state": "succeeded"}
        await made.put("callbacks", {"organizationId": organization, "id": "m1", "url": url, "body": body})
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < 2:
                await asyncio.sleep(0.2)
    assert all(signed_by(stack["callbackKey"], headers, sent) for headers, sent in seen)
    assert {(headers["x-cluedin-id"], sent) for headers, sent in seen} == {("m1", seen[0][1])}
    assert not signed_by("another key", *seen[0])


async def test_a_missing_file_is_told_and_mapped_by_its_replay(stack: dict[str, Any], product: Product) -> None:
    """Message → failure with its cause → the file is put there → replay → mapping; the receiver hears both ends."""
    organization = product.organization()
    product.vault.set_secret(f"{organization.name}--callback-key", "k3y")
    blob = f"{organization.name}/crm/customers.csv"
    async with queues(stack) as made, receiver(stack, [204]) as (url, seen):
        message = {
            "organizationId": organization.name,
            "dataSet": {"id": "crm", "name": "CRM"},
            "source": {"container": "drops", "blob": blob},
            "options": {"engine": "auto"},
            "callbackUrl": url,
        }
        await made.put("data-drops", message)
        (failure,) = await failures(organization, 1)
        assert (failure["kind"], failure["code"], failure["replayable"]) == ("drop", "blob_not_found", True)
        with BlobServiceClient.from_connection_string(stack["storageConnectionString"]) as service:
            service.get_blob_client("drops", blob).upload_blob(b"Id,Email\n1,a@example.com\n2,b@example.com\n")
        assert await replay(organization, failure["id"]) == 202
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < 2:
                await asyncio.sleep(0.2)
    bodies = [json.loads(body) for _, body in seen]
    assert [(told["state"], told["error"] and told["error"]["code"]) for told in bodies] == [
        ("failed", "blob_not_found"),
        ("succeeded", None),
    ]
    assert all(signed_by("k3y", headers, body) for headers, body in seen)
    mapping = await asyncio.to_thread(organization.request, "GET", f"/mappings/{bodies[1]['mappingId']}")
    assert mapping.json()["state"] == "succeeded"


async def test_a_callback_to_a_host_nobody_allowed_is_a_failure(stack: dict[str, Any], product: Product) -> None:
    organization = product.organization()
    async with queues(stack) as made:
        message = {"organizationId": organization.name, "id": "m1", "url": "https://example.com/", "body": {}}
        await made.put("callbacks", message)
    (failure,) = await failures(organization, 1)
    assert (failure["kind"], failure["code"]) == ("callback", "callback_refused")
