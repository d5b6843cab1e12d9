"""What profiling finds out. Frozen, counted on the data, never asked of a model."""

from __future__ import annotations

from dataclasses import dataclass

DATA_TYPES: tuple[str, ...] = (
    "Text", "DateTime", "Time", "Duration", "Boolean", "Integer", "Number", "Uri", "Guid", "Email", "PhoneNumber",
    "TimeZone", "GeographyCity", "GeographyState", "GeographyCountry", "GeographyCoordinates", "GeographyLocation",
    "Json", "Xml", "Html", "IPAddress", "Color", "Money", "Currency", "PersonName", "OrganizationName", "Identifier",
    "Lookup",
)  # fmt: skip
"""CluedIn's 28 data types, by the names of its documentation."""


@dataclass(frozen=True)
class Counts:
    """Of one field, or of the combination of several.

    ``empty``: absent, null or white space. ``placeholders``: N/A, ###INVALID###, unknown, - and their like.
    ``distinct``: distinct trimmed strings, case-sensitive. ``duplicates`` = rows - empty - placeholders - distinct.
    """

    rows: int
    distinct: int
    empty: int
    placeholders: int
    duplicates: int
    approximate: bool = False


@dataclass(frozen=True)
class FieldProfile:
    name: str
    description: str | None
    counts: Counts | None
    """None when the request carried only fields with samples."""
    samples: tuple[str, ...]
    """Up to 5 distinct real values, first seen first; long ones shortened to 80 characters."""
    patterns: tuple[tuple[str, int], ...]
    """The commonest masked shapes (letters A or a, digits 9, runs shortened) with their counts, at most 3."""
    data_type: str
    """One of DATA_TYPES, by values first and the name second."""
    type_share: float
    """The share of real values that fit data_type, 0 to 1."""
    constant: bool
    """True when every real value is the same (and there are at least two)."""


@dataclass(frozen=True)
class Identifier:
    """A field, or several together, that tells records apart, with the counts that prove it."""

    fields: tuple[str, ...]
    counts: Counts
    reason: str


@dataclass(frozen=True)
class DataSetProfile:
    name: str
    description: str | None
    rows: int | None
    """None when the request carried only fields with samples."""
    fields: tuple[FieldProfile, ...]
    origin: Identifier | None
    """The primary identifier: one field or a minimal compound; None where only an automatic key is safe."""
    codes: tuple[Identifier, ...]
    """Further identifiers: zero duplicates, empties allowed."""
