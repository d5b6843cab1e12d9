"""What the product is measured against: one prompt that asks the model for CluedIn's rule JSON itself.

It is told all it needs: the shape, every operator's and object type's id, the actions, one whole example, the keys. The
schema sees to it that the answer has the rule's shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from bench.rules.language import Case
from shared.gateway.records import Message
from shared.rules.compile import GROUP, POWER_FX, PROPERTY, VOCABULARY_KEY
from shared.rules.operators import OPERATORS

MOST_TOKENS: Final = 1_200
_EXAMPLE: Final = {
    "name": "Danish",
    "condition": {
        "objectTypeId": GROUP, "condition": "AND", "field": "", "operator": GROUP, "type": "rule", "value": [],
        "rules": [{
            "objectTypeId": VOCABULARY_KEY, "condition": "AND", "field": "Properties[c.country]",
            "operator": "0bafc522-8011-43ba-978a-babe222ba466", "type": "string", "value": ["DK"], "rules": [],
        }],
    },
    "rules": [{
        "name": "Tag",
        "conditions": {"objectTypeId": GROUP, "condition": "AND", "field": "", "operator": GROUP, "type": "rule",
                       "value": [], "rules": []},
        "actions": [{
            "name": "Add Tag", "type": "CluedIn.Rules.Actions.AddTag, CluedIn.Rules",
            "properties": [{"name": "Value", "value": "Danish"}],
        }],
    }],
}  # fmt: skip
_SYSTEM: Final = f"""You write CluedIn rules as JSON from plain words.
A rule has a condition tree and child rules, each with its own conditions and actions. A group has objectTypeId and \
operator {GROUP}, condition AND or OR, and its parts in rules. A condition on a vocabulary key has objectTypeId \
{VOCABULARY_KEY} and field Properties[the.key]; on the business domain objectTypeId {PROPERTY} and field EntityType. \
type is string, integer, double, datetime or boolean. A Power Fx condition has objectTypeId {POWER_FX} and the formula \
in value.
Operators: {"; ".join(f"{each.name} {each.id}" for each in OPERATORS)}
Actions: CluedIn.Rules.Actions.SetValue, CluedIn.Rules (properties FieldName and Value); \
CluedIn.Rules.Actions.AddTag, CluedIn.Rules (property Value); CluedIn.Rules.Actions.ExpressionAction, CluedIn.Rules \
(property Expression with Power Fx: SetVocabularyKeyValue(Entity,"the.key",value), \
RemoveVocabularyKey(Entity,"the.key"), AddTag(Entity,"tag"), GetVocabularyKeyValue(Entity,"the.key"), Upper, Lower, \
Proper, Trim, Substitute, Concatenate, If, IsBlank, Text, Value, Round, DateValue).
Words: Tag records whose country is DK as Danish
Answer: {json.dumps(_EXAMPLE, separators=(",", ":"))}"""


def messages(case: Case) -> tuple[Message, ...]:
    lines = "\n".join(case.keys)
    asked = f"Keys:\n{lines}\nScope: {case.draft.scope}\nWords: {case.words}"
    return Message("system", _SYSTEM), Message("user", asked)


def schema() -> dict[str, object]:
    text: dict[str, object] = {"type": "string"}
    node: dict[str, object] = {"$ref": "#/$defs/node"}
    made = _object({"name": text, "condition": node, "rules": _listed({"$ref": "#/$defs/child"})})
    return {
        **made,
        "$defs": {
            "node": _object({
                "objectTypeId": text, "condition": {"type": "string", "enum": ["AND", "OR"]}, "field": text,
                "operator": text, "type": text, "value": _listed(text), "rules": _listed(node),
            }),
            "child": _object({"name": text, "conditions": node, "actions": _listed({"$ref": "#/$defs/action"})}),
            "action": _object({"name": text, "type": text, "properties": _listed({"$ref": "#/$defs/property"})}),
            "property": _object({"name": text, "value": text}),
        },
    }  # fmt: skip


def rule_of(text: str) -> Mapping[str, Any] | None:
    """The rule an answer is; None where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("condition"), dict) else None


def _object(properties: dict[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _listed(items: dict[str, object]) -> dict[str, object]:
    return {"type": "array", "items": items}
