"""The app as the platform indexes it, and the document made from it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.operations import OPERATIONS
from functions.problems import STATUS
from tests.fakes.app import call, indexed

ROOT = Path(__file__).parents[2]


def http_functions() -> list[tuple[str, str, str, str]]:
    """Name, method, route and auth level of every HTTP function."""
    found = []
    for function in indexed():
        trigger = function.get_trigger()
        if trigger.type == "httpTrigger":
            level = str(trigger.auth_level.value)
            found += [(function.get_function_name(), str(m.value), trigger.route, level) for m in trigger.methods]
    return found


async def document() -> dict[str, Any]:
    answer = await call("GET", "/openapi.json")
    assert answer.status == 200
    return answer.json


def refs(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(refs(child) for child in node.values()))
    return set().union(*(refs(child) for child in node)) if isinstance(node, list) else set()


def test_function_names_are_unique() -> None:
    names = [function.get_function_name() for function in indexed()]
    assert len(names) == len(set(names))


def test_every_http_function_is_its_operation() -> None:
    """Name, method, route and auth level: the document cannot say anything else than the app does."""
    declared = {(o.name, o.method, o.path, "anonymous" if o.anonymous else "function") for o in OPERATIONS.values()}
    assert set(http_functions()) == declared


def test_only_health_is_anonymous() -> None:
    assert [route for _, _, route, level in http_functions() if level == "anonymous"] == ["health"]


def test_the_decorator_stands_below_the_route() -> None:
    """Above it, it would be bypassed without a word."""
    for path in (ROOT / "functions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef) and "bp.route" in map(_name, node.decorator_list):
                assert [_name(d) for d in node.decorator_list] == ["bp.route", "endpoint"], f"{path.name}: {node.name}"


def _name(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)


def test_every_handler_takes_req_as_the_worker_binds_it() -> None:
    import inspect
    import typing

    import azure.functions

    for function in indexed():
        if function.get_trigger().type == "httpTrigger":
            parameters = inspect.signature(function.get_user_function()).parameters
            assert list(parameters) == ["req", "context"]
            hints = typing.get_type_hints(function.get_user_function())
            assert hints["context"] is azure.functions.Context


async def test_the_document_names_every_route_and_method() -> None:
    described = {(path, method.upper()) for path, methods in (await document())["paths"].items() for method in methods}
    assert described == {(f"/{route}", method) for _, method, route, _ in http_functions()}


async def test_the_document_is_openapi_3_1_and_all_its_references_resolve() -> None:
    described = await document()
    assert described["openapi"] == "3.1.0"
    names = {ref.removeprefix("#/components/schemas/") for ref in refs(described)}
    assert names <= described["components"]["schemas"].keys()
    assert names


async def test_path_parameters_are_described() -> None:
    for path, methods in (await document())["paths"].items():
        for operation in methods.values():
            given = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert given == set(re.findall(r"\{(\w+)\}", path))


async def test_every_answer_is_described_with_its_headers_and_problems() -> None:
    for path, methods in (await document())["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if status == "401":
                    continue
                assert "x-correlation-id" in answer["headers"]
                assert ("Retry-After" in answer["headers"]) == (status in ("429", "503"))
                if int(status) >= 400 and path != "/health":
                    codes = answer["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"][
                        "enum"
                    ]
                    assert {STATUS[code] for code in codes} == {int(status)}


async def test_requests_are_described_by_their_models() -> None:
    paths = (await document())["paths"]
    body = paths["/organizations/{org}/mappings"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/MappingRequest"}
    listed = paths["/organizations/{org}/vocabularies"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert listed == {"type": "array", "items": {"$ref": "#/components/schemas/Vocabulary"}}
    parameters = {p["name"] for p in paths["/organizations/{org}/prompts"]["get"]["parameters"] if p["in"] == "query"}
    assert parameters == {
        "feature", "status", "from", "to", "correlationId", "mappingId", "top", "continuationToken",
    }  # fmt: skip


async def test_admin_and_idempotency_headers_are_described() -> None:
    verify = (await document())["paths"]["/organizations/{org}/settings/verify"]["post"]
    headers = {p["name"]: p["required"] for p in verify["parameters"] if p["in"] == "header"}
    assert headers["x-admin-key"] is True
    assert headers["Idempotency-Key"] is False


async def test_the_docs_page_holds_the_document_and_loads_nothing() -> None:
    answer = await call("GET", "/docs")
    page = answer.content.decode()
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r'(src|href)="(https?:)?//', page)
    embedded = re.search(r'<script type="application/json" id="document">(.*?)</script>', page, re.DOTALL)
    assert embedded
    assert json.loads(embedded[1]) == await document()


async def test_the_docs_page_may_run_its_own_script_only() -> None:
    import base64
    import hashlib

    answer = await call("GET", "/docs")
    scripts = re.findall(r"<script>(.*?)</script>", answer.content.decode(), re.DOTALL)
    (digest,) = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert f"script-src 'sha256-{digest}';" in answer.headers["content-security-policy"]


HEAVY = ["openai", "sqlalchemy", "azure.core", "azure.data", "azure.storage", "rapidfuzz", "opentelemetry"]


@pytest.mark.parametrize("package", HEAVY)
def test_importing_the_app_loads_no_heavy_package(package: str) -> None:
    code = f"import sys, function_app; sys.exit({package!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
