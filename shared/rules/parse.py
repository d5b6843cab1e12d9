"""CluedIn's rule → a draft. What a draft cannot say is refused with its name, never left out in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast, get_args

from pydantic import JsonValue

from shared.rules.compile import FIELDS, GROUP, POWER_FX, TYPES
from shared.rules.draft import EVERYTHING, Action, ChildRule, Condition, Draft, Formula, Group, Scope, Test, ValueType
from shared.rules.operators import BY_ID, Operator

Node = Mapping[str, JsonValue]
"""A rule, a condition, an action or a property, as CluedIn's API returns them."""
DEEPEST: Final = 30
"""Groups in each other that are read of a rule somebody gave; of a draft ``check`` allows fewer."""
_PROPERTIES: Final = {called: name for name, called in FIELDS.items()}
_TYPES: Final[dict[str, ValueType]] = {called: name for name, called in TYPES.items()} | {"date": "moment"}
_ACTION: Final = "CluedIn.Rules.Actions."


class Unparsable(ValueError):
    """A draft cannot say this. The text says what."""


def unwrapped(rule: Node) -> Node:
    """The rule itself, where the whole answer of CluedIn's API was given."""
    data = rule.get("data")
    management = data.get("management") if isinstance(data, Mapping) else None
    inner = management.get("rule") if isinstance(management, Mapping) else None
    return inner if isinstance(inner, Mapping) else rule


def parse_rule(rule: Node) -> Draft:
    """A draft of CluedIn's rule, or of the whole answer it stands in. Raises Unparsable."""
    model = unwrapped(rule)
    scope = model.get("scope") or "DataPart"
    if scope not in get_args(Scope):
        raise Unparsable(f"scope {scope}")
    description = model.get("description")
    return Draft(
        name=_text(model.get("name")) or "Rule",
        scope=cast(Scope, scope),
        condition=_root(model.get("condition")),
        rules=tuple(_child(each) for each in nodes(model.get("rules"))),
        description=_text(description) if description else None,
    )


def field_name(field: JsonValue) -> str | None:
    """A condition's field as drafts call it: a vocabulary key, or a property of the record; None for any other."""
    text = _text(field)
    if text.startswith("Properties[") and text.endswith("]"):
        return text[len("Properties[") : -1]
    return _PROPERTIES.get(text)


def is_group(node: Node) -> bool:
    """As the SDK tells groups: by their children. An empty one is told by its type."""
    return bool(nodes(node.get("rules"))) or (node.get("objectTypeId") in (GROUP, None) and not node.get("field"))


def nodes(value: JsonValue) -> list[Node]:
    """The objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _child(node: Node) -> ChildRule:
    actions = tuple(_action(each) for each in nodes(node.get("actions")))
    return ChildRule(_text(node.get("name")) or "Actions", actions, _root(node.get("conditions")))


def _root(node: JsonValue) -> Group:
    if not isinstance(node, Mapping):
        return EVERYTHING
    found = _condition(node, 0)
    return found if isinstance(found, Group) else Group("all", (found,))


def _condition(node: Node, depth: int) -> Condition:
    if depth > DEEPEST:
        raise Unparsable("conditions nested too deep")
    if is_group(node):
        parts = tuple(_condition(each, depth + 1) for each in nodes(node.get("rules")))
        return Group("any" if node.get("condition") == "OR" else "all", parts)
    if _text(node.get("objectTypeId")).lower() == POWER_FX:
        return Formula("".join(_values(node.get("value"))[:1]))
    operator = BY_ID.get(_text(node.get("operator")))
    field = field_name(node.get("field"))
    if operator is None:
        raise Unparsable(f"operator {node.get('operator')}")
    if field is None:
        raise Unparsable(f"field {node.get('field')}")
    return Test(field, operator.name, _values(node.get("value")), _type(node, operator))


def _type(node: Node, operator: Operator) -> ValueType | None:
    """Only where it makes a difference: text is compared as text, whatever type the condition has."""
    return _TYPES.get(_text(node.get("type"))) if operator.kind == "ordered" else None


def _action(node: Node) -> Action:
    called = _text(node.get("type"))
    name = called.split(",")[0].removeprefix(_ACTION)
    given = {_text(each.get("name")): _text(each.get("value")) for each in nodes(node.get("properties"))}
    if name == "SetValue":
        return Action("setValue", (("key", given.get("FieldName", "")), ("value", given.get("Value", ""))))
    if name == "AddTag":
        return Action("addTag", (("tag", given.get("Value", "")),))
    if name == "ExpressionAction":
        return Action("statements", (("formula", given.get("Expression", "")),))
    raise Unparsable(f"action {called}")


def _values(value: JsonValue) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(_text(each) for each in listed if each is not None)


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
