"""An organization's own embedding deployment, on the running stack: asked under the promises of a prompt."""

from __future__ import annotations

import pytest

from tests.e2e.product import NAME, Organization, Product, Simulated, mapping_body

pytestmark = pytest.mark.stack
EMBEDDING = "simulated-embedding"


@pytest.fixture
def organization(product: Product, deployment: Simulated) -> Organization:
    made = product.organization().allow(deployment)
    product.vault.set_secret(f"{made.name}--openai-embedding-deployment-name", EMBEDDING)
    return made


def test_names_are_embedded_and_kept_in_the_history_as_prompts_are(
    organization: Organization, deployment: Simulated
) -> None:
    deployment.reset()
    body = mapping_body(("Zzyxu", "Qqufo"), vocabulary="customer")
    mapping = organization.map(body).json()
    asked = organization.prompts()
    assert [item["deployment"] for item in asked] == [EMBEDDING, EMBEDDING, *[NAME] * (len(asked) - 2)]
    assert [item["attemptId"] for item in asked] == mapping["promptIds"]
    assert [entry["deployment"] for entry in deployment.log()] == [item["deployment"] for item in asked]
    texts = [message["content"] for message in organization.get(f"/prompts/{asked[1]['attemptId']}")["messages"]]
    assert texts == ["qqufo", "zzyxu"]
    again = organization.map(body).json()
    assert again["usage"]["prompts"] < mapping["usage"]["prompts"]


def test_a_deployment_that_is_not_there_names_the_setting(product: Product, deployment: Simulated) -> None:
    organization = product.organization().allow(deployment)
    product.vault.set_secret(f"{organization.name}--openai-embedding-deployment-name", "nowhere")
    answer = organization.map()
    assert (answer.status_code, answer.json()["code"], answer.json()["setting"]) == (
        502, "deployment_not_found", "embeddingDeploymentName",
    )  # fmt: skip
    assert organization.map(mapping_body(engine="auto")).status_code == 200
