"""A record as CluedIn's SDK takes it, and what a rule changed of it, for previews. Used in the sandbox's child only.

It has CluedIn's own shape, so that no vocabulary key can be mistaken for a property of the record:
``{"Id", "EntityType", "Name", "Properties": {key: value}, "tags": [tag]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from shared.rules.parse import field_name

LONGEST: Final = 4_000
"""Characters of a value that is shown."""
_PROPERTIES: Final = ("EntityType", "Name")
_SHOWN: Final = {"EntityType": "businessDomain", "Name": "name"}

Entity = dict[str, Any]


def entity_of(record: Mapping[str, Any]) -> Entity:
    """Of a record as it travels (``shared.records``)."""
    return {
        "Id": record["id"],
        "EntityType": record.get("businessDomain"),
        "Name": record.get("name"),
        "Properties": dict(record["properties"]),
        "tags": list(record.get("tags") or ()),
    }


def property_name(field: str | None) -> str | None:
    """``Properties[x]`` → x; a property of the record itself is marked. The SDK's own takes brackets out of the key
    too."""
    if field in _PROPERTIES:
        return f"\x00{field}"
    return field_name(field) or field


def get_value(name: str | None, entity: Entity) -> Any:
    """``name``: as ``property_name`` made it."""
    if name is not None and name.startswith("\x00"):
        return entity[name[1:]]
    return entity["Properties"].get(name)


def set_value(key: str, value: Any, entity: Entity) -> None:
    """A property of the record itself only where no vocabulary key is called like it."""
    if key in _PROPERTIES and key not in entity["Properties"]:
        entity[key] = value
    else:
        entity["Properties"][key] = value


def differences(before: Entity, after: Entity) -> dict[str, Any]:
    """``changes``, ``tagsAdded`` and ``tagsRemoved`` of a preview's item."""
    return {
        "changes": [
            *(_change(_SHOWN[name], before[name], after[name]) for name in _PROPERTIES if before[name] != after[name]),
            *(
                _change(key, before["Properties"].get(key), value)
                for key, value in after["Properties"].items()
                if _differs(before["Properties"].get(key), value)
            ),
        ],
        "tagsAdded": [tag for tag in after["tags"] if tag not in before["tags"]],
        "tagsRemoved": [tag for tag in before["tags"] if tag not in after["tags"]],
    }


def _differs(before: Any, after: Any) -> bool:
    """A number that was written as its own text has not changed."""
    return _shown(before) != _shown(after) and str(_shown(before)) != str(_shown(after))


def _change(key: str, before: Any, after: Any) -> dict[str, Any]:
    return {"key": key, "before": _shown(before), "after": _shown(after)}


def _shown(value: Any) -> Any:
    """As JSON: Power Fx has dates and lists too."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)[:LONGEST]
