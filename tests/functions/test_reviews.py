"""Reviews: what a steward decided is checked, kept for the organization alone, followed unasked, and forgotten."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import replace
from typing import Any

import pytest

from shared import wiring
from shared.mapping.reviews import Reviews
from shared.storage import Blob
from tests.fakes.app import Answer, Stand, call
from tests.functions import test_async_mappings as queue
from tests.functions import test_data_drops as drops

PATH = "/organizations/acme/mappings"
KEYS = {"email": "Email", "city": "GeographyCity", "phone": "PhoneNumber", "notes": "Text"}
CUSTOMER: dict[str, Any] = {
    "name": "Customer",
    "keyPrefix": "customer",
    "businessDomain": "/Customer",
    "keys": [{"key": f"customer.{name}", "dataType": kind} for name, kind in KEYS.items()],
}
ROW = {"E-mail": "anna{}@example.com", "Town": "Aarhus", "Phone": "+45 20 30 40 {}0"}
RECORDS = [{name: value.format(n) for name, value in ROW.items()} for n in range(5)]


def request(
    name: str = "crm", known_as: str | None = None, more: dict[str, str] | None = None, **options: object
) -> dict[str, Any]:
    """``more``: further fields with a value."""
    data_set = {"name": name, "records": [{**record, **(more or {})} for record in RECORDS]}
    if known_as is not None:
        data_set["id"] = known_as
    return {"dataSet": data_set, "vocabularies": [copy.deepcopy(CUSTOMER)], "options": options}


async def mapped(body: dict[str, Any], path: str = PATH) -> dict[str, Any]:
    answer = await call("POST", path, body)
    assert answer.status == 200, answer.json
    return answer.json


async def review(mapping: dict[str, Any], *decisions: dict[str, Any], path: str = PATH) -> Answer:
    return await call("PUT", f"{path}/{mapping['mappingId']}/review", {"decisions": list(decisions)})


async def reviewed(mapping: dict[str, Any], *decisions: dict[str, Any], path: str = PATH) -> dict[str, Any]:
    answer = await review(mapping, *decisions, path=path)
    assert answer.status == 200, answer.json
    return answer.json


def accepted(field: str, **more: str) -> dict[str, Any]:
    return {"field": field, "decision": "accepted", **more}


def changed(field: str, name: str, **more: str) -> dict[str, Any]:
    return {"field": field, "decision": "changed", "vocabularyKey": f"customer.{name}", **more}


def ignored(field: str) -> dict[str, Any]:
    return {"field": field, "decision": "ignored"}


ALL = [changed("E-mail", "email"), changed("Town", "notes"), ignored("Phone")]


def keys(mapping: dict[str, Any]) -> dict[str, str | None]:
    return {each["field"]: each["vocabularyKey"] for each in mapping["properties"]}


def prop(mapping: dict[str, Any], field: str) -> dict[str, Any]:
    return next(each for each in mapping["properties"] if each["field"] == field)


def pointers(answer: Answer) -> list[str]:
    assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer.json
    return [error["pointer"] for error in answer.json["errors"]]


async def first(stand: Stand) -> dict[str, Any]:
    """A mapping, with every field reviewed."""
    mapping = await mapped(request())
    await reviewed(mapping, *ALL)
    stand.gateway.asked.clear()
    return mapping


async def test_a_review_answers_what_was_decided(stand: Stand) -> None:
    mapping = await mapped(request(known_as="7"))
    answer = await reviewed(mapping, changed("Town", "notes", dataType="lookup"), ignored("Phone"))
    assert answer["mappingId"] == mapping["mappingId"]
    assert (answer["organizationId"], answer["dataSet"], answer["warnings"]) == ("acme", {"id": "7", "name": "crm"}, [])
    assert answer["decisions"] == [
        {"field": "Town", "decision": "changed", "vocabularyKey": "customer.notes", "dataType": "Lookup"},
        {"field": "Phone", "decision": "ignored", "vocabularyKey": None, "dataType": None},
    ]


@pytest.mark.parametrize("engine", ["ai", "auto"])
async def test_a_reviewed_structure_is_mapped_without_a_prompt(stand: Stand, engine: str) -> None:
    """Nothing is asked and nothing is paid, and each reason says which review it comes from."""
    before = await first(stand)
    mapping = await mapped(request(engine=engine))
    assert stand.gateway.asked == []
    assert keys(mapping) == {"E-mail": "customer.email", "Town": "customer.notes", "Phone": None}
    assert [each["status"] for each in mapping["properties"]] == ["Existing", "Existing", "Ignored"]
    assert (mapping["engine"], mapping["promptIds"], mapping["warnings"]) == (engine, [], [])
    assert {name: mapping["usage"][name] for name in ("prompts", "promptTokens", "completionTokens", "cost")} == {
        "prompts": 0, "promptTokens": 0, "completionTokens": 0, "cost": 0,
    }  # fmt: skip
    assert all(before["mappingId"] in each["reason"] for each in mapping["properties"])
    assert "review" in mapping["businessDomain"]["reason"]
    assert [each["vocabKey"] for each in mapping["annotation"]["annotationProperties"]] == list(keys(mapping).values())


async def test_a_reviewed_mapping_can_be_reviewed_in_its_turn(stand: Stand) -> None:
    await first(stand)
    again = await mapped(request())
    await reviewed(again, *(accepted(field) for field in keys(again)))
    assert keys(await mapped(request())) == keys(again)
    assert stand.gateway.asked == []


async def test_without_the_flag_a_reviewed_structure_is_refused_too(stand: Stand) -> None:
    await first(stand)
    stand.flag_table.rows.clear()
    stand.now += 4
    answer = await call("POST", PATH, request())
    assert (answer.status, answer.json["code"]) == (403, "feature_disabled")


async def test_only_unknown_fields_are_asked(stand: Stand) -> None:
    await first(stand)
    mapping = await mapped(request(more={"Mobile number": "+45 11 22 33 44"}))
    ((_, sent),) = stand.gateway.asked
    assert "Mobile number" in sent
    assert "Town" not in sent
    assert "anna0@example.com" not in sent
    assert keys(mapping) | {"Mobile number": None} == {
        "E-mail": "customer.email", "Town": "customer.notes", "Phone": None, "Mobile number": None,
    }  # fmt: skip
    assert mapping["usage"]["prompts"] == 1


async def test_a_key_that_a_review_gave_is_given_to_no_other_field(stand: Stand) -> None:
    await first(stand)
    mapping = await mapped(request(more={"Notes": "Called twice, likes blue"}))
    given = [key for key in keys(mapping).values() if key]
    assert keys(mapping)["Town"] == "customer.notes"
    assert len(given) == len(set(given))


async def test_a_data_set_of_which_little_is_left_to_ask_is_answered_at_once(stand: Stand) -> None:
    """However many fields it has."""
    many = [{"name": f"Column {number}"} for number in range(900)]
    body = request(engine="auto")
    body["dataSet"] = {"name": "wide", "fields": many}
    mapping = await mapped(body)
    body["options"] = {}
    stand.services.pace.learn_at_least("acme", 10, 60)
    assert (await call("POST", PATH, body)).status == 202
    await reviewed(mapping, *(accepted(each["name"]) for each in many))
    again = await mapped(body)
    assert (again["usage"]["prompts"], keys(again)) == (0, keys(mapping))


async def test_where_nothing_is_decided_about_the_fields_everything_is_asked(stand: Stand) -> None:
    mapping = await mapped(request())
    await reviewed(mapping, ignored("Phone"))
    stand.gateway.asked.clear()
    again = await mapped(request())
    ((_, sent),) = stand.gateway.asked
    assert "Town" in sent
    assert keys(again)["Phone"] is None


async def test_another_organization_learns_nothing(stand: Stand) -> None:
    await first(stand)
    stand.allow("other")
    mapping = await mapped(request(), "/organizations/other/mappings")
    assert len(stand.gateway.asked) == 1
    assert mapping["usage"]["prompts"] == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"known_as": "1"}, {"known_as": "1", "name": "renamed"}, True),
        ({"known_as": "1"}, {"known_as": "2"}, False),
        ({"known_as": "1"}, {}, True),
        ({}, {"known_as": "1"}, True),
        ({}, {"name": "erp"}, False),
        ({}, {"more": dict.fromkeys(("A", "B", "C"), "x")}, True),
        ({}, {"more": dict.fromkeys(("A", "B", "C", "D"), "x")}, False),
        ({"known_as": "1"}, {"known_as": "1", "more": dict.fromkeys("ABCDEF", "x")}, True),
    ],
    ids=["same id", "other id", "id then none", "none then id", "other name", "half the fields", "too many others",
         "same id, many others"],
)  # fmt: skip
async def test_a_system_is_known_by_id_else_by_name_and_fields(
    stand: Stand, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    mapping = await mapped(request(**one, engine="auto"))
    await reviewed(mapping, changed("Town", "notes"))
    again = await mapped(request(**other, engine="auto"))
    assert ("review" in prop(again, "Town")["reason"]) == same


async def test_a_data_type_that_was_decided_is_kept(stand: Stand) -> None:
    mapping = await mapped(request())
    await reviewed(mapping, changed("Town", "notes", dataType="Lookup"), changed("E-mail", "email"))
    again = await mapped(request())
    assert (prop(again, "Town")["dataType"], prop(again, "E-mail")["dataType"]) == ("Lookup", "Email")
    await reviewed(again, accepted("Town"))
    assert prop(await mapped(request()), "Town")["dataType"] == "Lookup"
    (town,) = [each for each in again["annotation"]["annotationProperties"] if each["key"] == "Town"]
    assert town["type"] == "Lookup"


async def test_a_later_review_wins_and_the_earlier_is_told(stand: Stand) -> None:
    before = await first(stand)
    later = await mapped(request())
    answer = await reviewed(later, changed("Phone", "phone"), accepted("E-mail"))
    assert [(each["code"], each["field"]) for each in answer["warnings"]] == [("review_conflict", "Phone")]
    assert before["mappingId"] in answer["warnings"][0]["detail"]
    again = await mapped(request())
    assert keys(again) == {"E-mail": "customer.email", "Town": "customer.notes", "Phone": "customer.phone"}
    reason = prop(again, "Phone")["reason"]
    assert reason.index(later["mappingId"]) < reason.index(before["mappingId"])
    assert before["mappingId"] not in prop(again, "E-mail")["reason"]


async def test_of_two_reviews_that_give_one_key_the_later_counts(stand: Stand) -> None:
    mapping = await mapped(request())
    await reviewed(mapping, changed("Town", "notes"))
    other = await mapped(request(more={"Remark": "Likes blue"}))
    await reviewed(other, changed("Remark", "notes"))
    again = await mapped(request(more={"Remark": "Likes blue"}))
    assert keys(again)["Remark"] == "customer.notes"
    assert keys(again)["Town"] != "customer.notes"
    assert [(each["code"], each["field"]) for each in again["warnings"]] == [("review_conflict", "Town")]


async def test_the_same_review_again_changes_nothing(stand: Stand) -> None:
    mapping = await mapped(request())
    once = await review(mapping, *ALL)
    etag = stand.blobs.blobs["reviews", "acme/reviews.json.gz"].etag
    assert (await review(mapping, *ALL)).json == once.json
    assert stand.blobs.blobs["reviews", "acme/reviews.json.gz"].etag == etag


async def test_a_second_review_of_a_mapping_takes_the_firsts_place(stand: Stand) -> None:
    mapping = await first(stand)
    await reviewed(mapping, changed("Town", "city"))
    again = await mapped(request())
    assert keys(again)["Town"] == "customer.city"
    ((_, sent),) = stand.gateway.asked
    assert "E-mail" in sent


async def test_a_forgotten_review_has_no_effect_at_once(stand: Stand) -> None:
    mapping = await first(stand)
    path = f"{PATH}/{mapping['mappingId']}"
    assert (await call("DELETE", f"{path}/review")).status == 204
    assert (await mapped(request()))["usage"]["prompts"] == 1
    assert (await call("DELETE", f"{path}/review")).status == 404
    assert (await call("GET", path)).status == 200


async def test_what_a_forgotten_review_overruled_counts_again(stand: Stand) -> None:
    await first(stand)
    later = await mapped(request())
    await reviewed(later, changed("Town", "city"))
    await call("DELETE", f"{PATH}/{later['mappingId']}/review")
    assert keys(await mapped(request()))["Town"] == "customer.notes"


async def test_another_worker_forgets_within_seconds(stand: Stand) -> None:
    mapping = await first(stand)
    there = replace(stand.services, reviews=Reviews(stand.blobs, lambda: stand.now))
    wiring.use(there)
    assert (await mapped(request()))["usage"]["prompts"] == 0
    wiring.use(stand.services)
    await call("DELETE", f"{PATH}/{mapping['mappingId']}/review")
    wiring.use(there)
    stand.now += 3.1
    assert (await mapped(request()))["usage"]["prompts"] == 1


async def test_forgetting_a_mapping_forgets_its_review(stand: Stand) -> None:
    mapping = await first(stand)
    assert (await call("DELETE", f"{PATH}/{mapping['mappingId']}")).status == 204
    assert (await mapped(request()))["usage"]["prompts"] == 1


async def test_a_review_outlives_its_mapping(stand: Stand) -> None:
    """Mappings go after 30 days; what was decided stays until it is forgotten."""
    mapping = await first(stand)
    stand.tables.rows.pop(("Mappings", "acme", mapping["mappingId"]))
    assert (await mapped(request()))["usage"]["prompts"] == 0
    assert (await review(mapping, *ALL)).status == 404
    assert (await call("DELETE", f"{PATH}/{mapping['mappingId']}")).status == 204
    assert (await mapped(request()))["usage"]["prompts"] == 1


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([accepted("Nowhere")], ["/decisions/0/field"]),
        ([ignored("Phone"), accepted("Phone")], ["/decisions/1/field"]),
        ([{"field": "Town", "decision": "changed"}], ["/decisions/0/vocabularyKey"]),
        ([changed("Town", "nothing")], ["/decisions/0/vocabularyKey"]),
        ([changed("Town", "")], ["/decisions/0/vocabularyKey"]),
        ([{"field": "Town", "decision": "changed", "vocabularyKey": "product.sku"}], ["/decisions/0/vocabularyKey"]),
        ([accepted("E-mail", vocabularyKey="customer.city")], ["/decisions/0/vocabularyKey"]),
        ([changed("Town", "notes", dataType="Colour")], ["/decisions/0/dataType"]),
        ([ignored("Town") | {"vocabularyKey": "customer.city"}], ["/decisions/0"]),
        ([changed("Town", "notes"), changed("Phone", "notes")], ["/decisions/1/vocabularyKey"]),
        ([changed("Town", "email"), accepted("E-mail")], ["/decisions/1/field"]),
        ([{"field": "Town", "decision": "maybe"}], ["/decisions/0/decision"]),
        ([{"field": "Town"}], ["/decisions/0/decision"]),
        ([accepted("Town") | {"note": "x"}], ["/decisions/0/note"]),
        ([accepted("Nowhere"), changed("Town", "x")], ["/decisions/0/field", "/decisions/1/vocabularyKey"]),
        ([], ["/decisions"]),
    ],
)  # fmt: skip
async def test_what_does_not_fit_the_mapping_is_refused_with_its_place(
    stand: Stand, decisions: list[dict[str, Any]], expected: list[str]
) -> None:
    mapping = await mapped(request(engine="auto"))
    assert keys(mapping)["E-mail"] == "customer.email"
    assert pointers(await review(mapping, *decisions)) == expected
    assert not [key for key in stand.blobs.blobs if key[0] == "reviews"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("named", ["0a0b0c0d-0000-4000-8000-000000000000", "..", "x"])
async def test_a_mapping_that_is_not_there_cannot_be_reviewed(stand: Stand, method: str, named: str) -> None:
    body = {"decisions": ALL} if method == "PUT" else b""
    answer = await call(method, f"{PATH}/{named}/review", body)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


async def test_another_organizations_mapping_cannot_be_reviewed(stand: Stand) -> None:
    mapping = await mapped(request())
    assert (await review(mapping, *ALL, path="/organizations/other/mappings")).status == 404


async def test_a_mapping_without_a_result_cannot_be_reviewed_yet(stand: Stand) -> None:
    answer = await call("POST", PATH, request(), headers=queue.ASYNC)
    refused = await review(answer.json, *ALL)
    assert (refused.status, refused.json["code"]) == (409, "not_reviewable")
    await queue.deliver(stand)
    assert (await review(answer.json, *ALL)).status == 200


async def test_keys_of_the_stored_catalogue_are_checked_as_they_are_now(stand: Stand) -> None:
    await call("PUT", "/organizations/acme/vocabularies", [CUSTOMER])
    body = {name: value for name, value in request().items() if name != "vocabularies"}
    mapping = await mapped(body)
    assert pointers(await review(mapping, changed("Town", "tier"))) == ["/decisions/0/vocabularyKey"]
    more = {**CUSTOMER, "keys": [*CUSTOMER["keys"], {"key": "customer.tier"}]}
    await call("PUT", "/organizations/acme/vocabularies", [more])
    await reviewed(mapping, changed("Town", "tier"))
    assert keys(await mapped(body))["Town"] == "customer.tier"


async def test_a_key_that_has_gone_from_the_catalogue_is_not_used_and_told(stand: Stand) -> None:
    await first(stand)
    body = request()
    body["vocabularies"][0]["keys"] = [key for key in CUSTOMER["keys"] if key["key"] != "customer.notes"]
    mapping = await mapped(body)
    assert keys(mapping)["Town"] != "customer.notes"
    assert [(each["code"], each["field"]) for each in mapping["warnings"]] == [("reviewed_key_missing", "Town")]
    ((_, sent),) = stand.gateway.asked
    assert "Town" in sent
    assert "E-mail" not in sent


async def test_the_reviewed_vocabulary_is_taken_again(stand: Stand) -> None:
    """Though another one of the catalogue would fit better by its names."""
    mapping = await mapped(request())
    await reviewed(mapping, *ALL)
    twin = {**copy.deepcopy(CUSTOMER), "name": "crm", "keyPrefix": "crm"}
    twin["keys"] = [{"key": f"crm.{name}", "dataType": "Text"} for name in ("e-mail", "town", "phone")]
    body = request()
    body["vocabularies"] = [twin, *body["vocabularies"]]
    assert (await mapped(body))["vocabulary"]["keyPrefix"] == "customer"
    body["options"] = {"vocabulary": "crm"}
    assert (await mapped(body))["vocabulary"]["keyPrefix"] == "crm"


async def test_one_field_in_common_does_not_choose_the_vocabulary(stand: Stand) -> None:
    """Two different files of one folder."""
    mapping = await mapped(request(known_as="folder"))
    await reviewed(mapping, changed("Phone", "phone"))
    names = ("orderNumber", "orderDate", "amount", "currency", "shipDate", "shipCity")
    order = {"name": "Order", "keyPrefix": "order", "keys": [{"key": f"order.{name}"} for name in (*names, "phone")]}
    body = request(known_as="folder")
    body["dataSet"]["records"] = [{**dict.fromkeys(names, "1"), "Phone": "+45 20 30 40 50"}]
    body["vocabularies"].append(order)
    other = await mapped(body)
    assert other["vocabulary"]["keyPrefix"] == "order"
    assert keys(other)["Phone"] != "customer.phone"


async def test_a_proposed_vocabulary_that_was_accepted_is_proposed_again(stand: Stand) -> None:
    """With the same prefix and keys, also when the data set was renamed; and taken once the catalogue has it."""
    body = {name: value for name, value in request(known_as="1", engine="auto").items() if name != "vocabularies"}
    mapping = await mapped(body)
    prefix = mapping["vocabulary"]["keyPrefix"]
    assert mapping["vocabulary"]["status"] == "New"
    renamed = {"field": "Town", "decision": "changed", "vocabularyKey": f"{prefix}.placeOfLiving"}
    await reviewed(mapping, accepted("E-mail"), renamed, ignored("Phone"))
    stand.gateway.asked.clear()
    body["dataSet"]["name"], body["options"] = "something else", {}
    again = await mapped(body)
    assert (again["vocabulary"]["keyPrefix"], again["vocabulary"]["status"]) == (prefix, "New")
    assert keys(again) == {"E-mail": keys(mapping)["E-mail"], "Town": f"{prefix}.placeOfLiving", "Phone": None}
    assert [each["status"] for each in again["properties"]] == ["New", "New", "Ignored"]
    stored = {"name": "Mine", "keyPrefix": prefix, "keys": [{"key": key} for key in keys(again).values() if key]}
    await call("PUT", "/organizations/acme/vocabularies", [stored])
    once = await mapped(body)
    assert once["vocabulary"]["status"] == "Existing"
    assert [each["status"] for each in once["properties"]] == ["Existing", "Existing", "Ignored"]
    assert stand.gateway.asked == []


async def test_an_empty_column_that_was_accepted_as_ignored_is_asked_once_it_has_values(stand: Stand) -> None:
    mapping = await mapped(request(more={"Remark": ""}))
    assert keys(mapping)["Remark"] is None
    await reviewed(mapping, *ALL, accepted("Remark"))
    stand.gateway.asked.clear()
    assert keys(await mapped(request(more={"Remark": ""})))["Remark"] is None
    assert stand.gateway.asked == []
    assert (await mapped(request(more={"Remark": "Likes blue"})))["usage"]["prompts"] == 1


async def test_reviews_at_the_same_time_are_all_kept(stand: Stand) -> None:
    mappings = [await mapped(request(name=f"set {number}", engine="auto")) for number in range(12)]
    answers = await asyncio.gather(*(review(mapping, *ALL) for mapping in mappings))
    assert {answer.status for answer in answers} == {200}
    again = [await mapped(request(name=f"set {number}")) for number in range(12)]
    assert [mapping["usage"]["prompts"] for mapping in again] == [0] * 12


async def test_a_drop_is_reviewed_and_follows_reviews(stand: Stand) -> None:
    drops.put(stand)
    await drops.deliver(drops.BY_BLOB)
    (told,) = drops.told(stand)
    decisions = [accepted("E-mail"), {"field": "Town", "decision": "ignored"}]
    answer = await review(told, *decisions)
    assert (answer.status, answer.json["dataSet"]["id"]) == (200, "crm")
    stand.gateway.asked.clear()
    stand.blobs.blobs["drops", drops.BLOB] = Blob(drops.CSV + b"bo@example.com,Odense\n", '"0x2"')
    await drops.deliver(drops.BY_BLOB)
    assert len(drops.told(stand)) == 2
    assert stand.gateway.asked == []


async def test_an_asynchronous_mapping_follows_reviews_and_its_own_keys_are_known(stand: Stand) -> None:
    await first(stand)
    answer = await call("POST", PATH, request(), headers=queue.ASYNC)
    await queue.deliver(stand)
    assert stand.gateway.asked == []
    state = await queue.state(answer.headers["location"].removeprefix("/api"))
    assert keys(state["result"])["Town"] == "customer.notes"
    assert pointers(await review(answer.json, changed("Town", "nothing"))) == ["/decisions/0/vocabularyKey"]
    assert (await review(answer.json, changed("Town", "city"))).status == 200


async def test_a_mapping_waits_for_reviews_that_cannot_be_read(stand: Stand) -> None:
    """What was decided would be decided otherwise, and paid for."""
    await first(stand)
    stand.now += 4
    stand.blobs.away = True
    answer = await call("POST", PATH, request())
    assert (answer.status, answer.json["code"]) == (503, "deployment_unavailable")
    assert stand.gateway.asked == []


async def test_no_value_of_the_data_set_is_remembered(stand: Stand) -> None:
    import gzip

    await first(stand)
    kept = gzip.decompress(stand.blobs.blobs["reviews", "acme/reviews.json.gz"].content).decode()
    assert "customer.notes" in kept
    assert "Aarhus" not in kept
    assert "example.com" not in kept


async def test_like_fields_of_other_data_sets_are_shown_by_name_and_key_only(stand: Stand) -> None:
    mapping = await mapped(request())
    await reviewed(mapping, changed("Town", "notes"), changed("E-mail", "email"))
    stand.gateway.asked.clear()
    body = request(name="erp")
    body["dataSet"]["records"] = [{"Home town": "Odense", "mail": "bo@example.com"}]
    other = await mapped(body)
    ((_, sent),) = stand.gateway.asked
    assert '"Town":"notes"' in sent
    assert "Aarhus" not in sent
    assert "anna0" not in sent
    assert "review" not in prop(other, "Home town")["reason"]


async def test_a_reviewed_name_speaks_for_its_key_in_other_data_sets(stand: Stand) -> None:
    """Also without a model."""
    unlike = {"dataSet": {"name": "one", "records": [{"Zzyx": "Aarhus"}]}, "vocabularies": [CUSTOMER]}
    mapping = await mapped({**unlike, "options": {"engine": "auto", "vocabulary": "customer"}})
    assert keys(mapping)["Zzyx"] != "customer.notes"
    await reviewed(mapping, changed("Zzyx", "notes"))
    unlike["dataSet"] = {"name": "two", "records": [{"ZZYX": "Odense"}]}
    other = await mapped({**unlike, "options": {"engine": "auto", "vocabulary": "customer", "explain": True}})
    best = prop(other, "ZZYX")["candidates"][0]
    assert (best["vocabularyKey"], best["signals"]["review"]) == ("customer.notes", 1)
