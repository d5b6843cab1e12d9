"""What a record is made of beside its properties: name, dates, identifiers, and links to other records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.mapping.index.catalogue_index import Head
from shared.mapping.models import Code, EntityName, Evidence, FieldRef, Origin, Relationship
from shared.mapping.naming import domain
from shared.mapping.signals.roles import IDENTIFYING
from shared.mapping.translation import english_words
from shared.mapping.words import words
from shared.profiling.models import Counts, DataSetProfile, FieldProfile

EDGES: dict[str, str] = {
    "account": "/BelongsTo", "company": "/WorksFor", "employer": "/WorksFor", "organization": "/WorksFor",
    "manager": "/ManagedBy", "supervisor": "/ReportsTo", "parent": "/PartOf", "department": "/PartOf",
    "division": "/PartOf", "category": "/PartOf", "group": "/PartOf", "order": "/PartOf", "invoice": "/PartOf",
    "contract": "/PartOf", "project": "/PartOf", "customer": "/BelongsTo", "vendor": "/SuppliedBy",
    "supplier": "/SuppliedBy", "manufacturer": "/MadeBy", "product": "/RelatedTo", "employee": "/RelatedTo",
    "contact": "/RelatedTo", "person": "/RelatedTo", "user": "/RelatedTo", "owner": "/OwnedBy", "store": "/LocatedAt",
    "branch": "/LocatedAt", "warehouse": "/LocatedAt", "site": "/LocatedAt", "location": "/LocatedAt",
    "asset": "/RelatedTo", "campaign": "/RelatedTo", "subscription": "/RelatedTo",
}  # fmt: skip
"""What a foreign identifier points to → the edge type, in the manner of CluedIn's ``/WorksFor``."""
_LINKABLE = frozenset(("Identifier", "Guid", "Integer", "Text", "Lookup", "Number"))
_MODIFIED = (frozenset(("modified",)), frozenset(("last", "date")))


@dataclass(frozen=True)
class Placed:
    """A field and the words of the key it was given, for deciding what role it plays."""

    profile: FieldProfile
    data_type: str
    key: tuple[str, ...]
    """Words of the key's name; of the field's name where it got none of the catalogue."""
    ignored: bool


def place(profile: FieldProfile, data_type: str, key: str | None, *, ignored: bool) -> Placed:
    return Placed(profile, data_type, words(key) if key is not None else _said(profile.name), ignored)


def _said(name: str) -> tuple[str, ...]:
    """The words of a field's name in English, as far as they are known: ``ФИО`` is a full name."""
    return words(" ".join(english_words(name)))


def entity_name(placed: Sequence[Placed]) -> EntityName | None:
    """Full name, else first and last name, else the name of an organization or thing."""
    live = [p for p in placed if not p.ignored]
    full = _exactly(live, {"full", "name"}) or _exactly(live, {"display", "name"})
    first, last = _exactly(live, {"first", "name"}), _exactly(live, {"last", "name"})
    if full or (first and last):
        return EntityName(fields=[full] if full else [f for f in (first, last) if f])
    other = (
        _exactly(live, {"name"}) or _exactly(live, {"company", "name"}) or _exactly(live, {"organization", "name"})
        or last or first or _typed(live, "OrganizationName") or _typed(live, "PersonName") or _named(live)
        or _exactly(live, {"title"})
    )  # fmt: skip
    return EntityName(fields=[other]) if other else None


def _exactly(placed: Iterable[Placed], wanted: set[str]) -> str | None:
    return next((p.profile.name for p in placed if set(p.key) == wanted), None)


def _typed(placed: Iterable[Placed], data_type: str) -> str | None:
    roles = {"manager", "representative", "owner", "agent", "contact"}
    return next((p.profile.name for p in placed if p.data_type == data_type and roles.isdisjoint(p.key)), None)


def _named(placed: Iterable[Placed]) -> str | None:
    """``Hotel Name``: some thing's name that is not part of somebody's."""
    parts = {"middle", "nick", "maiden", "user", "file", "manager", "representative", "contact", "city", "country"}
    return next(
        (p.profile.name for p in placed if len(p.key) == 2 and "name" in p.key and parts.isdisjoint(p.key)), None
    )


def created_date(placed: Sequence[Placed]) -> FieldRef | None:
    return _date(placed, (frozenset(("created",)), frozenset(("registered",)), frozenset(("registration", "date"))))


def modified_date(placed: Sequence[Placed]) -> FieldRef | None:
    """When a record was last changed; else the last thing known to have happened to it."""
    return _date(placed, _MODIFIED)


def _date(placed: Sequence[Placed], wanted: Sequence[frozenset[str]]) -> FieldRef | None:
    dates = [p for p in placed if p.data_type == "DateTime" and not p.ignored]
    for sought in wanted:
        for candidate in dates:
            if sought <= set(candidate.key):
                return FieldRef(field=candidate.profile.name)
    return None


def relationships(
    placed: Sequence[Placed], own: Iterable[str], origin: Sequence[str], vocabularies: Sequence[Head]
) -> list[Relationship]:
    """Fields that look like identifiers of other things. ``own``: words that name the records themselves."""
    mine = set(own)
    found = []
    for candidate in placed:
        target = _target(candidate, mine)
        if target and candidate.profile.name not in origin:
            where = _domain(target, vocabularies)
            reason = f"The name says it identifies another record: {target}."
            found.append(
                Relationship(
                    field=candidate.profile.name, edge_type=EDGES[target], business_domain=where, reason=reason
                )
            )
    return found


def _target(candidate: Placed, own: set[str]) -> str | None:
    said = _said(candidate.profile.name)
    if candidate.ignored or candidate.data_type not in _LINKABLE or not IDENTIFYING & set(said):
        return None
    others = [word for word in said if word in EDGES and word not in own]
    if not others or set(said) - IDENTIFYING - {others[-1]} - own - {"parent", "source", "primary", "main"}:
        return None
    return others[-1]


def _domain(target: str, vocabularies: Sequence[Head]) -> str:
    """The business domain of a vocabulary of that name, else one named like it."""
    for vocabulary in vocabularies:
        if vocabulary.business_domain and set(words(vocabulary.name)) == {target}:
            return vocabulary.business_domain
    return domain(target)


def origin(profile: DataSetProfile) -> Origin:
    found = profile.origin
    if found is None:
        why = (
            "Identifiers cannot be proved without records."
            if profile.rows is None
            else "No field, and no combination of up to four, tells the records apart."
        )
        return Origin(kind="AutoGeneratedKey", fields=[], evidence=None, reason=why)
    kind = "SingleKey" if len(found.fields) == 1 else "CompoundKey"
    return Origin(kind=kind, fields=list(found.fields), evidence=evidence(found.counts), reason=found.reason)


def codes(profile: DataSetProfile) -> list[Code]:
    return [
        Code(field=code.fields[0], evidence=evidence(code.counts), reason=code.reason)
        for code in profile.codes
        if len(code.fields) == 1
    ]


def evidence(counts: Counts) -> Evidence:
    return Evidence(
        rows=counts.rows,
        distinct=counts.distinct,
        empty=counts.empty,
        placeholders=counts.placeholders,
        duplicates=counts.duplicates,
        approximate=counts.approximate,
    )
