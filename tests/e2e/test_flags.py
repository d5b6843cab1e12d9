"""Nothing is sent without permission: every state of the flag, on the running stack."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.hosts import host
from tests.e2e.machine import eventually
from tests.e2e.product import FLAG_AGE, Organization, Product, Simulated, wide_body

pytestmark = pytest.mark.stack


@pytest.fixture
def flagless(product: Product, deployment: Simulated) -> Organization:
    """With settings, without any flag."""
    made = product.organization()
    made.settings(deployment.settings)
    return made


@pytest.fixture
def default_flag(product: Product) -> Iterator[Any]:
    """Sets the default row of a flag that nothing else here uses, and takes it away again."""
    key = {"PartitionKey": "default", "RowKey": "RuleEngine"}

    def write(enabled: bool) -> None:
        product.flags.upsert_entity({**key, "Enabled": enabled, "Status": "Production"})

    yield write
    product.flags.delete_entity("default", "RuleEngine")


@pytest.fixture(scope="module")
def production(stack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with host(stack, tmp_path_factory.mktemp("production") / "host.log", ENVIRONMENT="production") as made:
        yield made


def refused(organization: Organization, deployment: Simulated) -> bool:
    """The mapping was refused for the flag, and neither deployment nor history heard of it."""
    answer = organization.map()
    assert (answer.status_code, answer.json()["code"]) == (403, "feature_disabled"), answer.text
    return deployment.log() == organization.prompts() == []


def test_a_missing_flag_is_off(flagless: Organization, deployment: Simulated) -> None:
    assert refused(flagless, deployment)
    assert flagless.get("/flags/AiMapping") == {
        "flag": "AiMapping", "enabled": False, "status": "", "source": "missing", "effective": False
    }  # fmt: skip


def test_a_flag_that_is_off_is_off(flagless: Organization, deployment: Simulated) -> None:
    flagless.flag(False)
    assert refused(flagless, deployment)


@pytest.mark.parametrize("enabled", ["true", 1, "True"])
def test_only_the_boolean_true_is_on(flagless: Organization, deployment: Simulated, enabled: object) -> None:
    row = {"PartitionKey": flagless.name, "RowKey": "AiMapping", "Enabled": enabled, "Status": "Production"}
    flagless.product.flags.upsert_entity(row)
    assert refused(flagless, deployment)


def test_another_features_flag_does_not_help(flagless: Organization, deployment: Simulated) -> None:
    flagless.flag(True, flag="RuleEngine")
    flagless.flag(True, flag="Copilot")
    assert refused(flagless, deployment)


def test_the_organizations_row_wins_over_the_default(flagless: Organization, default_flag: Any) -> None:
    default_flag(True)
    other = flagless.product.organization()
    other.flag(False, flag="RuleEngine")
    by_default, own = flagless.get("/flags/RuleEngine"), other.get("/flags/RuleEngine")
    assert (by_default["source"], by_default["effective"]) == ("default", True)
    assert (own["source"], own["effective"]) == ("organization", False)


def test_the_default_row_off_is_overruled_by_the_organizations(flagless: Organization, default_flag: Any) -> None:
    default_flag(False)
    flagless.flag(True, flag="RuleEngine")
    assert flagless.get("/flags/RuleEngine")["effective"] is True


@pytest.mark.parametrize("status", ["Development", "Alpha", "Beta", "ReleaseCandidate", "Deprecated", "", "Live"])
def test_in_production_only_status_production_is_on(production: Product, deployment: Simulated, status: str) -> None:
    organization = production.organization().allow(deployment)
    organization.flag(True, status)
    assert refused(organization, deployment)
    state = organization.get("/flags/AiMapping")
    assert (state["enabled"], state["effective"]) == (True, False)


def test_in_production_status_production_is_on(production: Product, deployment: Simulated) -> None:
    assert production.organization().allow(deployment).map().status_code == 200


def test_in_development_any_status_is_on(product: Product, deployment: Simulated) -> None:
    organization = product.organization().allow(deployment)
    organization.flag(True, "Development")
    assert organization.map().status_code == 200


def test_switched_off_between_two_prompts_nothing_more_is_sent(
    organization: Organization, deployment: Simulated
) -> None:
    """A mapping of 30 prompts, 8 at a time, is under way; after at most 3 seconds no further one leaves."""
    deployment.told(latencySeconds=1.6)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(organization.map, wide_body(30))
        deployment.wait_for(1)
        organization.flag(False)
        off = time.time()
        answer = running.result()
    assert (answer.status_code, answer.json()["code"]) == (403, "feature_disabled")
    late = [entry for entry in deployment.log() if _unix(entry["time"]) > off + FLAG_AGE + 0.2]
    assert late == []
    assert len(deployment.log()) < 30
    mapping_id = organization.prompts()[0]["mappingId"]
    assert organization.get(f"/mappings/{mapping_id}")["state"] == "refused"


def test_switched_off_while_it_waits_for_a_throttled_deployment(
    organization: Organization, deployment: Simulated
) -> None:
    """The flag is checked again after the wait, before the second try."""
    deployment.told({"kind": "throttled", "count": 1, "retryAfter": 4})
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(organization.map)
        deployment.wait_for(1)
        organization.flag(False)
        answer = running.result()
    assert answer.json()["code"] == "feature_disabled"
    assert deployment.statuses() == [429]
    assert organization.statuses() == ["throttled"]


def test_switched_on_it_works_within_seconds(flagless: Organization, deployment: Simulated) -> None:
    assert refused(flagless, deployment)
    flagless.flag(True)
    assert eventually(lambda: flagless.map().status_code == 200, FLAG_AGE + 1)


def test_a_change_over_http_counts_at_once_and_is_audited(flagless: Organization, stack: dict[str, Any]) -> None:
    from azure.data.tables import TableClient

    product = flagless.product
    assert flagless.map().status_code == 403
    change = {"enabled": True, "status": "Beta"}
    answer = flagless.request("PUT", "/flags/AiMapping", json=change, headers=product.admin)
    assert (answer.status_code, answer.json()["effective"]) == (200, True)
    assert flagless.map().status_code == 200
    with TableClient.from_connection_string(stack["storageConnectionString"], "FlagChanges") as changes:
        [row] = changes.query_entities("PartitionKey eq @name", parameters={"name": flagless.name})
    assert (row["Flag"], row["EnabledAfter"], row["StatusAfter"]) == ("AiMapping", True, "Beta")


@pytest.mark.parametrize("key", [None, "", "wrong", "x" * 5_000])
def test_a_change_without_the_admin_key_is_refused(flagless: Organization, key: str | None) -> None:
    headers = {} if key is None else {"x-admin-key": key}
    change = {"enabled": True, "status": "Production"}
    answer = flagless.request("PUT", "/flags/AiMapping", json=change, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "admin_required")
    assert flagless.get("/flags/AiMapping")["source"] == "missing"


def test_a_table_that_cannot_be_read_means_off(stack: dict[str, Any], deployment: Simulated, tmp_path: Any) -> None:
    elsewhere = stack["storageConnectionString"].replace(
        stack["storageEndpoints"]["table"], "http://127.0.0.1:1/devstoreaccount1"
    )
    with host(stack, tmp_path / "host.log", AzureWebJobsStorage=elsewhere) as product:
        answer = Organization(product, f"e2e-{uuid.uuid4().hex[:20]}").map()
    assert (answer.status_code, answer.json()["code"]) == (503, "flags_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert deployment.log() == []


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
