"""What a rule is made from, what became of it, and the answer made of that."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.gateway.records import Caller, Usage
from shared.mapping.models import Warning as Note
from shared.rules.actions import TAGGING
from shared.rules.compile import Json
from shared.rules.doubts import Asked
from shared.rules.draft import Draft
from shared.rules.form import Reply
from shared.rules.manual import manual_steps
from shared.rules.models import CheckOut, QuestionOut, RuleAnswer, RuleRequest, Samples
from shared.rules.offer import Offer
from shared.rules.preview import Ran, warnings_of
from shared.usage_out import usage_out


@dataclass(frozen=True)
class RuleWork:
    """What a rule is made from. ``samples``: the stricter of what the organization allows and the request asks for."""

    request: RuleRequest
    caller: Caller
    offered: tuple[Offer, ...]
    domains: tuple[str, ...]
    samples: Samples
    currency: str
    notes: tuple[Note, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The keys a rule may name."""
        return frozenset(offer.key for offer in self.offered)

    @property
    def asked(self) -> Asked:
        return Asked(self.request.prompt, self.offered, self.request.records or (), self.request.answers)


@dataclass
class Ledger:
    """What was asked and paid for."""

    attempts: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Offered:
    """A draft that was compiled and run."""

    draft: Draft
    rule: Json
    ran: Ran
    made_up: bool


@dataclass(frozen=True)
class Try:
    """One answer of the model, and what became of it: questions, a fault, or a rule."""

    reply: Reply
    draft: Draft
    questions: list[QuestionOut] = field(default_factory=list)
    fault: str | None = None
    offered: Offered | None = None


def odd(offered: Offered) -> str | None:
    """The warning's code where a rule that was run on given records matched none of them or all, or changed none of
    those it matched, and the model is to be asked again; else None. To change the values of all records is usual, to
    tag all of them is not."""
    preview = offered.ran.preview
    if offered.made_up or not preview.records:
        return None
    values = any(action.name not in TAGGING for action in offered.draft.actions)
    if offered.draft.condition.parts or not values:
        if preview.matched == 0:
            return "matches_nothing"
        if preview.matched == preview.records > 1:
            return "matches_everything"
    return "changes_nothing" if _changes_nothing(offered) else None


def _changes_nothing(offered: Offered) -> bool:
    """Only where the preview acts out all there is to see."""
    seen = offered.draft.scope != "Survivorship" and manual_steps(offered.draft).all_acted_out
    return seen and offered.ran.preview.matched > 0 and not offered.ran.preview.changed and not offered.ran.failures


def answer(work: RuleWork, last: Try, rule_id: str, ledger: Ledger) -> RuleAnswer:
    """Of the last try: its questions, or the rule it offers with its checks, preview and warnings."""
    offered = last.offered
    return RuleAnswer(
        rule_id=rule_id,
        organization_id=work.caller.organization,
        scope=last.draft.scope,
        rule=offered.rule if offered else None,
        explanation=last.draft.description or "",
        questions=last.questions,
        manual_steps=manual_steps(last.draft).listed if offered else [],
        checks=_checks(offered) if offered else [],
        preview=offered.ran.preview if offered else None,
        warnings=[*work.notes, *(_warnings(offered) if offered else [])],
        prompt_ids=ledger.attempts,
        usage=usage_out(ledger.usage, work.currency),
    )


def _checks(offered: Offered) -> list[CheckOut]:
    preview, failures = offered.ran.preview, offered.ran.failures
    kind = "made-up records" if offered.made_up else "records"
    some = preview.matched > 0 and (preview.matched < preview.records or not offered.draft.condition.parts)
    return [
        CheckOut(name="vocabulary", ok=True, detail="Every key it names is in the catalogue."),
        CheckOut(name="scope", ok=True, detail=f"Every action may be used in a rule of scope {offered.draft.scope}."),
        CheckOut(name="executed", ok=not failures, detail=f"Run on {preview.records} {kind}"
                 + (f"; failed on {sum(failures.values())}." if failures else ".")),
        CheckOut(name="matches", ok=some, detail=f"{preview.matched} of {preview.records} matched."),
    ]  # fmt: skip


def _warnings(offered: Offered) -> list[Note]:
    found, preview = warnings_of(offered.ran), offered.ran.preview
    if offered.made_up:
        detail = "No records were given: the rule was run on records made up from it, which the preview shows."
        return [Note(code="made_up_records", detail=detail), *found]
    if preview.records and preview.matched == 0:
        found.insert(0, Note(code="matches_nothing", detail="The rule matches none of the records."))
    elif preview.matched == preview.records > 1:
        found.insert(0, Note(code="matches_everything", detail="The rule matches every record."))
    if _changes_nothing(offered):
        found.append(Note(code="changes_nothing", detail="The rule changes none of the records that it matches."))
    return found
