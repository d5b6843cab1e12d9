"""The model judges what counting found: which spellings are one thing and which to keep, which values cannot be right,
and how each suggestion is said. What it does not answer stays as it was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shared.errors import AnswerError
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Prompt, Usage
from shared.mapping.models import Warning as Note
from shared.mapping.quoting import clean, is_value
from shared.rules.anomalies import Anomaly
from shared.rules.form import Reply
from shared.rules.formats import learn
from shared.rules.ideas import Idea, ideas
from shared.rules.judge_prompts import DIFFERENT, LONGEST, MOST_VALUES, explain_prompt, spellings_prompt, values_prompt
from shared.rules.models import Samples
from shared.rules.spellings import Spelling
from shared.rules.suggest import MOST_SUGGESTIONS, Findings, Judged

MOST_PROMPTS: Final = 4
"""Of spellings, and of values."""
_SURE: Final = 0.95
"""Values found with at least this are not asked about."""


@dataclass
class _Ledger:
    asker: Asker
    caller: Caller
    attempts: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    failures: list[AnswerError] = field(default_factory=list)
    answered: int = 0

    async def ask(self, prompt: Prompt[Reply]) -> Reply | None:
        """None where no usable answer came: then nothing is changed."""
        try:
            reply = await self.asker.ask(self.caller, prompt)
        except AnswerError as error:
            self.attempts += error.attempt_ids
            self.usage += error.usage or Usage()
            self.failures.append(error)
            return None
        self.attempts += reply.attempt_ids
        self.usage += reply.usage
        self.answered += 1
        return reply.value


async def judge(findings: Findings, asker: Asker, caller: Caller, policy: Samples) -> Judged:
    """Raises what ``asker.ask`` does other than AnswerError, and that where no prompt at all was answered."""
    ledger, notes = _Ledger(asker, caller), []
    groups, odd = findings.groups, findings.anomalies
    if policy == "full":
        groups, odd = await _both(_groups(ledger, findings), _values(ledger, findings))
    else:
        detail = f"Values may not leave (samples: {policy}): spellings and odd values are as counted, not judged."
        notes.append(Note(code="not_judged", detail=detail))
    column = findings.column
    found = await asyncio.to_thread(ideas, column, groups, odd, learn(column.real))
    said = await _explained(ledger, replace(findings, ideas=tuple(found[:MOST_SUGGESTIONS])), policy)
    if ledger.failures and not ledger.answered:
        raise ledger.failures[-1]
    if ledger.failures:
        notes.append(Note(code="not_judged", detail="Some prompts had no usable answer; that part is as counted."))
    judged = replace(findings, groups=groups, anomalies=odd, ideas=said)
    return Judged(judged, tuple(ledger.attempts), ledger.usage, tuple(notes))


async def _both(
    one: Coroutine[None, None, tuple[Spelling, ...]], other: Coroutine[None, None, tuple[Anomaly, ...]]
) -> tuple[tuple[Spelling, ...], tuple[Anomaly, ...]]:
    """At once; when one raises, the other is ended before it is raised."""
    first, second = asyncio.ensure_future(one), asyncio.ensure_future(other)
    try:
        return await first, await second
    finally:
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)


async def _groups(ledger: _Ledger, findings: Findings) -> tuple[Spelling, ...]:
    judged: dict[str, Spelling | None] = {}
    for batch in _batches(findings.groups):
        reply = await ledger.ask(spellings_prompt(findings.column, batch)) or {}
        for number, group in enumerate(batch, 1):
            judged[group.canonical] = _kept(group, reply.get(f"g{number}"))
    kept = (judged.get(group.canonical, group) for group in findings.groups)
    return tuple(group for group in kept if group is not None)


def _batches(groups: Sequence[Spelling]) -> list[list[Spelling]]:
    """Groups a model may be shown, at most MOST_VALUES values together."""
    batches: list[list[Spelling]] = []
    room = 0
    for group in groups:
        size = len(group.variants)
        if size > MOST_VALUES or not all(is_value(value, LONGEST) for value, _ in group.variants):
            continue
        if size > room:
            if len(batches) == MOST_PROMPTS:
                break
            batches.append([])
            room = MOST_VALUES
        batches[-1].append(group)
        room -= size
    return batches


def _kept(group: Spelling, said: object) -> Spelling | None:
    if said == DIFFERENT:
        return None
    known = dict(group.variants)
    if not isinstance(said, str) or said not in known:
        return group
    ordered = sorted(group.variants, key=lambda pair: pair[0] != said)
    return Spelling(said, tuple(ordered), group.reason, round(min(0.98, group.confidence + 0.05), 2))


async def _values(ledger: _Ledger, findings: Findings) -> tuple[Anomaly, ...]:
    """Candidates that are not certain are confirmed or let go; others, rare ones first, may be added."""
    by_value = {anomaly.value: anomaly for anomaly in findings.anomalies}
    asked = list(_asked(findings))
    for start in range(0, len(asked), MOST_VALUES):
        batch = asked[start : start + MOST_VALUES]
        reply = await ledger.ask(values_prompt(findings.column, batch))
        if reply is None:
            continue
        wrong = _wrong(reply, batch)
        for value in batch:
            found = by_value.get(value)
            if value in wrong:
                confidence = min(0.97, found.confidence + 0.05) if found else 0.6
                reason = found.reason if found else wrong[value]
                by_value[value] = Anomaly(value, findings.column.counts[value], reason, round(confidence, 2))
            elif found is not None:
                by_value[value] = replace(found, confidence=round(found.confidence * 0.7, 2))
    return tuple(sorted(by_value.values(), key=lambda each: (-each.confidence, -each.count, each.value)))


def _asked(findings: Findings) -> Iterator[str]:
    counts = findings.column.counts
    sure = {anomaly.value for anomaly in findings.anomalies if anomaly.confidence >= _SURE}
    doubtful = [anomaly.value for anomaly in findings.anomalies if anomaly.value not in sure]
    rare = sorted(set(counts) - sure - set(doubtful), key=lambda value: (counts[value], value))
    shown = [value for value in (*doubtful, *rare) if is_value(value, LONGEST)]
    yield from shown[: MOST_VALUES * (MOST_PROMPTS if len(doubtful) > MOST_VALUES else 1)]


def _wrong(reply: Reply, batch: Sequence[str]) -> dict[str, str]:
    """Value → reason; when nearly all are called wrong, the answer says nothing."""
    listed = reply.get("wrong")
    found: dict[str, str] = {}
    for each in listed if isinstance(listed, list) else ():
        label = each.get("value") if isinstance(each, dict) else None
        if isinstance(label, str) and label[1:].isdigit() and 1 <= int(label[1:]) <= len(batch):
            found[batch[int(label[1:]) - 1]] = clean(str(each.get("reason") or "It does not belong."), 200)
    return found if len(found) <= 0.5 * len(batch) else {}


async def _explained(ledger: _Ledger, findings: Findings, policy: Samples) -> tuple[Idea, ...]:
    if not findings.ideas:
        return ()
    reply = await ledger.ask(explain_prompt(findings.column, findings.ideas, policy)) or {}
    return tuple(_named(idea, reply.get(f"s{number}")) for number, idea in enumerate(findings.ideas, 1))


def _named(idea: Idea, said: object) -> Idea:
    """The model's title, and its reason behind ours, which has the counts."""
    if not isinstance(said, dict):
        return idea
    title, reason = (clean(str(said.get(name) or ""), limit) for name, limit in (("title", 100), ("reason", 300)))
    named = replace(idea.draft, name=title or idea.draft.name)
    return replace(idea, title=title or idea.title, draft=named, reason=f"{idea.reason} {reason}".strip())
