"""A draft as JSON, to show to a person or a model: what a refused rule was, in words they can correct."""

from __future__ import annotations

from pydantic import JsonValue

from shared.rules.draft import Condition, Draft, Formula, Group, Test

Json = dict[str, JsonValue]


def draft_json(draft: Draft) -> Json:
    """``{"name", "scope", "description", "condition", "rules": [{"name", "condition", "actions": [{"action", …}]}]}``;
    a condition is ``{"all" | "any": [condition]}``, ``{"formula"}`` or ``{"field", "operator", "values"}``."""
    return {
        "name": draft.name,
        "scope": draft.scope,
        "description": draft.description,
        "condition": condition_json(draft.condition),
        "rules": [
            {
                "name": rule.name,
                "condition": condition_json(rule.condition),
                "actions": [{"action": action.name, **dict(action.arguments)} for action in rule.actions],
            }
            for rule in draft.rules
        ],
    }


def condition_json(condition: Condition) -> Json:
    if isinstance(condition, Group):
        return {condition.match: [condition_json(part) for part in condition.parts]}
    if isinstance(condition, Formula):
        return {"formula": condition.text}
    return _test(condition)


def _test(test: Test) -> Json:
    said: Json = {"field": test.field, "operator": test.operator, "values": list(test.values)}
    return said | ({"type": test.type} if test.type else {})
