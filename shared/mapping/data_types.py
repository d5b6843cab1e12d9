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


_SPOKEN: dict[str, str] = {
    "string": "Text", "str": "Text", "varchar": "Text", "nvarchar": "Text", "char": "Text", "character varying": "Text",
    "int": "Integer", "bigint": "Integer", "smallint": "Integer", "long": "Integer", "int64": "Integer",
    "float": "Number", "double": "Number", "decimal": "Number", "numeric": "Number", "real": "Number",
    "float64": "Number", "bool": "Boolean", "bit": "Boolean", "date": "DateTime", "datetime": "DateTime",
    "timestamp": "DateTime", "url": "Uri", "uuid": "Guid", "uniqueidentifier": "Guid", "phone": "PhoneNumber",
}  # fmt: skip


def meant_type(name: str | None) -> str | None:
    """As ``known_type``, and what databases and other catalogues call a type too."""
    return known_type(name) or _SPOKEN.get((name or "").strip().lower().partition("(")[0])


def type_likeness(field: str, key: str) -> float:
    """1 the same, 0.6 related, 0.4 one of them says little, 0 they contradict each other."""
    if field == key:
        return 0.7 if field == "Text" else 1.0
    if any(field in family and key in family for family in _FAMILIES):
        return 0.6
    return 0.4 if field in _VAGUE or key in _VAGUE else 0.0
