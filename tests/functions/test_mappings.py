"""Mappings over HTTP: suggested once, kept, read back, forgotten, and nobody else's."""

from __future__ import annotations

import asyncio
import copy
from typing import Any
from urllib.parse import quote

import pytest

from shared import errors
from shared.errors import ProductError
from tests.fakes.app import Answer, Stand, call

PATH = "/organizations/acme/mappings"
CUSTOMER: dict[str, Any] = {
    "name": "Customer",
    "keyPrefix": "customer",
    "businessDomain": "/Customer",
    "keys": [{"key": "customer.email", "dataType": "Email"}, {"key": "customer.city", "dataType": "GeographyCity"}],
}
RECORDS = [{"E-mail": f"anna{i}@example.com", "Town": "Aarhus", "Empty": ""} for i in range(20)]
REQUEST: dict[str, Any] = {"dataSet": {"name": "crm", "records": RECORDS}, "vocabularies": [CUSTOMER]}


def request(*, vocabularies: bool = True, **options: object) -> dict[str, Any]:
    body = copy.deepcopy(REQUEST) | {"options": options}
    return body if vocabularies else {name: value for name, value in body.items() if name != "vocabularies"}


def warnings(answer: Answer) -> set[str]:
    return {warning["code"] for warning in answer.json["warnings"]}


async def policy(stand: Stand, value: str) -> None:
    await stand.tables.put("OrganizationSettings", "acme", "samples", {"Value": value})


async def only_mapping(stand: Stand) -> dict[str, Any]:
    """The state of the only mapping there is, over HTTP."""
    ((_, organization, mapping_id),) = [key for key in stand.tables.rows if key[0] == "Mappings"]
    answer = await call("GET", f"/organizations/{organization}/mappings/{mapping_id}")
    assert answer.status == 200
    return answer.json


async def test_a_mapping_has_every_member_and_every_field_in_order(stand: Stand) -> None:
    answer = await call("POST", PATH, REQUEST)
    assert answer.status == 200
    assert set(answer.json) == {
        "mappingId", "organizationId", "dataSet", "engine", "businessDomain", "vocabulary", "origin", "codes",
        "entityName", "createdDate", "modifiedDate", "relationships", "properties", "annotation", "warnings",
        "promptIds", "usage",
    }  # fmt: skip
    assert [each["field"] for each in answer.json["properties"]] == ["E-mail", "Town", "Empty"]
    assert answer.json["organizationId"] == "acme"
    assert answer.json["promptIds"]


async def test_the_gateway_is_told_on_whose_behalf(stand: Stand) -> None:
    answer = await call("POST", PATH, REQUEST, headers={"x-correlation-id": "abc"})
    callers = {(c.organization, c.correlation_id, c.mapping_id, c.history_feature) for c, _ in stand.gateway.asked}
    assert callers == {("acme", "abc", answer.json["mappingId"], "AiMapping")}


async def test_auto_sends_no_prompt_and_needs_neither_flag_nor_settings(stand: Stand) -> None:
    stand.flag_table.rows.clear()
    stand.secrets.values.clear()
    answer = await call("POST", PATH, request(engine="auto"))
    assert answer.status == 200
    assert (answer.json["promptIds"], answer.json["usage"]["prompts"], stand.gateway.asked) == ([], 0, [])


async def test_without_the_flag_nothing_is_sent_or_kept(stand: Stand) -> None:
    stand.flag_table.rows.clear()
    answer = await call("POST", PATH, REQUEST)
    assert (answer.status, answer.json["code"]) == (403, "feature_disabled")
    assert stand.is_empty()


async def test_missing_settings_are_named(stand: Stand) -> None:
    del stand.secrets.values["acme--openai-resource-key"]
    answer = await call("POST", PATH, REQUEST)
    assert (answer.status, answer.json["code"]) == (409, "settings_missing")
    assert "resourceKey" in answer.json["detail"]
    assert stand.is_empty()


async def test_a_mapping_reads_back_as_it_was_answered(stand: Stand) -> None:
    mapping = (await call("POST", PATH, REQUEST)).json
    state = (await call("GET", f"{PATH}/{mapping['mappingId'].upper()}")).json
    assert list(state) == [
        "mappingId", "organizationId", "state", "createdAt", "updatedAt", "progress", "result", "error",
    ]  # fmt: skip
    assert (state["state"], state["result"], state["error"]) == ("succeeded", mapping, None)
    assert state["progress"] == {"fields": 3, "done": 3}
    assert state["createdAt"].endswith("Z")


async def test_another_organization_neither_reads_nor_forgets_it(stand: Stand) -> None:
    mapping = (await call("POST", PATH, REQUEST)).json
    theirs = f"/organizations/other/mappings/{mapping['mappingId']}"
    assert (await call("GET", theirs)).status == 404
    assert (await call("DELETE", theirs)).status == 404
    assert (await call("GET", f"{PATH}/{mapping['mappingId']}")).status == 200


async def test_a_forgotten_mapping_is_gone(stand: Stand) -> None:
    one = f"{PATH}/{(await call('POST', PATH, REQUEST)).json['mappingId']}"
    gone = await call("DELETE", one)
    assert (gone.status, gone.content) == (204, b"")
    assert (await call("GET", one)).status == 404
    assert (await call("DELETE", one)).status == 404


@pytest.mark.parametrize(
    ("error", "status", "state"),
    [
        (errors.DeploymentUnauthorized("Both keys were refused.", setting="apiKey"), 502, "failed"),
        (errors.DeploymentThrottled("Wait.", retry_after=7), 429, "failed"),
        (errors.DeploymentTimeout("Too slow."), 504, "failed"),
        (errors.HistoryUnavailable("Away."), 503, "failed"),
        (errors.FeatureDisabled("Switched off meanwhile."), 403, "refused"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ProductError) else None,
)
async def test_a_mapping_that_fails_after_it_started_is_kept_with_its_cause(
    stand: Stand, error: ProductError, status: int, state: str
) -> None:
    stand.gateway.fails = error
    answer = await call("POST", PATH, REQUEST, headers={"x-correlation-id": "abc"})
    assert (answer.status, answer.json["code"]) == (status, error.code)
    kept = await only_mapping(stand)
    assert (kept["state"], kept["result"], kept["error"]) == (state, None, answer.json)


async def test_a_defect_is_kept_without_its_text(stand: Stand) -> None:
    stand.gateway.fails = RuntimeError("key sk-123")
    answer = await call("POST", PATH, REQUEST)
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    kept = await only_mapping(stand)
    assert (kept["state"], kept["error"]["code"]) == ("failed", "internal_error")
    assert "sk-123" not in str(kept)


async def test_an_answer_that_cannot_be_kept_is_given_with_a_warning(stand: Stand) -> None:
    """Its prompts are paid for."""
    stand.tables.broken.add("Mappings")
    answer = await call("POST", PATH, REQUEST)
    assert answer.status == 200
    assert "mapping_not_kept" in warnings(answer)


async def test_the_cause_is_told_even_if_it_cannot_be_kept(stand: Stand) -> None:
    stand.tables.broken.add("Mappings")
    stand.gateway.fails = errors.DeploymentTimeout("Too slow.")
    assert (await call("POST", PATH, REQUEST)).json["code"] == "deployment_timeout"


async def test_without_vocabularies_the_stored_catalogue_is_used(stand: Stand) -> None:
    await call("PUT", "/organizations/acme/vocabularies", [CUSTOMER])
    answer = await call("POST", PATH, request(vocabularies=False, engine="auto", vocabulary="customer"))
    assert answer.json["vocabulary"]["keyPrefix"] == "customer"
    assert "no_catalogue" not in warnings(answer)


async def test_without_any_vocabulary_a_new_one_is_proposed(stand: Stand) -> None:
    answer = await call("POST", PATH, request(vocabularies=False, engine="auto"))
    assert (answer.status, answer.json["vocabulary"]["status"]) == (200, "New")
    assert "no_catalogue" in warnings(answer)


async def test_another_organizations_catalogue_is_not_used(stand: Stand) -> None:
    await call("PUT", "/organizations/other/vocabularies", [CUSTOMER])
    assert "no_catalogue" in warnings(await call("POST", PATH, request(vocabularies=False, engine="auto")))


@pytest.mark.parametrize(
    ("allowed", "asked", "leaves", "limited"),
    [
        ("full", None, True, False),
        ("full", "masked", False, False),
        ("full", "none", False, False),
        ("masked", None, False, False),
        ("masked", "full", False, True),
        ("none", "masked", False, True),
        ("none", "none", False, False),
    ],
)
async def test_a_request_may_ask_for_less_and_never_for_more(
    stand: Stand, allowed: str, asked: str | None, leaves: bool, limited: bool
) -> None:
    await policy(stand, allowed)
    answer = await call("POST", PATH, request(**({"samples": asked} if asked else {})))
    assert answer.status == 200
    sent = "\n".join(text for _, text in stand.gateway.asked)
    assert sent
    assert ("anna0@example.com" in sent) == leaves
    assert ("samples_limited" in warnings(answer)) == limited


async def test_the_same_key_and_body_is_asked_once(stand: Stand) -> None:
    key = {"idempotency-key": "k"}
    first = await call("POST", PATH, REQUEST, headers={**key, "x-correlation-id": "one"})
    prompts = len(stand.gateway.asked)
    again = await call("POST", PATH, REQUEST, headers={**key, "x-correlation-id": "two"})
    assert (again.status, again.content) == (200, first.content)
    assert (again.headers["idempotency-replayed"], again.headers["x-correlation-id"]) == ("true", "two")
    assert len(stand.gateway.asked) == prompts


async def test_the_same_key_at_once_is_asked_once(stand: Stand) -> None:
    answers = await asyncio.gather(*(call("POST", PATH, REQUEST, headers={"idempotency-key": "k"}) for _ in range(5)))
    assert len({answer.content for answer in answers}) == 1
    assert len([key for key in stand.tables.rows if key[0] == "Mappings"]) == 1


async def test_the_same_key_with_another_body_is_a_conflict(stand: Stand) -> None:
    key = {"idempotency-key": "k"}
    await call("POST", PATH, REQUEST, headers=key)
    answer = await call("POST", PATH, request(candidates=1), headers=key)
    assert (answer.status, answer.json["code"]) == (409, "idempotency_conflict")


async def test_another_organization_may_use_the_same_key(stand: Stand) -> None:
    stand.allow("other")
    key = {"idempotency-key": "k"}
    await call("POST", PATH, REQUEST, headers=key)
    answer = await call("POST", "/organizations/other/mappings", REQUEST, headers=key)
    assert (answer.status, answer.json["organizationId"]) == (200, "other")


@pytest.mark.parametrize("error", [errors.DeploymentThrottled("Wait."), errors.DeploymentUnavailable("Away.")])
async def test_a_failure_that_may_pass_frees_the_key(stand: Stand, error: ProductError) -> None:
    key = {"idempotency-key": "k"}
    stand.gateway.fails = error
    assert (await call("POST", PATH, REQUEST, headers=key)).status in (429, 503)
    stand.gateway.fails = None
    assert (await call("POST", PATH, REQUEST, headers=key)).status == 200


async def test_a_refusal_that_an_administrator_may_mend_frees_the_key(stand: Stand) -> None:
    key = {"idempotency-key": "k"}
    row = stand.flag_table.rows.pop(("acme", "AiMapping"))
    assert (await call("POST", PATH, REQUEST, headers=key)).status == 403
    stand.flag_table.rows["acme", "AiMapping"] = row
    stand.now += 3.1
    assert (await call("POST", PATH, REQUEST, headers=key)).status == 200


NAMES = [
    "a\u0000b",
    "\u202eeman",
    "名前",
    "اسم",
    "E-mail (old) [x]",
    "..",
    "a/b~c",
    "' or 1=1 --",
    "\x1b[31m",
    "🙂",
    "a\nb",
]


@pytest.mark.parametrize("name", NAMES, ids=[quote(name) for name in NAMES])
async def test_odd_names_are_data(stand: Stand, name: str) -> None:
    body = {**request(engine="auto"), "dataSet": {"id": name, "name": name, "records": [{name: "x"}, {name: "y"}]}}
    answer = await call("POST", PATH, body)
    assert answer.status == 200
    assert [each["field"] for each in answer.json["properties"]] == [name]
    assert (await only_mapping(stand))["result"] == answer.json


async def test_nested_values_are_taken(stand: Stand) -> None:
    rows = [{"a": {"b": [1, None, {"c": True}]}, "n": i, "f": 1.5, "t": True, "z": None} for i in range(3)]
    body = {**request(engine="auto"), "dataSet": {"name": "x", "records": rows}}
    answer = await call("POST", PATH, body)
    assert (answer.status, len(answer.json["properties"])) == (200, 5)


async def test_numbers_at_the_edge_of_a_double_are_taken(stand: Stand) -> None:
    rows = [{"a": 10**307, "b": -1.7e308, "c": 5e-324}, {"a": -(10**18), "b": 0, "c": -0.0}]
    body = {**request(engine="auto"), "dataSet": {"name": "x", "records": rows}}
    assert (await call("POST", PATH, body)).status == 200
