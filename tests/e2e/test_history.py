"""Every prompt is kept: also while SQL is away, and if it can be kept nowhere it is not sent."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hosts import host
from tests.e2e.machine import eventually
from tests.e2e.product import Organization, Product, Simulated, wide_body

pytestmark = pytest.mark.stack

NOWHERE = "http://127.0.0.1:1/devstoreaccount1"
PATIENCE = 60


def without_queues(stack: dict[str, Any]) -> str:
    """The connection string with a queue service where none answers."""
    return str(stack["storageConnectionString"]).replace(stack["storageEndpoints"]["queue"], NOWHERE)


def test_while_sql_is_away_mappings_are_answered_and_the_rows_arrive_later(
    stack: dict[str, Any], product: Product, deployment: Simulated, tmp_path: Path
) -> None:
    """A host whose database cannot be opened; the stack's own host drains the outbox."""
    away = f"sqlite:///{tmp_path}/no/such/folder/history.db"
    organization = product.organization().allow(deployment)
    with host(stack, tmp_path / "host.log", DATABASE_URL=away) as other:
        answers = [Organization(other, organization.name).map() for _ in range(2)]
        listed = Organization(other, organization.name).request("GET", "/prompts")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (listed.status_code, listed.json()["code"]) == (503, "history_unavailable")
    assert int(listed.headers["retry-after"]) >= 1
    assert eventually(lambda: organization.statuses() == ["succeeded", "succeeded"], PATIENCE)
    told = [prompt_id for answer in answers for prompt_id in answer.json()["promptIds"]]
    assert [item["attemptId"] for item in organization.prompts()] == told
    assert len(deployment.log()) == 2


def test_while_sql_is_locked_mappings_are_answered_and_the_rows_arrive_later(
    stack: dict[str, Any], organization: Organization, deployment: Simulated
) -> None:
    lock = sqlite3.connect(stack["databaseUrl"].removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        answer = organization.map()
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert answer.status_code == 200
    assert eventually(lambda: organization.statuses() == ["succeeded"], PATIENCE)
    assert len(deployment.log()) == 1


def test_with_sql_and_outbox_away_nothing_is_sent(
    stack: dict[str, Any], product: Product, deployment: Simulated, tmp_path: Path
) -> None:
    organization = product.organization().allow(deployment)
    away = f"sqlite:///{tmp_path}/no/such/folder/history.db"
    with host(stack, tmp_path / "host.log", DATABASE_URL=away, AzureWebJobsStorage=without_queues(stack)) as other:
        answer = Organization(other, organization.name).map()
    assert (answer.status_code, answer.json()["code"]) == (503, "history_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert deployment.log() == []


def test_with_the_outbox_away_sql_is_enough(
    stack: dict[str, Any], product: Product, deployment: Simulated, tmp_path: Path
) -> None:
    organization = product.organization().allow(deployment)
    with host(stack, tmp_path / "host.log", AzureWebJobsStorage=without_queues(stack)) as other:
        assert Organization(other, organization.name).map().status_code == 200
    assert organization.statuses() == ["succeeded"]


def test_an_attempt_is_there_before_its_answer(organization: Organization, deployment: Simulated) -> None:
    deployment.told(latencySeconds=1.5)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(organization.map)
        deployment.wait_for(1)
        while_it_runs = organization.statuses()
        running.result()
    assert while_it_runs == ["pending"]
    assert organization.statuses() == ["succeeded"]


def test_pages_are_whole_and_in_order(organization: Organization) -> None:
    """Each attempt once, the newest first, whatever the page's size."""
    organization.map(wide_body(7))
    whole = [item["attemptId"] for item in organization.prompts()]
    assert len(set(whole)) == 7
    for top in (1, 2, 3, 7, 200):
        assert [item["attemptId"] for item in organization.prompts(top=top)] == whole


def test_one_attempt_shows_what_was_sent_and_answered(organization: Organization, deployment: Simulated) -> None:
    deployment.told({"kind": "throttled", "count": 1, "retryAfter": 0.1}, keepBodies=True)
    organization.map()
    [first, second] = organization.prompts()
    found = organization.get(f"/prompts/{second['attemptId']}")
    assert found["messages"] == json.loads(deployment.log()[1]["body"])["messages"]
    assert isinstance(json.loads(found["response"]), dict)
    assert [each["status"] for each in found["tries"]] == ["throttled", "succeeded"]
    assert [each["attemptId"] for each in found["tries"]] == [first["attemptId"], second["attemptId"]]
    assert (found["finishReason"], found["model"]) == ("stop", "gpt-4.1-mini-2025-04-14")


def test_filters(organization: Organization, deployment: Simulated) -> None:
    deployment.told({"kind": "server_error", "count": 1})
    mapping = organization.map(**{"x-correlation-id": "find me ~ 100%"}).json()
    organization.map()
    assert len(organization.prompts(correlationId="find me ~ 100%")) == 2
    assert len(organization.prompts(mappingId=mapping["mappingId"])) == 2
    assert [item["status"] for item in organization.prompts(status="failed")] == ["failed"]
    assert organization.prompts(feature="Copilot") == []
    newest = organization.prompts()[-1]["createdAt"]
    assert len(organization.prompts(**{"from": newest})) == 1
    assert len(organization.prompts(to=newest)) == 2


def test_the_database_holds_each_attempt_once(stack: dict[str, Any], organization: Organization) -> None:
    """Read directly: one attempt row and one outcome row each."""
    organization.map(wide_body(3))
    path = stack["databaseUrl"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        counts = [
            connection.execute(f"SELECT COUNT(*) FROM {table} WHERE organization = ?", (organization.name,)).fetchone()
            for table in ("prompt_attempts", "prompt_outcomes")
        ]
    assert counts == [(3,), (3,)]
