"""Whether a field without duplicates is meant to identify its record, or is unique by chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.profiling.counting import Column
from shared.profiling.field_names import hints, stems, words
from shared.profiling.types_code import KINDS

_OWN: Final = frozenset({"id", "uuid", "guid", "key", "pk", "oid", "uid", "identifier"})
_BY_LAST_WORD: Final = {"id": 4.0, "uuid": 4.0, "guid": 4.0, "key": 3.5, "uid": 3.5, "pk": 4.0}
_SAY_NOTHING: Final = frozenset({"number", "no", "nr", "num", "code", "record"})
"""Words that say "identifier" and nothing of what."""
_OTHER_RECORD: Final = frozenset(
    {"parent", "manager", "supervisor", "owner", "created", "updated", "modified", "previous", "next", "referrer"}
    | {"referred", "related", "replaced", "duplicate", "merged", "session"}
)
"""Words of a field that points to another record: unique by chance where the relation is one to one."""
_OTHER_SYSTEM: Final = frozenset(
    {"external", "ext", "legacy", "old", "crm", "erp", "sap", "salesforce", "source", "foreign"}
)
_PLACE_IN_SOMETHING: Final = frozenset((
    "house", "haus", "hausnummer", "floor", "etage", "page", "seite", "version", "revision", "rev", "week", "woche",
    "kilometer", "km", "port", "priority", "jersey", "chapter", "step", "build", "civico", "rue", "calle", "street",
    "building", "suite", "box", "apartment", "track", "episode", "season", "index", "sort", "display", "color",
    "colour", "language", "area", "dialing", "dialling", "reason", "rate", "gender", "level", "rooms", "employees",
    "empleados", "seat", "status", "hash", "checksum", "etag", "line", "zeile",
))  # fmt: skip
"""Words of numbers and codes that say where in something, or of what kind: unique in few records, and by chance. In a
data set of that name (statuses, languages) they do identify."""
_ENOUGH_ROWS: Final = 10
"""Below this a field is taken for an identifier only if its name or its check digits say so."""
_ENOUGH_CODES: Final = 4
_LOOKED_AT: Final = 32
_PROVED: Final = 0.9


@dataclass(frozen=True)
class Plausible:
    score: float
    """5 for the record's own identifier, 4 for one of something, 3 for a known kind of code, 1 for a code's form."""
    why: str
    """What speaks for it, in plain words: the end of a sentence."""
    running: bool = False
    """True where it is a count of the rows, which tells the records of one file apart and not those of two."""


def plausible(data_set: str, column: Column, data_type: str) -> Plausible | None:
    """How well a unique field serves as an identifier; None where it does not."""
    own, said = words(column.name), hints(column.name)
    if "RowNumber" in said or _OTHER_RECORD.intersection(own):
        return None
    if _PLACE_IN_SOMETHING.intersection(own) - stems(data_set):
        return None
    if data_type == "Email":
        return Plausible(0.5, "an e-mail address reaches one party")
    if data_type not in {"Identifier", "Guid"}:
        return None
    kind = _kind(column) if data_type == "Identifier" else "GUID"
    if "Identifier" in said:
        return _named(data_set, column, own, kind)
    if kind == "GUID":
        return Plausible(2.0, "its values are GUIDs") if column.filled >= _ENOUGH_ROWS else None
    if kind:
        return Plausible(3.0, f"its values are {kind}s, by form and check digits")
    return Plausible(1.0, "its values have the form of one code") if column.filled >= _ENOUGH_ROWS else None


def _named(data_set: str, column: Column, own: tuple[str, ...], kind: str) -> Plausible:
    rest = set(own) - _OWN - _SAY_NOTHING
    if not rest and not _OWN.intersection(own) and _running(column):
        return Plausible(0.8, "it counts the rows", running=True)
    if not rest or rest <= stems(data_set):
        score, why = 5.0, "its name says that it identifies these records"
    else:
        score, why = _BY_LAST_WORD.get(own[-1], 3.0), "its name says that it is an identifier"
    if kind and kind != "GUID":
        score, why = max(score, 3.6), f"its values are {kind}s"
    score -= 0.6 if "id" not in own else 0.0
    return Plausible(score - (1.0 if _OTHER_SYSTEM.intersection(own) else 0.0), why)


def _kind(column: Column) -> str:
    """The known kind of code that nine in ten of some values are; empty where they are of none."""
    some = list(islice(column.real, _LOOKED_AT))
    if len(some) < _ENOUGH_CODES:
        return ""
    return next((kind for kind, fits in KINDS if sum(map(fits, some)) >= _PROVED * len(some)), "")


def _running(column: Column) -> bool:
    """0, 1, 2 … or 1, 2, 3 … in the order of the rows, as far as the first values show."""
    first = list(islice(column.real, _LOOKED_AT))
    return any(first == [str(start + at) for at in range(len(first))] for start in (0, 1))
