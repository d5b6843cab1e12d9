"""From plan and decisions to the answer: names of new keys, identifiers, dates, links, annotation, warnings."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence

from shared.mapping import structure
from shared.mapping.annotation import annotate
from shared.mapping.candidates import ShortList
from shared.mapping.data_types import known_type
from shared.mapping.heading import Heading, heading
from shared.mapping.models import Candidate, DataSetRef, Mapping, Options, Property
from shared.mapping.models import Warning as Note
from shared.mapping.naming import Names, camel
from shared.mapping.plan import Plan
from shared.mapping.settle import Decision, settle
from shared.mapping.verdicts import Ledger, Unanswered, Verdict
from shared.mapping.words import words
from shared.profiling.models import FieldProfile
from shared.usage_out import usage_out

MOST_TYPE_WARNINGS = 20


def assemble(
    plan: Plan, ledger: Ledger, *, mapping_id: str, organization: str, data_set_id: str | None, options: Options,
    currency: str, notes: Sequence[Note],
) -> Mapping:  # fmt: skip
    top = heading(plan)
    decisions = settle(plan, ledger.verdicts)
    properties = _properties(plan, top, decisions, options)
    placed = _placed(plan, decisions, properties)
    origin, codes = structure.origin(plan.profile), structure.codes(plan.profile)
    name, created, modified = (
        structure.entity_name(placed), structure.created_date(placed), structure.modified_date(placed),
    )  # fmt: skip
    own = (*words(top.vocabulary.name), *words(top.business_domain.name), *words(plan.profile.name))
    links = structure.relationships(placed, own, origin.fields, plan.vocabularies)
    return Mapping(
        mapping_id=mapping_id,
        organization_id=organization,
        data_set=DataSetRef(id=data_set_id, name=plan.profile.name),
        engine=options.engine,
        business_domain=top.business_domain,
        vocabulary=top.vocabulary,
        origin=origin,
        codes=codes,
        entity_name=name,
        created_date=created,
        modified_date=modified,
        relationships=links,
        properties=properties,
        annotation=annotate(
            name=plan.profile.name, entity_type=top.business_domain.name, new_vocabulary=top.is_new, origin=origin,
            codes=codes, entity_name=name, created=created, modified=modified, relationships=links,
            properties=properties,
        ),
        warnings=[*notes, *_warnings(plan, ledger.verdicts)],
        prompt_ids=ledger.attempt_ids,
        usage=usage_out(ledger.usage, currency),
    )  # fmt: skip


def _properties(plan: Plan, top: Heading, decisions: Sequence[Decision], options: Options) -> list[Property]:
    prefix = top.vocabulary.key_prefix
    known = plan.vocabulary.keys if plan.vocabulary else []
    taken = [*(key.key for key in known), *(decision.name for decision in decisions if decision.name)]
    names = Names((key.removeprefix(f"{prefix}.") for key in taken), prefix)
    return [
        _property(field, number, decision, plan.short_lists[number], prefix, names, options)
        for number, (field, decision) in enumerate(zip(plan.profile.fields, decisions, strict=True))
    ]


def _property(
    field: FieldProfile, number: int, decision: Decision, short_list: ShortList, prefix: str, names: Names,
    options: Options,
) -> Property:  # fmt: skip
    key = decision.key.key.key.key if decision.key else None
    if decision.name is not None:
        key = decision.name
    elif decision.status == "New":
        fallback = f"{field.data_type[0].lower()}{field.data_type[1:]}{number + 1}"
        key = f"{prefix}.{names.give(decision.wish or field.name, camel(field.name) or fallback)}"
    return Property(
        field=field.name,
        vocabulary_key=key,
        data_type=decision.data_type or (decision.key.key.data_type if decision.key else field.data_type),
        status=decision.status,
        confidence=decision.confidence,
        reason=decision.reason,
        preview=list(field.samples[:5]),
        candidates=[
            Candidate(
                vocabulary_key=ranked.key.key.key,
                score=round(ranked.score, 4),
                signals={name: round(value, 4) for name, value in ranked.signals.items()} if options.explain else None,
            )
            for ranked in short_list[: options.candidates]
        ],
    )


def _placed(plan: Plan, decisions: Sequence[Decision], properties: Sequence[Property]) -> list[structure.Placed]:
    return [
        structure.place(
            field,
            # What the values are matters for names and dates; a catalogue only where they say nothing.
            field.data_type if field.samples and field.data_type != "Text" else prop.data_type,
            decision.key.key.short if decision.key else None,
            ignored=decision.status == "Ignored",
        )
        for field, decision, prop in zip(plan.profile.fields, decisions, properties, strict=True)
    ]


def _warnings(plan: Plan, verdicts: MappingOf[int, Verdict]) -> list[Note]:
    found = [
        Note(code=verdict.code, detail=f"{verdict.detail} Decided without the model.", field=_name(plan, number))
        for number, verdict in sorted(verdicts.items())
        if isinstance(verdict, Unanswered) and number not in plan.ignored
    ]
    if plan.profile.rows is None:
        detail = "Without records no field is proved to identify a record; an automatic key is proposed."
        found.append(Note(code="identifiers_unverified", detail=detail))
    return [*found, *_unknown_types(plan)]


def _name(plan: Plan, number: int) -> str:
    return plan.profile.fields[number].name


def _unknown_types(plan: Plan) -> list[Note]:
    """Keys of the chosen vocabulary without a known type; after the first twenty only how many more."""
    keys = [key for key in (plan.vocabulary.keys if plan.vocabulary else []) if known_type(key.data_type) is None]
    found = [
        Note(code="data_type_unknown", detail=f"{key.key} has no known data type and is treated as Text.")
        for key in keys[:MOST_TYPE_WARNINGS]
    ]
    if len(keys) > MOST_TYPE_WARNINGS:
        detail = f"{len(keys) - MOST_TYPE_WARNINGS} more keys have no known data type and are treated as Text."
        found.append(Note(code="data_type_unknown", detail=detail))
    return found
