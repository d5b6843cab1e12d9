"""POST …/rules/preview: any rule of CluedIn's on records, without a flag, and nothing sent."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from shared.rules.compile import compile_rule
from shared.rules.draft import Action, ChildRule, Condition, Draft, Formula, Group, Test
from tests.fakes.app import Answer, Stand, call

PATH = "/organizations/acme/rules/preview"
RECORDS = [
    {"id": "1", "businessDomain": "/Customer", "name": "Ann", "properties": {"c.country": "DK", "c.age": 41}},
    {"id": "2", "properties": {"c.country": None, "c.age": "17"}, "tags": ["Old"]},
]


def rule(*parts: Condition, action: Action | None = None) -> dict[str, Any]:
    does = action or Action("addTag", (("tag", "Found"),))
    return compile_rule(
        Draft("Rule", "DataPart", Group("all", parts), (ChildRule("Actions", (does,)),)), str(uuid.uuid4())
    )


async def preview(given: object, records: object = RECORDS, organization: str = "acme") -> Answer:
    body = {"rule": given, "records": records}
    return await call("POST", PATH.replace("acme", organization), body)


def unsupported(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.content
    return list(answer.json["preview"]["unsupported"])


async def test_what_the_rule_does_is_told_record_by_record(stand: Stand) -> None:
    upper = Action("formula", (("key", "c.country"), ("formula", 'Lower(GetVocabularyKeyValue(Entity,"c.country"))')))
    answer = await preview(rule(Test("c.age", "greater", ("18",)), action=upper))
    assert answer.json == {
        "preview": {
            "records": 2,
            "matched": 1,
            "changed": 1,
            "items": [
                {
                    "id": "1",
                    "matched": True,
                    "changes": [{"key": "c.country", "before": "DK", "after": "dk"}],
                    "tagsAdded": [],
                    "tagsRemoved": [],
                }
            ],
            "unsupported": [],
            "truncated": False,
        },
        "warnings": [],
    }


async def test_it_needs_no_flag_and_sends_and_keeps_nothing(stand: Stand) -> None:
    answer = await preview(rule(Test("c.country", "exists")), organization="unheard-of")
    assert (answer.status, answer.json["preview"]["matched"]) == (200, 1)
    assert stand.is_empty()


async def test_the_whole_answer_of_cluedins_api_is_a_rule_too(stand: Stand) -> None:
    whole = {"data": {"management": {"rule": rule(Test("c.country", "exists"))}}}
    assert (await preview(whole)).json["preview"]["matched"] == 1


async def test_an_unknown_action_is_named_and_the_rest_is_run(stand: Stand) -> None:
    made = rule(Test("c.country", "exists"))
    other = {"name": "Trim", "type": "CluedIn.Rules.Actions.TrimWhiteSpace, CluedIn.Rules", "properties": []}
    made["rules"][0]["actions"].append(other)
    answer = await preview(made)
    assert unsupported(answer) == ["CluedIn.Rules.Actions.TrimWhiteSpace, CluedIn.Rules"]
    assert answer.json["preview"]["items"][0]["tagsAdded"] == ["Found"]


def doing(action: str, *properties: tuple[str, object]) -> dict[str, Any]:
    made = rule(Test("c.country", "exists"))
    named = [{"name": name, "value": value} for name, value in properties]
    made["rules"][0]["actions"] = [{"type": f"CluedIn.Rules.Actions.{action}, CluedIn.Rules", "properties": named}]
    return made


async def test_a_number_is_a_tag_or_key_too(stand: Stand) -> None:
    for value, tag in ((5, "5"), (True, "true")):
        assert (await preview(doing("AddTag", ("Value", value)))).json["preview"]["items"][0]["tagsAdded"] == [tag]
    answer = await preview(doing("SetValue", ("FieldName", 7), ("Value", 1)))
    assert answer.json["preview"]["items"][0]["changes"] == [{"key": "7", "before": None, "after": 1}]


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
async def test_a_tag_that_is_no_text_is_named(stand: Stand, value: object) -> None:
    assert unsupported(await preview(doing("AddTag", ("Value", value)))) == [
        "CluedIn.Rules.Actions.AddTag, CluedIn.Rules: the key or tag it names is no text"
    ]


async def test_child_rules_of_a_child_rule_are_named(stand: Stand) -> None:
    made = rule(Test("c.country", "exists"))
    made["rules"][0]["rules"] = [doing("AddTag", ("Value", "Nested"))["rules"][0]]
    answer = await preview(made)
    assert unsupported(answer) == ["child rules of a child rule: only those of the rule itself are run"]
    assert answer.json["preview"]["items"][0]["tagsAdded"] == ["Found"]


async def test_a_number_too_large_to_show_fails_on_its_record_only(stand: Stand) -> None:
    answer = await preview(
        doing("ExpressionAction", ("Expression", 'SetVocabularyKeyValue(Entity,"c.a",Power(10,5000))'))
    )
    assert (answer.status, [each["code"] for each in answer.json["warnings"]]) == (200, ["record_failed"])


async def test_actions_outside_the_child_rules_are_named(stand: Stand) -> None:
    made = rule(Test("c.country", "exists"))
    made["actions"] = made["rules"][0]["actions"]
    assert unsupported(await preview(made)) == ["actions of the rule itself: only those of its child rules are run"]


@pytest.mark.parametrize(
    ("member", "value", "named"),
    [
        ("operator", "11111111-1111-1111-1111-111111111111", "operator 1111"),
        ("field", "Codes", "field Codes"),
        ("value", [], "equals with 0"),
    ],
)
async def test_an_unknown_condition_is_named_and_left_out(stand: Stand, member: str, value: object, named: str) -> None:
    made = rule(Test("c.country", "equals", ("DK",)), Test("c.age", "exists"))
    made["condition"]["rules"][0][member] = value
    answer = await preview(made)
    assert len(unsupported(answer)) == 1
    assert unsupported(answer)[0].startswith(named)
    assert answer.json["preview"]["matched"] == 2


@pytest.mark.parametrize("formula", ["Telepathy(1)", "IfError(1=Telepathy(2),true)", 'LoadEntityByEntityCode("/x")=1'])
async def test_a_formula_with_an_unknown_function_is_named_and_the_rest_is_run(stand: Stand, formula: str) -> None:
    tells = Action("formula", (("key", "c.age"), ("formula", formula)))
    made = rule(Test("c.country", "equals", ("DK",)), Formula(formula))
    made["rules"] += rule(action=tells)["rules"]
    answer = await preview(made)
    condition, action = unsupported(answer)
    assert condition.startswith("Power Fx: Unsupported Power Fx function: ")
    assert action.startswith("CluedIn.Rules.Actions.ExpressionAction, CluedIn.Rules: Unsupported Power Fx function: ")
    assert (answer.json["preview"]["matched"], answer.json["preview"]["items"][0]["tagsAdded"]) == (1, ["Found"])
    assert answer.json["warnings"] == []


async def test_a_rule_of_which_nothing_can_be_run_matches_nothing(stand: Stand) -> None:
    made = rule(Test("c.country", "equals", ("DK",)))
    made["condition"]["rules"][0]["operator"] = "11111111-1111-1111-1111-111111111111"
    answer = await preview(made)
    assert unsupported(answer)
    assert answer.json["preview"]["matched"] == 0


async def test_a_record_the_rule_fails_on_is_a_warning(stand: Stand) -> None:
    adds = Action("formula", (("key", "c.age"), ("formula", 'Value(GetVocabularyKeyValue(Entity,"c.country"))+1')))
    answer = await preview(rule(action=adds))
    assert [each["code"] for each in answer.json["warnings"]] == ["record_failed"]
    assert answer.json["preview"]["matched"] == 1


async def test_a_hundred_items_are_shown_and_all_are_counted(stand: Stand) -> None:
    records = [{"id": str(n), "properties": {"c.age": n}} for n in range(1_000)]
    found = (await preview(rule(), records)).json["preview"]
    assert (found["records"], found["matched"], len(found["items"]), found["truncated"]) == (1_000, 1_000, 100, True)


async def test_a_pattern_that_never_ends_is_a_timeout_and_others_go_on(stand: Stand) -> None:
    records = [{"id": "1", "properties": {"c.x": "a" * 40 + "!"}}]
    hostile = asyncio.ensure_future(preview(rule(Test("c.x", "matchesPattern", ("^(a+)+$",))), records))
    assert (await preview(rule(Test("c.country", "exists")))).json["preview"]["matched"] == 1
    assert not hostile.done()
    assert ((await hostile).status, (await hostile).json["code"]) == (422, "rule_timeout")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"records": RECORDS}, "/rule"),
        ({"rule": {}, "records": RECORDS}, "/rule/condition"),
        ({"rule": rule()}, "/records"),
        ({"rule": rule(), "records": [{"properties": {}}]}, "/records/0/id"),
        ({"rule": rule(), "records": [{"id": "1", "properties": {"a": []}}]}, "/records/0/properties/a"),
        ({"rule": rule(), "records": [{"id": "1", "properties": {}}] * 1_001}, "/records"),
        ({"rule": rule(), "records": RECORDS, "more": 1}, "/more"),
    ],
)
async def test_what_is_no_preview_request_is_refused_with_its_place(stand: Stand, body: object, pointer: str) -> None:
    answer = await call("POST", PATH, body)
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")
    assert any(each["pointer"].startswith(pointer) for each in answer.json["errors"]), answer.json


async def test_more_than_8_mib_of_records_are_too_large(stand: Stand) -> None:
    records = [{"id": str(n), "properties": {"a": "x" * 1_000_000}} for n in range(9)]
    assert (await preview(rule(), records)).status == 413


async def test_odd_rules_never_break_the_endpoint(stand: Stand) -> None:
    leaf = rule(Test("c.country", "equals", ("DK",)))["condition"]["rules"][0]
    odd: list[Any] = [
        {"condition": {"rules": "x"}},
        {"condition": {"condition": "XOR", "rules": [leaf]}},
        {"condition": leaf},
        {"condition": {"rules": [{}]}},
        {"condition": {"rules": [leaf | {"value": {"a": 1}, "type": 7}]}},
        {"condition": {"rules": [leaf | {"type": "datetime", "operator": "85ecec6b-9c45-4365-9614-ef090137098d"}]}},
        {"condition": {"rules": [leaf]}, "rules": [{"actions": [{"properties": [{}]}]}, 5, {"conditions": 7}]},
        {"condition": {"rules": []}, "rules": None, "name": None, "scope": 5},
    ]
    for given in odd:
        answer = await preview(given)
        assert answer.status in (200, 400), (given, answer.content)
