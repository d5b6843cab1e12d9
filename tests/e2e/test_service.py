"""Health, the OpenAPI document and the docs page of the running product."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hosts import host
from tests.e2e.product import Organization, Product, mapping_body

pytestmark = pytest.mark.stack

NOWHERE = "http://127.0.0.1:1/devstoreaccount1"


@pytest.fixture(scope="module")
def document(product: Product) -> dict[str, Any]:
    answer = product.http.get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def test_health_is_200_for_anybody_and_says_names_only(product: Product) -> None:
    answer = product.http.get("/health", headers={"x-functions-key": ""})
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()) == {"status", "dependencies"}
    assert set(answer.json()["dependencies"].values()) == {True}


@pytest.mark.parametrize(
    ("dependency", "settings"),
    [
        ("history", {"DATABASE_URL": "sqlite:////no/such/folder/history.db"}),
        ("keyVault", {"KEY_VAULT_URL": "https://127.0.0.1:1"}),
        ("storage", {"blob": NOWHERE}),
        ("flags", {"table": NOWHERE}),
    ],
)
def test_health_is_503_and_names_what_is_away(
    stack: dict[str, Any], tmp_path: Path, dependency: str, settings: dict[str, str]
) -> None:
    connection = stack["storageConnectionString"]
    for service, elsewhere in settings.items():
        connection = connection.replace(stack["storageEndpoints"].get(service, "\0"), elsewhere)
    changed = {name: value for name, value in settings.items() if name.isupper()}
    with host(stack, tmp_path / "host.log", **{"AzureWebJobsStorage": connection, **changed}) as product:
        answer = product.http.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert answer.json()["dependencies"][dependency] is False
    assert "127.0.0.1" not in answer.text


def test_an_app_setting_that_is_missing_is_no_secret_spilt(stack: dict[str, Any], tmp_path: Path) -> None:
    with host(stack, tmp_path / "host.log", PRICES="{not json") as product:
        health = product.http.get("/health")
        answer = product.organization().request("GET", "/flags")
    assert (health.status_code, health.json()["dependencies"]) == (503, {"configuration": False})
    assert (answer.status_code, answer.json()["code"]) == (500, "configuration_error")
    assert "not json" not in answer.text


def test_every_documented_operation_is_served(product: Product, document: dict[str, Any]) -> None:
    """Called with values that name nothing, none answers with the host's empty 404."""
    values = {"org": product.organization().name, "flag": "AiMapping", "keyPrefix": "nothing"}
    called = 0
    for path, operations in document["paths"].items():
        concrete = re.sub(
            r"\{(\w+)\}", lambda found: values.get(found[1], "00000000-0000-0000-0000-000000000000"), path
        )
        for method in operations:
            answer = product.http.request(method.upper(), concrete.removeprefix("/api"))
            called += 1
            assert answer.content or answer.status_code == 204, (method, path)
            assert answer.status_code < 500, (method, path, answer.text)
            assert str(answer.status_code) in operations[method]["responses"], (method, path, answer.status_code)
    assert document["openapi"].startswith("3.1")
    assert called >= 18


def test_every_answer_seen_fits_the_document(organization: Organization, document: dict[str, Any]) -> None:
    """Members of real answers are those of the document's schemas, and the required ones are there."""
    organization.map()
    mapping = organization.map(mapping_body(explain=True)).json()
    prefix = "/api/organizations/{org}"
    seen = {
        f"{prefix}/mappings": ("post", 200, mapping),
        f"{prefix}/mappings/{{mappingId}}": ("get", 200, organization.get(f"/mappings/{mapping['mappingId']}")),
        f"{prefix}/prompts": ("get", 200, organization.get("/prompts")),
        f"{prefix}/prompts/{{attemptId}}": ("get", 200, organization.get(f"/prompts/{mapping['promptIds'][0]}")),
        f"{prefix}/flags": ("get", 200, organization.get("/flags")),
        f"{prefix}/settings": ("get", 200, organization.get("/settings")),
        f"{prefix}/vocabularies": ("get", 200, organization.get("/vocabularies")),
    }
    paths = {path if path.startswith("/api") else f"/api{path}": each for path, each in document["paths"].items()}
    for path, (method, status, answer) in seen.items():
        schema = paths[path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
        assert misfits(answer, schema, document) == [], path


def misfits(value: object, schema: dict[str, Any], document: dict[str, Any], at: str = "") -> list[str]:
    """Where an answer has a member the schema does not know, or lacks one it requires."""
    while "$ref" in schema:
        schema = resolved(schema["$ref"], document)
    if "anyOf" in schema:
        tried = [misfits(value, each, document, at) for each in schema["anyOf"]]
        return min(tried, key=len)
    kinds: dict[str, tuple[type, ...]] = {"object": (dict,), "array": (list,), "null": (type(None),), "string": (str,)}
    if not isinstance(value, kinds.get(schema.get("type", ""), (object,))):
        return [f"{at}: not {schema.get('type')}"]
    if isinstance(value, list):
        return [
            each
            for number, one in enumerate(value)
            for each in misfits(one, schema["items"], document, f"{at}/{number}")
        ]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    found = [f"{at}/{name}: unknown" for name in value if name not in schema["properties"]]
    found += [f"{at}/{name}: missing" for name in schema.get("required", []) if name not in value]
    for name, inner in schema["properties"].items():
        if name in value:
            found += misfits(value[name], inner, document, f"{at}/{name}")
    return found


def resolved(reference: str, document: dict[str, Any]) -> dict[str, Any]:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return dict(node)


def test_the_docs_page_runs_only_its_own_script(product: Product, document: dict[str, Any]) -> None:
    """Nothing is loaded from elsewhere, and the policy names the hashes of what is in the page."""
    answer = product.http.get("/docs")
    page, policy = answer.text, answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/html")
    [script] = re.findall(r"<script>(.*?)</script>", page, re.S)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.S)
    for text in (script, style):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"""(?:src|href)\s*=\s*["'](https?:)?//""", page) == []
    assert re.search(r"\son\w+\s*=", page.replace(script, "")) is None
    [embedded] = re.findall(r'<script type="application/json" id="document">(.*?)</script>', page, re.S)
    assert json.loads(embedded) == document


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/organizations/acme/flags"])
def test_all_but_health_needs_the_function_key(product: Product, path: str) -> None:
    answer = product.http.get(path, headers={"x-functions-key": ""})
    assert (answer.status_code, answer.content) == (401, b"")
    by_query = product.http.get(path, params={"code": product.stack["functionKey"]}, headers={"x-functions-key": ""})
    assert by_query.status_code == 200
