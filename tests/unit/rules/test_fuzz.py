"""Whatever a model answers or somebody posts: never a rule with an unknown key, operator or action, never an exception.

FUZZ sets how many examples each rule of these is tried with (the usual few are quick; 10,000 were run).
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.records import RecordIn
from shared.rules import draft as drafts
from shared.rules.actions import KINDS
from shared.rules.check import check_draft
from shared.rules.compile import compile_rule
from shared.rules.doubts import Asked, doubts
from shared.rules.draft import Action, ChildRule, Draft, Group, Test, conditions
from shared.rules.draft_json import draft_json
from shared.rules.made_up import made_up_records
from shared.rules.manual import manual_steps
from shared.rules.offer import Offer
from shared.rules.operators import BY_ID, NO_OPERATOR, OPERATORS, OURS
from shared.rules.parse import Unparsable, parse_rule
from shared.rules.runnable import Checks, runnable
from shared.rules.understand import understand, without_tests

KEYS = ("a.x", "a.y", "a.z w[1]")
EXAMPLES = int(os.environ.get("FUZZ", "150"))
ACTIONS = {
    "CluedIn.Rules.Actions.SetValue, CluedIn.Rules",
    "CluedIn.Rules.Actions.AddTag, CluedIn.Rules",
    "CluedIn.Rules.Actions.ExpressionAction, CluedIn.Rules",
}
quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
key = st.sampled_from([*KEYS, "unknown_key", "businessDomain", "name", "b.x", ""]) | st.text(max_size=10)
NAMES = [*(each.name for each in OPERATORS), *OURS]
operator = st.sampled_from(NAMES) | st.text(max_size=10)
value = st.sampled_from(["1", "10-30", "1,000 EUR", "2020-01-01", "DK, SE", "", " ", '"', "(", "^a+$", "{a.x}", "\x00"])
test = st.fixed_dictionaries(
    {"key": key | odd, "operator": operator | odd, "values": st.lists(value | odd, max_size=3) | odd}
)
match = st.sampled_from(["all", "any"]) | odd
group = st.fixed_dictionaries({"match": match, "tests": st.lists(test, max_size=3) | odd})
action = st.fixed_dictionaries(
    {
        "do": st.sampled_from([kind.name for kind in KINDS]) | odd,
        "key": key | odd,
        "value": value | odd,
        "with": key | odd,
    }
)
joined = {
    "match": match,
    "tests": st.lists(test, max_size=4) | odd,
    "groups": st.lists(group, max_size=2) | odd,
}
branch = st.fixed_dictionaries({**joined, "actions": st.lists(action, max_size=2) | odd})
reply = st.fixed_dictionaries(
    {
        **joined,
        "which": st.text(max_size=20) | odd,
        "actions": st.lists(action, max_size=3) | odd,
        "branches": st.lists(branch, max_size=2) | odd,
        "question": st.text(max_size=20) | odd,
        "name": st.text(max_size=20) | odd,
        "explanation": st.text(max_size=20) | odd,
    }
)
scope = st.sampled_from(["DataPart", "Entity", "Survivorship", None])
OFFERED = tuple(Offer(name, "", "Text") for name in KEYS)
RECORDS = (RecordIn(id="1", properties={"a.x": "DK", "a.y": 5}),)


def nodes(tree: Any) -> list[dict[str, Any]]:
    return [tree] + [found for each in tree["rules"] for found in nodes(each)]


def assert_sound(draft: Draft) -> None:
    """What passes the check compiles to known keys, operators and actions only, and to JSON."""
    rule = compile_rule(draft, str(uuid.uuid4()))
    json.dumps(rule)
    assert rule["isActive"] is False
    children: Any = rule["rules"]
    for tree in (rule["condition"], *(child["conditions"] for child in children)):
        for node in nodes(tree):
            assert node["operator"] in BY_ID or node["operator"] == NO_OPERATOR
            field = node["field"]
            assert not field or field in ("EntityType", "Name") or field[len("Properties[") : -1] in KEYS
    assert {each["type"] for child in children for each in child["actions"]} <= ACTIONS
    assert {test.field for each in conditions(draft) for test in drafts.tests(each)} <= {
        *KEYS,
        "businessDomain",
        "name",
    }


@quick
@given(reply, scope)
def test_whatever_a_model_answers_is_refused_or_sound(answered: dict[str, Any], given_scope: Any) -> None:
    draft = understand(answered, name=None, scope=given_scope)
    json.dumps(draft_json(draft))
    doubts(draft, Asked("tag 10 of a x", OFFERED, RECORDS), str(answered.get("question")))
    without_tests(answered, draft)
    if not check_draft(draft, KEYS):
        assert_sound(draft)
        made_up_records(draft)
        json.dumps(manual_steps(draft).acted_out(str(uuid.uuid4())))


leaf = st.fixed_dictionaries(
    {
        "objectTypeId": st.sampled_from(
            ["011ac3b4-0b46-4f9c-a82a-8c14f9dd642b", "96102979-e952-43d8-afe6-987676c0698b"]
        )
        | odd,
        "condition": st.sampled_from(["AND", "OR"]) | odd,
        "field": st.sampled_from(["Properties[a.x]", "EntityType", "Name", "Codes"]) | odd,
        "operator": st.sampled_from([*BY_ID]) | odd,
        "type": st.sampled_from(["string", "integer", "double", "datetime", "boolean"]) | odd,
        "value": st.lists(value | odd, max_size=3) | odd,
    }
)
tree = st.recursive(
    leaf | odd,
    lambda inner: st.fixed_dictionaries(
        {"condition": st.sampled_from(["AND", "OR", "XOR"]), "rules": st.lists(inner, max_size=3) | odd}
    ),
    max_leaves=6,
)
posted = st.fixed_dictionaries(
    {
        "condition": tree,
        "rules": st.lists(st.fixed_dictionaries({"conditions": tree, "actions": st.lists(odd, max_size=2) | odd}) | odd,
                          max_size=2) | odd,
        "scope": scope | odd,
        "name": odd,
    }
)  # fmt: skip


@quick
@given(posted)
def test_whatever_rule_is_posted_is_read_or_named(rule: dict[str, Any]) -> None:
    checks = Checks(lambda _: None, lambda _: None, lambda _: None)
    able = runnable(rule, checks)
    json.dumps([able.rule, able.unsupported])
    try:
        draft = parse_rule(rule)
    except Unparsable:
        return
    if not check_draft(draft, None):
        compile_rule(draft, str(uuid.uuid4()))


@quick
@given(
    st.lists(st.sampled_from([*(each.name for each in OPERATORS), *OURS]), min_size=1, max_size=3),
    st.lists(value, max_size=2),
)
def test_a_test_that_passes_the_check_compiles(operators: list[str], values: list[str]) -> None:
    parts = tuple(Test("a.x", name, tuple(values)) for name in operators)
    draft = Draft("R", "Entity", Group("any", parts), (ChildRule("R", (Action("addTag", (("tag", "t"),)),)),))
    if not check_draft(draft, KEYS):
        assert_sound(draft)
