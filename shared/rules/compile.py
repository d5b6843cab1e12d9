"""A draft → CluedIn's rule, in the shape its API returns rules: condition tree, child rules, actions, never active.

Ids are made from the rule's own id and the place in the tree, so the same draft under the same id is the same rule.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from shared.rules import powerfx
from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.draft import (
    BUSINESS_DOMAIN,
    EVERYTHING,
    NAME,
    Action,
    ChildRule,
    Condition,
    Draft,
    Formula,
    Group,
    Test,
    ValueType,
)
from shared.rules.operators import BY_NAME, NO_OPERATOR
from shared.rules.value_types import value_type

Json = dict[str, JsonValue]

GROUP: Final = "00000000-0000-0000-0000-000000000000"
PROPERTY: Final = "3be85371-cbe0-4180-8820-73e6e37a6c32"
VOCABULARY_KEY: Final = "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b"
POWER_FX: Final = "96102979-e952-43d8-afe6-987676c0698b"
FIELDS: Final = {BUSINESS_DOMAIN: "EntityType", NAME: "Name"}
"""Properties of a record, as rules call them."""

TYPES: Final[Mapping[ValueType, str]] = {
    "text": "string",
    "number": "double",
    "whole": "integer",
    "moment": "datetime",
    "truth": "boolean",
}
_BLANK: Final = r"^\s*$"
_DOMAIN_OPERATORS: Final = ("equals", "notEquals", "in", "notIn", "beginsWith", "notBeginsWith")


def compile_rule(draft: Draft, rule_id: str) -> Json:
    """CluedIn's rule. The draft is taken as checked (``check``). Raises KeyError where it was not."""
    made = _Maker(rule_id)
    return {
        "id": rule_id,
        "name": draft.name,
        "description": draft.description,
        "isActive": False,
        "scope": draft.scope,
        "condition": made.root(draft.condition, "condition"),
        "actions": None,
        "rules": [made.child(rule, number) for number, rule in enumerate(draft.rules, 1)],
        "isReprocessing": False,
        "requiresAttention": False,
    }


def expanded(test: Test) -> Condition:
    """A test in words of CluedIn's: what the SDK cannot run rightly is said in another way."""
    if test.operator == "isEmpty":
        return Group("any", (Test(test.field, "isNull"), Test(test.field, "matchesPattern", (_BLANK,))))
    if test.operator == "isNotEmpty":
        return Group("all", (Test(test.field, "isNotNull"), Test(test.field, "notMatchesPattern", (_BLANK,))))
    if test.operator in ("in", "notIn") and len(test.values) == 1:
        return Test(test.field, "equals" if test.operator == "in" else "notEquals", test.values)
    if value_type(test) == "date":
        return Formula(powerfx.dated(test))
    return test


@dataclass(frozen=True)
class _Maker:
    rule_id: str

    def id(self, place: str) -> str:
        return str(uuid.uuid5(uuid.UUID(self.rule_id), place))

    def root(self, group: Group, place: str) -> Json:
        return self._group(group, place) | {"field": None, "type": None}

    def child(self, rule: ChildRule, number: int) -> Json:
        place = f"rules/{number}"
        emitted = [action for action in rule.actions if ACTIONS[action.name].how != "manual"]
        return {
            "id": self.id(place),
            "name": rule.name,
            "description": None,
            "type": "ProcessingRule",
            "order": number,
            "isActive": False,
            "conditions": self.root(rule.condition, f"{place}/conditions"),
            "actions": [emitted_action(action) for action in emitted],
        }

    def _group(self, group: Group, place: str) -> Json:
        return {
            "objectTypeId": GROUP,
            "condition": "AND" if group.match == "all" else "OR",
            "field": "",
            "id": self.id(place),
            "operator": NO_OPERATOR,
            "rules": [self._node(part, f"{place}/{n}") for n, part in enumerate(group.parts) if part != EVERYTHING],
            "type": "rule",
            "value": None,
        }

    def _node(self, part: Condition, place: str) -> Json:
        if isinstance(part, Test):
            part = expanded(part)
        if isinstance(part, Group):
            return self._group(part, place)
        leaf: Json = {"condition": "AND", "id": self.id(place), "rules": []}
        if isinstance(part, Formula):
            shape: Json = {"objectTypeId": POWER_FX, "field": None, "operator": NO_OPERATOR, "type": "string"}
            return leaf | shape | {"value": [part.text]}
        return leaf | _leaf(part)


def _leaf(test: Test) -> Json:
    known = FIELDS.get(test.field)
    values: list[JsonValue] = list(test.values)
    if test.field == BUSINESS_DOMAIN and test.operator in _DOMAIN_OPERATORS:
        values = [value if value.startswith("/") else f"/{value}" for value in test.values]
    return {
        "objectTypeId": PROPERTY if known else VOCABULARY_KEY,
        "field": known or f"Properties[{test.field}]",
        "operator": BY_NAME[test.operator].id,
        "type": TYPES[value_type(test)],
        "value": values,
    }


def emitted_action(action: Action) -> Json:
    """An action as rules hold it. Raises KeyError for one that is a manual step."""
    kind = ACTIONS[action.name]
    if kind.how == "SetValue":
        given = {"FieldName": action.get("key"), "Value": action.get("value")}
    elif kind.how == "AddTag":
        given = {"Value": action.get("tag")}
    else:
        given = {"Expression": powerfx.statement(action)}
    how = "ExpressionAction" if kind.how == "Expression" else kind.how
    return {
        "name": "Formula Action" if kind.how == "Expression" else kind.called,
        "supportsPreview": False,
        "supportsProcessingRuleScopes": None,
        "supportsRuleUsages": None,
        "properties": [_property(name, value) for name, value in given.items()],
        "type": f"CluedIn.Rules.Actions.{how}, CluedIn.Rules",
    }


def _property(name: str, value: str) -> Json:
    return {
        "name": name,
        "type": "System.String",
        "kind": "None",
        "friendlyType": None,
        "friendlyName": {"FieldName": "Field Name"}.get(name, name),
        "defaultValue": None,
        "value": value,
        "isStringOnly": False,
        "excludedProperties": None,
        "isRequired": True,
    }
