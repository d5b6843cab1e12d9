"""What every answer has, whatever the route."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import azure.functions as func
import pytest

from functions.http import Answer, Call, endpoint, no_content, ok
from functions.operations import OPERATIONS, Operation
from functions.problems import STATUS, Fault
from shared import errors, wiring
from shared.errors import ProductError, Violation
from shared.settings import ConfigurationError
from tests.fakes.app import Stand, call, functions


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Operations made up in a test are taken out of the document again."""
    functions()
    before = dict(OPERATIONS)
    yield
    OPERATIONS.clear()
    OPERATIONS.update(before)


async def answer(
    outcome: Answer | Exception, headers: dict[str, str] | None = None, organization: str = "acme"
) -> func.HttpResponse:
    """The response of a function whose handler returns or raises this."""

    @endpoint(Operation(method="GET", path="organizations/{org}/x", name="x", summary="", successes=()))
    async def x(call: Call) -> Answer:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return await x(func.HttpRequest("GET", "/api/x", headers=headers, route_params={"org": organization}, body=b""))


def all_errors(kind: type[ProductError] = ProductError) -> list[type[ProductError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in all_errors(child))]


CODED = [kind for kind in all_errors() if getattr(kind, "code", None)]


async def test_a_correlation_id_is_echoed() -> None:
    response = await answer(no_content(), {"X-Correlation-Id": "abc 123 ~"})
    assert response.headers["x-correlation-id"] == "abc 123 ~"


@pytest.mark.parametrize("given", ["", "x" * 129, "a\tb", "ключ", "a\r\nset-cookie: x"])
async def test_an_unusable_correlation_id_is_replaced(given: str) -> None:
    made = (await answer(no_content(), {"x-correlation-id": given})).headers["x-correlation-id"]
    assert len(made) == 36
    assert made != given


async def test_a_correlation_id_of_128_characters_is_kept() -> None:
    assert (await answer(no_content(), {"x-correlation-id": "x" * 128})).headers["x-correlation-id"] == "x" * 128


async def test_a_problem_carries_the_correlation_id_in_header_and_body() -> None:
    response = await answer(errors.NotFound("gone"), {"x-correlation-id": "abc"})
    assert response.headers["x-correlation-id"] == "abc"
    assert json.loads(response.get_body()) == {
        "type": "urn:cluedin-ai:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "gone",
        "code": "not_found",
        "correlationId": "abc",
    }


@pytest.mark.parametrize("kind", CODED, ids=lambda kind: kind.__name__)
async def test_every_error_has_its_status(kind: type[ProductError]) -> None:
    response = await answer(kind("what happened"))
    assert response.status_code == STATUS[kind.code]
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid_request", 400),
        ("invalid_organization", 400),
        ("feature_disabled", 403),
        ("admin_disabled", 403),
        ("admin_required", 403),
        ("not_found", 404),
        ("settings_missing", 409),
        ("idempotency_conflict", 409),
        ("too_large", 413),
        ("unsupported_media_type", 415),
        ("content_filtered", 422),
        ("deployment_throttled", 429),
        ("deployment_unauthorized", 502),
        ("deployment_not_found", 502),
        ("deployment_forbidden", 502),
        ("unusable_answer", 502),
        ("deployment_unavailable", 503),
        ("history_unavailable", 503),
        ("flags_unavailable", 503),
        ("deployment_timeout", 504),
    ],
)
def test_statuses_are_those_of_the_interface(code: str, status: int) -> None:
    assert STATUS[code] == status


@pytest.mark.parametrize(
    ("error", "header"),
    [
        (errors.DeploymentThrottled("wait", retry_after=0.2), "1"),
        (errors.DeploymentThrottled("wait", retry_after=17.1), "18"),
        (errors.DeploymentThrottled("wait", retry_after=1e12), "86400"),
        (errors.DeploymentThrottled("wait"), "5"),
        (errors.FlagsUnavailable("away"), "5"),
        (errors.HistoryUnavailable("away"), "5"),
        (errors.DeploymentUnavailable("away"), "5"),
        (errors.StorageUnavailable("away"), "5"),
        (errors.DeploymentTimeout("late"), None),
        (errors.NotFound("gone"), None),
    ],
)
async def test_retry_after_is_in_whole_seconds(error: ProductError, header: str | None) -> None:
    assert (await answer(error)).headers.get("retry-after") == header


async def test_a_problem_names_the_setting_and_the_members_to_fix() -> None:
    error = errors.DeploymentNotFound(
        "no such deployment", setting="deploymentName", violations=(Violation("/a", "b"),)
    )
    body = json.loads((await answer(error)).get_body())
    assert body["setting"] == "deploymentName"
    assert body["errors"] == [{"pointer": "/a", "message": "b"}]


async def test_an_unknown_error_is_answered_with_a_fixed_text_and_logged_without_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await answer(RuntimeError("key sk-123 in row Anna"), {"x-correlation-id": "abc"})
    body = json.loads(response.get_body())
    assert (response.status_code, body["code"]) == (500, "internal_error")
    logged = next(record for record in caplog.records if record.message == "http.unexpected")
    assert logged.__dict__["correlationId"] == "abc"
    assert logged.__dict__["error"] == "RuntimeError"
    assert "sk-123" not in response.get_body().decode()
    assert not any("sk-123" in str(record.__dict__) for record in caplog.records)


async def test_a_missing_app_setting_is_named_in_the_log_only(caplog: pytest.LogCaptureFixture) -> None:
    response = await answer(ConfigurationError("KEY_VAULT_URL is missing"))
    assert (response.status_code, json.loads(response.get_body())["code"]) == (500, "configuration_error")
    assert b"KEY_VAULT_URL" not in response.get_body()
    assert any(record.__dict__.get("reason") == "KEY_VAULT_URL is missing" for record in caplog.records)


async def test_each_answer_is_logged_with_its_status_and_no_foreign_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await answer(no_content(), organization="no\nsuch")
    logged = next(record for record in caplog.records if record.message == "http.answered")
    assert (logged.__dict__["status"], logged.__dict__["organization"]) == (400, "")


async def test_answers_are_not_to_be_stored_by_caches() -> None:
    response = await answer(ok(Fault(pointer="/a", message="b")))
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'APPLICATION/JSON; charset="UTF-8"',
        "application/ld+json",
        "",
    ],
)
async def test_json_by_any_of_its_names_is_taken(stand: Stand, content_type: str) -> None:
    taken = await call("PUT", "/organizations/acme/vocabularies", b"[]", headers={"content-type": content_type})
    assert taken.status == 202


async def test_a_byte_order_mark_is_ignored(stand: Stand) -> None:
    assert (await call("PUT", "/organizations/acme/vocabularies", b"\xef\xbb\xbf[]")).status == 202


async def test_the_functions_key_in_the_query_is_no_unknown_parameter(stand: Stand) -> None:
    assert (await call("GET", "/organizations/acme/prompts", params={"code": "k", "clientId": "c"})).status == 200


async def test_broken_json_is_told_with_its_place(stand: Stand) -> None:
    body = (await call("PUT", "/organizations/acme/vocabularies", b"[\n  {oops")).json
    assert "line 2, column 4" in body["detail"]


async def test_at_most_50_faults_are_told(stand: Stand) -> None:
    body = (await call("PUT", "/organizations/acme/vocabularies", [1] * 500)).json
    assert len(body["errors"]) == 50


async def test_without_settings_the_app_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, no replacement: every route answers, none hangs or leaks."""
    wiring.use(None)
    for name in ("AzureWebJobsStorage", "AzureWebJobsStorage__accountName", "KEY_VAULT_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert (await call("GET", "/organizations/acme/flags")).json["code"] == "configuration_error"
    assert (await call("GET", "/health")).json == {"status": "degraded", "dependencies": {"configuration": False}}
