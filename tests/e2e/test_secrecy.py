"""What leaves, and where anything is kept: canaries in keys and cells, searched for in every place there is."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables import TableClient

from tests.e2e.machine import eventually
from tests.e2e.product import Organization, Product, Simulated, mapping_body

pytestmark = pytest.mark.stack

MAY_HOLD_KEYS = {"vault.json", "stack.json"}
ROWS = 40


def canary() -> str:
    return uuid.uuid4().hex


def cells(number: int, mark: str) -> dict[str, Any]:
    """A row in which every value can be recognized."""
    return {
        "Cust No": f"{mark}{number:05}",
        "FName": f"Zoe{mark[:6]}",
        "E-mail": f"{mark[6:12]}.{number}@{mark[:8]}.example",
        "Mobile": f"+4479{int(mark[:6], 16) % 10**8:08}{number:02}",
        "Birthday": f"19{40 + number}-07-{10 + number % 20}",
        "Balance": 7_000_000 + int(mark[:4], 16) + number / 4,
        "Remarks": f"met at {mark} on a {number}th of May",
        "Nested": {"inner": [mark, number]},
    }


def values(rows: list[dict[str, Any]]) -> set[str]:
    """Every value as text, and the distinctive parts of it."""
    found = set()
    for row in rows:
        for name, value in row.items():
            found |= {str(each) for each in (value["inner"][:1] if name == "Nested" else [value])}
    return found


@pytest.fixture
def mark() -> str:
    return canary()


@pytest.fixture
def rows(mark: str) -> list[dict[str, Any]]:
    return [cells(number, mark) for number in range(ROWS)]


def policy(organization: Organization, value: str) -> None:
    connection = organization.product.stack["storageConnectionString"]
    with TableClient.from_connection_string(connection, "OrganizationSettings") as table:
        table.upsert_entity({"PartitionKey": organization.name, "RowKey": "samples", "Value": value})


def bodies(deployment: Simulated) -> str:
    return "\n".join(entry["body"] for entry in deployment.log())


@pytest.mark.parametrize("policy_of_request", ["masked", "none"])
def test_no_original_value_leaves_when_samples_are_masked_or_none(
    organization: Organization, deployment: Simulated, rows: list[dict[str, Any]], mark: str, policy_of_request: str
) -> None:
    deployment.told(keepBodies=True)
    answer = organization.map(mapping_body(records=rows, samples=policy_of_request))
    sent = bodies(deployment)
    assert answer.status_code == 200
    assert [value for value in values(rows) if value in sent] == []
    assert mark[:6] not in sent
    assert ("9999" in sent) == (policy_of_request == "masked")
    assert all(name in sent for name in rows[0])


def test_with_fields_no_sample_leaves_when_masked(organization: Organization, deployment: Simulated, mark: str) -> None:
    deployment.told(keepBodies=True)
    body = mapping_body(samples="masked")
    for field in body["dataSet"]["fields"]:
        field["samples"] = [f"{mark} of {field['name']}", "x@" + mark]
    assert organization.map(body).status_code == 200
    assert mark not in bodies(deployment)


def test_full_samples_leave_only_a_few_values(
    organization: Organization, deployment: Simulated, rows: list[dict[str, Any]]
) -> None:
    deployment.told(keepBodies=True)
    organization.map(mapping_body(records=rows, samples="full"))
    sent = bodies(deployment)
    emails = [row["E-mail"] for row in rows if row["E-mail"] in sent]
    assert 1 <= len(emails) <= 3


@pytest.mark.parametrize(
    ("own", "asked"), [("none", "full"), ("none", "masked"), ("masked", "full"), ("gibberish", "full")]
)
def test_a_request_may_not_ask_for_more_than_the_organization_allows(
    organization: Organization, deployment: Simulated, rows: list[dict[str, Any]], own: str, asked: str
) -> None:
    deployment.told(keepBodies=True)
    policy(organization, own)
    answer = organization.map(mapping_body(records=rows, samples=asked))
    sent = bodies(deployment)
    assert [value for value in values(rows) if value in sent] == []
    assert "samples_limited" in [warning["code"] for warning in answer.json()["warnings"]]


def test_the_organizations_policy_holds_where_the_request_says_nothing(
    organization: Organization, deployment: Simulated, rows: list[dict[str, Any]]
) -> None:
    deployment.told(keepBodies=True)
    policy(organization, "masked")
    organization.map(mapping_body(records=rows))
    assert [value for value in values(rows) if value in bodies(deployment)] == []


class Places:
    """Everything the stack has written: logs, database, what Azurite keeps."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._folder = Path(stack["logs"]).parent

    def holding(self, text: str) -> set[str]:
        """The names of files that hold it, under the stack's folder."""
        wanted = text.encode()
        return {str(path.relative_to(self._folder)) for path, content in self._files() if wanted in content}

    def _files(self) -> Iterator[tuple[Path, bytes]]:
        for path in self._folder.rglob("*"):
            if path.is_file() and path.name not in MAY_HOLD_KEYS:
                yield path, path.read_bytes()


@pytest.fixture
def places(stack: dict[str, Any]) -> Places:
    return Places(stack)


@pytest.fixture
def disturbed(product: Product, deployment: Simulated) -> list[str]:
    """Everything that can go wrong has, with keys of these; → all answers."""
    said = []
    keys = {name: deployment.settings[name] for name in ("apiKey", "resourceKey")}
    spoiled: list[dict[str, str | None]] = [
        {},
        {"apiKey": canary()},
        {"deploymentName": "nowhere"},
        {"baseUrl": f"https://user:{keys['apiKey']}@x.openai.azure.com"},
        {"baseUrl": f"https://{keys['apiKey']}.example.com/{keys['resourceKey']}"},
        {"baseUrl": str(keys["apiKey"])},
        {"baseUrl": f"{deployment.url}/openai/v1?api-key={keys['apiKey']}"},
        {"deploymentName": keys["resourceKey"]},
        {"apiVersion": keys["apiKey"]},
        {"apiKey": f"{keys['apiKey']}\r\nx-injected: 1"},
    ]
    for change in spoiled:
        organization = product.organization().allow({**deployment.settings, **change})
        for fault in ("unauthorized", "server_error", "content_filter", "not_json"):
            deployment.told({"kind": fault, "count": 1})
            said.append(organization.map().text)
        said.append(organization.request("POST", "/settings/verify", json={}, headers=product.admin).text)
        said.append(organization.request("GET", "/settings").text)
        said += [organization.request("GET", f"/prompts/{each['attemptId']}").text for each in organization.prompts()]
    said.append(product.http.get("/health").text)
    said.append(product.http.get("/openapi.json").text)
    return said


def test_keys_are_nowhere_but_in_key_vault(
    product: Product, deployment: Simulated, disturbed: list[str], places: Places
) -> None:
    by_query = f"/organizations/nobody/flags?code={product.stack['functionKey']}"
    product.http.get(by_query, headers={"x-functions-key": ""})
    keys = [deployment.settings["apiKey"], deployment.settings["resourceKey"], product.stack["adminKey"]]
    for key in filter(None, [*keys, product.stack["functionKey"]]):
        assert [answer for answer in disturbed if key in answer] == []
        assert places.holding(key) == set()


def test_cells_are_nowhere_but_in_history_bodies_and_the_kept_mapping(
    stack: dict[str, Any], organization: Organization, rows: list[dict[str, Any]], mark: str, places: Places
) -> None:
    """The key column's values: three in the prompt's body, some in the mapping's preview; never in a log or a queue."""
    body = mapping_body(records=rows)
    answer = organization.map(body, **{"idempotency-key": mark})
    assert answer.status_code == 200
    assert eventually(lambda: any("azurite_db_table" in name for name in places.holding(mark)), 30)
    found = places.holding(mark)
    allowed = ("data/history.db", "data/history.db-wal", "data/table/", "data/blob/__blobstorage__/")
    assert [name for name in found if not name.startswith(allowed)] == []
    path = stack["databaseUrl"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        holding = {
            table for table in tables if any(mark in str(row) for row in connection.execute(f"SELECT * FROM {table}"))
        }
    assert holding == {"prompt_bodies"}


def test_masked_cells_are_not_even_in_the_history(
    stack: dict[str, Any], organization: Organization, rows: list[dict[str, Any]], mark: str
) -> None:
    organization.map(mapping_body(records=rows, samples="masked"))
    assert mark not in str(organization.messages())


def test_a_forgotten_mapping_is_gone(organization: Organization, rows: list[dict[str, Any]]) -> None:
    mapping_id = organization.map(mapping_body(records=rows)).json()["mappingId"]
    assert organization.get(f"/mappings/{mapping_id}")["state"] == "succeeded"
    assert organization.request("DELETE", f"/mappings/{mapping_id}").status_code == 204
    assert organization.request("GET", f"/mappings/{mapping_id}").status_code == 404
    assert organization.request("DELETE", f"/mappings/{mapping_id}").status_code == 404


def test_an_error_repeats_no_cell(organization: Organization, mark: str) -> None:
    """Bad input is told by its place, not by its content."""
    row = {"a": mark, mark: "x" * 10}
    for body in (
        {**mapping_body(records=[row]), "options": {"engine": mark}},
        mapping_body(records=[{"a": [mark]}, mark]),
        {**mapping_body(records=[row]), "vocabularies": [{"name": mark}]},
    ):
        answer = organization.map(body)
        assert answer.status_code == 400
        assert mark not in answer.text
