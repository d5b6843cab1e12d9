"""Rules suggested for a key: what the use case of ``POST …/rules/suggestions`` finds, and what it answers.

Counted by us → with engine ``ai`` judged and said in words by the model (``judge``) → drafts → each compiled and run on
the values before it is offered.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.errors import RuleTimeout
from shared.gateway.records import Usage
from shared.mapping.data_types import meant_type
from shared.mapping.models import Warning as Note
from shared.rules.anomalies import Anomaly, anomalies
from shared.rules.check import check_draft
from shared.rules.column import ValueColumn, of_records, of_values
from shared.rules.compile import compile_rule
from shared.rules.formats import learn
from shared.rules.ideas import Idea, ideas
from shared.rules.preview import NotRun, Record, as_records, run_rule
from shared.rules.sandbox import Sandbox
from shared.rules.spellings import Spelling, spellings
from shared.rules.suggestion_models import (
    AnomalyOut,
    CountedValue,
    EvidenceOut,
    GroupOut,
    SuggestionAnswer,
    SuggestionOut,
    SuggestionRequest,
)
from shared.usage_out import usage_out

log = logging.getLogger(__name__)

MOST_RECORDS = 1_000
EXAMPLES = 5
MOST_SUGGESTIONS = 30


@dataclass(frozen=True)
class Findings:
    """What counting found out about a key."""

    column: ValueColumn
    groups: tuple[Spelling, ...]
    anomalies: tuple[Anomaly, ...]
    ideas: tuple[Idea, ...]


@dataclass(frozen=True)
class Judged:
    """What was found, as the model left it."""

    findings: Findings
    prompt_ids: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[Note, ...] = ()


def find(request: SuggestionRequest) -> Findings:
    """Pure computing: keep it off the event loop."""
    if request.values is not None:
        column = of_values(request.vocabulary_key, request.values, request.data_type)
    else:
        column = of_records(request.vocabulary_key, request.records or (), request.data_type)
    form = learn(column.real)
    groups = spellings(column.real, column.data_type)
    odd = anomalies(column, form)
    return Findings(column, tuple(groups), tuple(odd), tuple(ideas(column, groups, odd, form)[:MOST_SUGGESTIONS]))


async def answer(
    sandbox: Sandbox, organization: str, request: SuggestionRequest, judged: Judged, currency: str
) -> SuggestionAnswer:
    """Every suggestion compiled and run; one that cannot be is left out, with a warning."""
    findings, notes = judged.findings, [*judged.notes, *_unknown_type(request, judged.findings.column)]
    records = _records(request, findings)
    offered: list[SuggestionOut] = []
    for idea in findings.ideas:
        made = await _executed(sandbox, organization, findings.column, idea, records)
        if isinstance(made, SuggestionOut):
            offered.append(made)
        else:
            notes.append(Note(code="suggestion_dropped", detail=f"{idea.title}: {made}"))
    return SuggestionAnswer(
        profile=await asyncio.to_thread(findings.column.profile),
        groups=[_group(each) for each in findings.groups],
        anomalies=[
            AnomalyOut(value=each.value, count=each.count, reason=each.reason, confidence=each.confidence)
            for each in findings.anomalies
        ],
        suggestions=offered,
        warnings=notes,
        prompt_ids=list(judged.prompt_ids),
        usage=usage_out(judged.usage, currency),
    )


def _unknown_type(request: SuggestionRequest, column: ValueColumn) -> list[Note]:
    if not request.data_type or meant_type(request.data_type):
        return []
    detail = f"{request.data_type} is no data type: the values are taken as {column.data_type}, which they look like."
    return [Note(code="data_type_unknown", detail=detail)]


async def _executed(
    sandbox: Sandbox, organization: str, column: ValueColumn, idea: Idea, records: Sequence[Record]
) -> SuggestionOut | str:
    """The suggestion, or why there is none."""
    faults = check_draft(idea.draft, {column.key})
    if faults:
        return "; ".join(faults)
    rule = compile_rule(idea.draft, str(uuid.uuid4()))
    try:
        ran = await run_rule(sandbox, organization, rule, _chosen(column.key, idea, records))
    except (NotRun, RuleTimeout) as error:
        return str(error)
    if not ran.preview.changed:
        return "run on the values it changes nothing"
    return SuggestionOut(
        kind=idea.kind,
        title=idea.title,
        reason=idea.reason,
        confidence=idea.confidence,
        evidence=EvidenceOut(rows=column.rows, affected=idea.affected, examples=list(idea.values[:EXAMPLES])),
        rule=rule,
        preview=ran.preview,
    )


def _records(request: SuggestionRequest, findings: Findings) -> list[Record]:
    """The records given; else one for each distinct value, and one without a value where rows have none."""
    if request.records is not None:
        return as_records(request.records)
    key, values = request.vocabulary_key, findings.column.counts
    made: list[Record] = [
        {"id": f"value-{n}", "properties": {key: value}} for n, (value, _) in enumerate(values.most_common(), 1)
    ]
    return [*made, {"id": "no-value", "properties": {key: None}}] if findings.column.empty else made


def _chosen(key: str, idea: Idea, records: Sequence[Record]) -> list[Record]:
    """At most MOST_RECORDS: those an idea is about, and others to see that it leaves them alone."""
    if len(records) <= MOST_RECORDS:
        return list(records)
    about = set(idea.values)
    first = [record for record in records if _value(record, key) in about][: MOST_RECORDS // 2]
    others = [record for record in records if _value(record, key) not in about]
    return [*first, *others[: MOST_RECORDS - len(first) - 1], *others[-1:]]


def _value(record: Record, key: str) -> object:
    properties = record["properties"]
    return properties.get(key) if isinstance(properties, Mapping) else None


def _group(group: Spelling) -> GroupOut:
    return GroupOut(
        canonical=group.canonical,
        variants=[CountedValue(value=value, count=count) for value, count in group.variants],
        reason=group.reason,
        confidence=group.confidence,
    )
