"""Drafts compiled, parsed back, and run by CluedIn's SDK."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.rules.check import check_draft
from shared.rules.compile import compile_rule
from shared.rules.draft import Action, ChildRule, Condition, Draft, Formula, Group, Scope, Test
from shared.rules.operators import BY_ID, OPERATORS
from shared.rules.parse import Unparsable, parse_rule
from shared.rules.preview import Ran, run_rule
from tests.fakes.app import SANDBOX

FIXTURES = Path(__file__).parents[4] / "shared" / "data" / "rules"
TAG = Action("addTag", (("tag", "Found"),))


def draft(*parts: Condition, actions: Sequence[Action] = (TAG,), scope: Scope = "DataPart") -> Draft:
    return Draft("Rule", scope, Group("all", parts), (ChildRule("Actions", tuple(actions)),))


def record(number: int, **properties: object) -> dict[str, object]:
    return {"id": str(number), "properties": {f"a.{key}": value for key, value in properties.items()}}


async def ran(made: Draft, records: Sequence[dict[str, object]]) -> Ran:
    assert check_draft(made, None) == []
    return await run_rule(SANDBOX, "acme", compile_rule(made, str(uuid.uuid4())), records)


async def after(action: Action, **properties: object) -> dict[str, Any]:
    """What an action makes of one record: key → value after, of those that changed."""
    found = await ran(draft(actions=[action]), [record(1, **properties)])
    assert found.failures == {}
    return {change.key: change.after for item in found.preview.items for change in item.changes}


def test_the_sdk_knows_the_same_operators() -> None:
    """Our table against the SDK's own source, whose dictionary is inside a function."""
    import inspect
    import re

    from cluedin.rules import operators

    source = inspect.getsource(operators.default_get_operator)
    assert set(re.findall(r"'([0-9a-f-]{36})'", source)) == set(BY_ID)
    assert len(OPERATORS) == len({operator.name for operator in OPERATORS})


MATCHES: list[tuple[Test, list[object], list[bool]]] = [
    (Test("a.x", "equals", ("DK",)), ["dk", "DK", "DE", None, 5], [True, True, False, False, False]),
    (Test("a.x", "equals", ("5",)), [5, "5", 5.5, None], [True, True, False, False]),
    (Test("a.x", "notEquals", ("5",)), [5, "6", None], [False, True, True]),
    (Test("a.x", "in", ("Home",)), ["home", "m", "Alone"], [True, False, False]),
    (Test("a.x", "notIn", ("Home",)), ["home", "m", None], [False, True, True]),
    (Test("a.x", "in", ("Home", "Alone")), ["home", "ALONE", "Ho"], [True, True, False]),
    (Test("a.x", "greater", ("10",)), ["9", "10.5", 11, "many", None], [False, True, True, False, False]),
    (Test("a.x", "between", ("10", "30")), ["9", "10", 30, "31"], [False, True, True, False]),
    (Test("a.x", "notBetween", ("10", "30")), ["9", "10", "31"], [True, False, True]),
    (Test("a.x", "less", ("2020-01-01",)), ["2019-12-31", "2020-01-01", "soon", None, "2019-05-05T10:00:00Z"],
     [True, False, False, False, True]),
    (Test("a.x", "between", ("2020-01-01", "2020-12-31")), ["2020-12-31T23:59:59Z", "2021-01-01"], [True, False]),
    (Test("a.x", "isEmpty"), [None, "", " \t\n", "x", 0], [True, True, True, False, False]),
    (Test("a.x", "isNotEmpty"), [None, "", " ", "x", False], [False, False, False, True, True]),
    (Test("a.x", "isTrue"), ["true", True, "1", "no", None], [True, True, True, False, False]),
    (Test("a.x", "isFalse"), ["true", "false", None], [False, True, True]),
    (Test("a.x", "matchesPattern", (r"^\d{4}$",)), ["1234", 1234, "12345", None], [True, True, False, False]),
    (Test("a.x", "notMatchesPattern", ("[A-Z]",)), ["abc", "1"], [False, True]),
]  # fmt: skip


@pytest.mark.parametrize(("test", "values", "expected"), MATCHES, ids=lambda value: getattr(value, "operator", None))
async def test_an_operator_matches_what_it_says(test: Test, values: list[object], expected: list[bool]) -> None:
    found = await ran(draft(test), [record(n, x=value) for n, value in enumerate(values)])
    assert [n in found.matched for n in range(len(values))] == expected
    assert found.failures == {}


CHANGES: list[tuple[Action, dict[str, object], dict[str, object]]] = [
    (Action("setValue", (("key", "a.x"), ("value", "new"))), {"x": "old"}, {"a.x": "new"}),
    (Action("addValue", (("key", "a.x"), ("value", 'say "hi"'))), {"x": " "}, {"a.x": 'say "hi"'}),
    (Action("addValue", (("key", "a.x"), ("value", "new"))), {"x": "old"}, {}),
    (Action("copyValue", (("from", "a.x"), ("to", "a.y"))), {"x": "1", "y": "2"}, {"a.y": "1"}),
    (Action("copyValue", (("from", "a.x"), ("to", "a.y"))), {"y": "2"}, {}),
    (Action("moveValue", (("from", "a.x"), ("to", "a.y"))), {"x": "1"}, {"a.x": None, "a.y": "1"}),
    (Action("deleteValue", (("key", "a.x"),)), {"x": "1"}, {"a.x": None}),
    (Action("replaceValue", (("key", "a.x"), ("old", "-"), ("new", ""))), {"x": "1-2-3"}, {"a.x": "123"}),
    (Action("removeLineBreaks", (("key", "a.x"),)), {"x": "a\r\nb\nc"}, {"a.x": "a b c"}),
    (Action("trim", (("key", "a.x"),)), {"x": "  a  b "}, {"a.x": "a b"}),
    (Action("upperCase", (("key", "a.x"),)), {"x": "straße"}, {"a.x": "STRASSE"}),
    (Action("upperCase", (("key", "a.x"),)), {"x": 42}, {}),
    (Action("lowerCase", (("key", "a.x"),)), {"y": "A"}, {}),
    (Action("titleCase", (("key", "a.x"),)), {"x": "jan de wit"}, {"a.x": "Jan De Wit"}),
    (Action("combine", (("key", "a.z"), ("template", "{a.x} {a.y}"))), {"x": "Ann", "y": "Lee"}, {"a.z": "Ann Lee"}),
    (Action("combine", (("key", "a.z"), ("template", "{a.x} {a.y}"))), {"x": "Ann", "z": "Bo"}, {"a.z": "Ann"}),
    (Action("combine", (("key", "a.z"), ("template", "Dr. {a.x} {a.y}"))), {"x": " ", "z": "Ann Lee"}, {}),
    (Action("normalizeDate", (("key", "a.x"), ("from", "dd/MM/yyyy | MM.dd.yyyy"))), {"x": "31/12/2024"},
     {"a.x": "2024-12-31"}),
    (Action("normalizeDate", (("key", "a.x"), ("from", "dd/MM/yyyy"))), {"x": "soon"}, {}),
    (Action("normalizeDate", (("key", "a.x"), ("format", "dd.MM.yyyy"))), {"x": "2024-12-31T10:00:00Z"},
     {"a.x": "31.12.2024"}),
    (Action("roundNumber", (("key", "a.x"), ("digits", "1"))), {"x": "2.25"}, {"a.x": "2.3"}),
    (Action("formula", (("key", "a.x"), ("formula", "Today()"))), {}, {"a.x": None}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "given", "changed"), CHANGES, ids=lambda value: getattr(value, "name", None))
async def test_an_action_does_what_it_says(
    action: Action, given: dict[str, object], changed: dict[str, object]
) -> None:
    found = await after(action, **given)
    if action.name == "formula":
        assert len(found["a.x"]) == len("2026-11-25")
    else:
        assert found == changed


async def test_alternatives_and_child_rules_are_run_as_they_stand() -> None:
    both = Group("all", (Test("a.y", "exists"), Formula("Len(Entity.Name)>2")))
    nested = Group("any", (Test("a.x", "equals", ("1",)), both))
    two = Group("all", (Test("a.y", "equals", ("2",)),))
    child = ChildRule("Only two", (Action("addTag", (("tag", "Two"),)),), two)
    made = Draft("Rule", "Entity", Group("all", (nested,)), (ChildRule("All", (TAG,)), child))
    records = [record(1, x="1"), record(2, y="2") | {"name": "Ann"}, record(3, y="2") | {"name": "A"}]
    found = await ran(made, records)
    assert {item.id: item.tags_added for item in found.preview.items} == {"1": ["Found"], "2": ["Found", "Two"]}


async def test_records_are_taken_by_business_domain_and_name() -> None:
    made = draft(Test("businessDomain", "equals", ("Customer",)), Test("name", "beginsWith", ("An",)))
    records = [record(1) | {"businessDomain": "/Customer", "name": "Ann"}, record(2) | {"businessDomain": "/Customer"}]
    assert (await ran(made, records)).matched == (0,)


async def test_keys_may_hold_brackets_quotes_and_be_called_like_a_property() -> None:
    for key in ("a.E-mail [old] (x)", 'a.say "hi"', "Name", "tags", "Properties[x]", "ключ.имя"):
        action = Action("upperCase", (("key", key),))
        made = draft(Test(key, "equals", ("x",)), actions=[action])
        found = await ran(made, [{"id": "1", "properties": {key: "x"}}])
        assert [(change.key, change.after) for item in found.preview.items for change in item.changes] == [(key, "X")]


def test_a_rule_is_never_active_and_its_ids_are_made_from_its_own() -> None:
    rule_id = str(uuid.uuid4())
    made = compile_rule(draft(Test("a.x", "exists")), rule_id)
    assert made == compile_rule(draft(Test("a.x", "exists")), rule_id)
    assert made["isActive"] is False
    ids = [made["id"], *_ids(made["condition"]), *_ids(made["rules"])]
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(each) for each in ids)


def _ids(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in _ids(each)]
    if not isinstance(node, dict):
        return []
    own = [node["id"]] if "id" in node else []
    return own + [found for value in node.values() for found in _ids(value)]


async def test_what_is_compiled_is_parsed_to_what_matches_the_same() -> None:
    records = [record(n, x=value) for n, value in enumerate(("DK", "12", "2019-01-01", None, "", "true"))]
    for test, _, _ in MATCHES:
        made = draft(test, Group("any", (test, Test("a.x", "isNull"))))
        rule = compile_rule(made, str(uuid.uuid4()))
        again = parse_rule(rule)
        assert (await ran(again, records)).preview == (await ran(made, records)).preview


@pytest.mark.skipif(not FIXTURES.exists(), reason="the shared data is not here")
async def test_cluedins_own_rules_parsed_and_compiled_match_the_same_records() -> None:
    titles = [("Home Alone", "9", "movie", "1"), ("Alone", 10, "video", True), ("Home", 30, "movie", False),
              (None, None, "short", "0"), ("At home", "31", "Movie", "true")]  # fmt: skip
    records: list[dict[str, object]] = [
        {"id": str(n), "businessDomain": "/IMDb/Title", "properties": {
            "imdb.title.primaryTitle": title, "imdb.title.runtimeMinutes": minutes,
            "imdb.title.titleType": kind, "imdb.title.isAdult": adult}}
        for n, (title, minutes, kind, adult) in enumerate(titles)
    ]  # fmt: skip
    paths = sorted(FIXTURES.glob("*.json"))
    assert paths
    for path in paths:
        rule = json.loads(path.read_text())
        given = await run_rule(SANDBOX, "acme", rule, records)
        assert given.preview.unsupported == []
        assert 0 < given.preview.matched < len(records), path.name
        assert (await ran(parse_rule(rule), records)).preview == given.preview, path.name


def test_what_a_draft_cannot_say_is_named() -> None:
    rule = compile_rule(draft(Test("a.x", "exists")), str(uuid.uuid4()))
    rule["rules"][0]["actions"][0]["type"] = "CluedIn.Rules.Actions.Nope, CluedIn.Rules"  # type: ignore[index, call-overload]
    with pytest.raises(Unparsable, match="Nope"):
        parse_rule(rule)


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (draft(Test("a.zz", "exists")), "no key 'a.zz'"),
        (draft(Test("a.x", "sounds like", ("x",))), "no operator"),
        (draft(Test("a.x", "equals")), "takes one value"),
        (draft(Test("a.x", "between", ("3", "1"))), "more than"),
        (draft(Test("a.x", "greater", ("many",), "number")), "is no number"),
        (draft(Formula('GetVocabularyKeyValue(Entity,"b.x")="1"')), "'b.x', which is no key"),
        (draft(actions=[Action("formula", (("key", "a.x"), ("formula", '1);RemoveVocabularyKey(Entity,"b.x"')))]),
         "'b.x', which is no key"),
        (draft(actions=[]), "does nothing"),
        (draft(actions=[Action("dance")]), "no action"),
        (draft(actions=[Action("setValue", (("key", "a.zz"), ("value", "1")))]), "no key 'a.zz'"),
        (draft(actions=[Action("setValue", (("key", "a.x"),))]), "needs value"),
        (draft(actions=[Action("upperCase", (("key", "a.x"),))], scope="Survivorship"), "scope Survivorship"),
        (draft(actions=[Action("mostFrequentValue")]), "scope DataPart"),
        (draft(actions=[Action("combine", (("key", "a.x"), ("template", "{a.zz}")))]), "no key 'a.zz'"),
    ],
)  # fmt: skip
def test_what_cannot_be_offered_is_told(made: Draft, fault: str) -> None:
    assert any(fault in each for each in check_draft(made, {"a.x", "a.y"})), check_draft(made, {"a.x", "a.y"})
