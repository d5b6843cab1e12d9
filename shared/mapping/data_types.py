"""How well two of CluedIn's data types go together."""

from __future__ import annotations

from shared.profiling.models import DATA_TYPES

_BY_LOWER = {name.lower(): name for name in DATA_TYPES}
_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset(("Integer", "Number", "Money")),
    frozenset(("DateTime", "Time", "Duration")),
    frozenset(("Text", "Lookup", "PersonName", "OrganizationName", "Html", "Json", "Xml")),
    frozenset(("GeographyCity", "GeographyState", "GeographyCountry", "GeographyLocation", "GeographyCoordinates")),
    frozenset(("Identifier", "Guid", "Integer")),
    frozenset(("Identifier", "Text", "PhoneNumber")),
    frozenset(("Lookup", "Boolean", "Currency", "Integer", "GeographyCountry", "GeographyState", "TimeZone", "Color")),
    frozenset(("Text", "GeographyCity", "GeographyState", "GeographyCountry", "GeographyLocation")),
)
_VAGUE = frozenset(("Text", "Identifier", "Lookup"))


def known_type(name: str | None) -> str | None:
    """The data type by its documented name, whatever the case; None when it is not one of the 28."""
    return _BY_LOWER.get((name or "").strip().lower())


def type_likeness(field: str, key: str) -> float:
    """1 the same, 0.6 related, 0.4 one of them says little, 0 they contradict each other."""
    if field == key:
        return 0.7 if field == "Text" else 1.0
    if any(field in family and key in family for family in _FAMILIES):
        return 0.6
    return 0.4 if field in _VAGUE or key in _VAGUE else 0.0
