"""A rule as somebody gave it → the same rule as the SDK can run it, and the names of what it cannot.

What cannot be run is left out, and everything else runs: a condition in AND or OR goes without it, a child rule of
whose conditions nothing is left does nothing, and a rule of which nothing is left matches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from shared.rules.compile import GROUP, POWER_FX, Json
from shared.rules.operators import BY_ID, BY_NAME, NO_OPERATOR
from shared.rules.parse import DEEPEST, Node, field_name, is_group, nodes, unwrapped

Fault = Callable[[str], str | None]
"""A formula or pattern → why it cannot be run, None where it can."""

WHO_WINS: Final = "scope Survivorship: which value wins"
"""What is named in ``unsupported`` of a survivorship rule: the SDK does not act it out, ``survivorship`` may."""
_COUNTS: Final = {"none": None, "one": 1, "two": 2, "many": None}
_ALONE: Final = {"in": BY_NAME["equals"].id, "notIn": BY_NAME["notEquals"].id}
"""``In`` one value is ``Equals``."""


@dataclass
class Runnable:
    """``rule`` is None where nothing is left of its condition."""

    rule: Json | None
    unsupported: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checks:
    """What only the SDK knows; run in the sandbox."""

    formula: Fault
    pattern: Fault
    action: Callable[[Node], str | None]


def runnable(given: Node, checks: Checks) -> Runnable:
    """``given``: a rule, or the whole answer of CluedIn's API it stands in. Never raises for what it cannot use."""
    made = _Pruned(checks, [])
    rule = unwrapped(given)
    condition = made.root(rule.get("condition"))
    children = [made.child(each) for each in nodes(rule.get("rules"))]
    kept: list[JsonValue] = [child for child in children if child is not None]
    if rule.get("scope") == "Survivorship" and not kept:
        made.name(WHO_WINS)
    if nodes(rule.get("actions")):
        made.name("actions of the rule itself: only those of its child rules are run")
    if condition is None:
        return Runnable(None, made.unsupported)
    known = {"id": rule.get("id"), "name": rule.get("name") or "", "scope": rule.get("scope")}
    return Runnable({**known, "condition": condition, "rules": kept}, made.unsupported)


@dataclass(frozen=True)
class _Pruned:
    checks: Checks
    unsupported: list[str]

    def name(self, what: str) -> None:
        if what not in self.unsupported:
            self.unsupported.append(what[:300])

    def root(self, node: JsonValue) -> Json | None:
        """None where there were conditions and none is left."""
        if not isinstance(node, Mapping) or (is_group(node) and not nodes(node.get("rules"))):
            return _group("AND", [])
        found = self.node(node, 0)
        if found is None:
            return None
        return found if found["rules"] else _group("AND", [found])

    def child(self, node: Node) -> Json | None:
        actions: list[JsonValue] = []
        for action in nodes(node.get("actions")):
            fault = self.checks.action(action) or _no_text(action)
            if fault is None:
                actions.append({"type": action.get("type"), "properties": _text_properties(action)})
            else:
                self.name(fault)
        if nodes(node.get("rules")):
            self.name("child rules of a child rule: only those of the rule itself are run")
        conditions = self.root(node.get("conditions"))
        if conditions is None or not actions:
            return None
        return {"name": node.get("name") or "", "conditions": conditions, "actions": actions}

    def node(self, node: Node, depth: int) -> Json | None:
        if depth > DEEPEST:
            self.name("conditions nested too deep")
            return None
        if is_group(node):
            parts: list[JsonValue] = []
            for each in nodes(node.get("rules")):
                kept = self.node(each, depth + 1)
                if kept is not None:
                    parts.append(kept)
            joined = node.get("condition") or "AND"
            if joined not in ("AND", "OR"):
                self.name(f"condition {joined}")
                return None
            return _group(str(joined), parts) if parts else None
        return self._leaf(node)

    def _leaf(self, node: Node) -> Json | None:
        values = _listed(node.get("value"))
        if str(node.get("objectTypeId") or "").lower() == POWER_FX:
            formula = str(values[0]) if values else ""
            fault = self.checks.formula(formula) if formula.strip() else "an empty formula"
            if fault is not None:
                self.name(f"Power Fx: {fault}")
                return None
            return _condition(POWER_FX, None, NO_OPERATOR, "string", [formula])
        return self._test(node, values)

    def _test(self, node: Node, values: list[JsonValue]) -> Json | None:
        operator, name = BY_ID.get(str(node.get("operator") or "").lower()), field_name(node.get("field"))
        if operator is None or name is None:
            self.name(f"operator {node.get('operator')}" if operator is None else f"field {node.get('field')}")
            return None
        wanted = _COUNTS[operator.takes]
        if (wanted is not None and len(values) != wanted) or (operator.takes == "many" and not values):
            self.name(f"{operator.name} with {len(values)} value(s)")
            return None
        if operator.name.lower().endswith("matchespattern") and (fault := self.checks.pattern(str(values[0]))):
            self.name(f"pattern: {fault}")
            return None
        # The SDK compares text as text only where the condition says so, and takes a list of one apart.
        kind = "string" if operator.kind == "text" else str(node.get("type") or "string")
        identifier = operator.id
        if operator.takes == "many" and len(values) == 1:
            identifier = _ALONE[operator.name]
        return _condition(str(node.get("objectTypeId") or ""), node.get("field"), identifier, kind, values)


def _group(joined: str, parts: list[JsonValue]) -> Json:
    return {"objectTypeId": GROUP, "condition": joined, "field": None, "id": "", "operator": NO_OPERATOR,
            "rules": parts, "type": "rule", "value": None}  # fmt: skip


def _condition(kind: str, named: JsonValue, operator: str, value_type: str, values: list[JsonValue]) -> Json:
    return {"objectTypeId": kind, "condition": "AND", "field": named, "id": "", "operator": operator, "rules": [],
            "type": value_type, "value": values}  # fmt: skip


def _text_properties(action: Node) -> list[JsonValue]:
    """A name or tag written as a number is its text; what Set Value writes stays what it is."""
    return [
        {"name": each.get("name"), "value": _text(each.get("value")) if _is_named(action, each) else each.get("value")}
        for each in nodes(action.get("properties"))
    ]


def _no_text(action: Node) -> str | None:
    """The fault of an action whose key or tag is neither text nor a number."""
    named = [each.get("value") for each in nodes(action.get("properties")) if _is_named(action, each)]
    if all(isinstance(value, str | int | float) for value in named):
        return None
    return f"{action.get('type')}: the key or tag it names is no text"


def _is_named(action: Node, given: Node) -> bool:
    name = given.get("name")
    return name == "FieldName" or (
        name == "Value" and str(action.get("type")).startswith("CluedIn.Rules.Actions.AddTag")
    )


def _text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: JsonValue) -> list[JsonValue]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]
