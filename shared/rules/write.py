"""Words → a rule that was run before it is offered: the use case of ``POST …/rules``.

which keys → ask → understand → doubts (questions) → check → run; what cannot be used goes back to the model once with
the reason. A rule that matches nothing, or everything, is asked about once more.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from shared.errors import AnswerCutOff, AnswerError, RuleTimeout, RuleUnusable, UnusableAnswer
from shared.gateway.ports import Asker
from shared.gateway.records import Usage
from shared.rules.answer import Ledger, Offered, RuleWork, Try, answer, odd
from shared.rules.answered import not_used
from shared.rules.check import check_draft
from shared.rules.compile import compile_rule
from shared.rules.doubts import doubts
from shared.rules.draft_json import draft_json
from shared.rules.form import Reply
from shared.rules.made_up import made_up_records
from shared.rules.manual import manual_steps, with_winners
from shared.rules.models import RuleAnswer
from shared.rules.preview import NotRun, as_records, run_rule
from shared.rules.prompt import write_prompt
from shared.rules.put_right import normalised_domains, put_right
from shared.rules.remarks import forgotten_tests, refusal, remark
from shared.rules.runnable import WHO_WINS
from shared.rules.sandbox import Sandbox
from shared.rules.understand import understand, without_tests

log = logging.getLogger(__name__)

_QUOTED: Final = re.compile(r"['\"].*(?:…$|['\"])", re.DOTALL)
"""What an error quotes, also where the end of it was cut off."""


async def write_rule(work: RuleWork, asker: Asker, sandbox: Sandbox) -> RuleAnswer:
    """Raises what ``Asker.ask`` does, and RuleUnusable, also for a rule that takes too long twice."""
    ledger, rule_id = Ledger(), str(uuid.uuid4())
    writer = _Writer(work, asker, sandbox, ledger, rule_id)
    first = await writer.attempt(None)
    last = first
    if first.fault is not None:
        last = await writer.attempt((first, refusal(first)))
        if last.fault is not None:
            raise _unusable(last, ledger)
    elif first.offered is not None and (code := odd(first.offered)):
        again = await writer.once_more(first, remark(work, first.offered, code))
        better = again is not None and again.offered is not None and not odd(again.offered)
        last = again if again is not None and better else first
    log.info("rules.written", extra=_facts(work, last, ledger))
    return answer(work, last, rule_id, ledger)


@dataclass(frozen=True)
class _Writer:
    work: RuleWork
    asker: Asker
    sandbox: Sandbox
    ledger: Ledger
    rule_id: str

    async def attempt(self, before: tuple[Try, str] | None) -> Try:
        reply = await self._ask(before)
        request = self.work.request
        draft = understand(reply, name=request.name, scope=request.scope)
        if self.work.domains:
            draft = normalised_domains(draft, self.work.domains)
        draft = put_right(draft, reply, self.work.asked)
        questions = doubts(draft, self.work.asked, str(reply.get("question") or "").strip())
        if questions:
            return Try(reply, draft, questions=questions)
        faults = check_draft(draft, self.work.keys)
        unused = not_used(draft, request.answers, self.work.keys)
        faults += [f"it is not about {key}, which the answer chose" for key in unused]
        if named := without_tests(reply, draft):
            faults.append(f'it has no test for "{named}", so it would do this to every record')
        if faults:
            return Try(reply, draft, fault="; ".join(faults[:5]))
        return await self._run(Try(reply, draft))

    async def once_more(self, before: Try, remark: str) -> Try | None:
        """None where no usable answer came: the rule there is was run, and is not lost for that."""
        try:
            return await self.attempt((before, remark))
        except AnswerError as error:
            self._note(error.attempt_ids, error.usage)
            return None

    async def _ask(self, before: tuple[Try, str] | None) -> Reply:
        """Once more where the answer was cut off, or is not what was asked for.

        A rule whose tests were forgotten is asked for afresh, in a form that has none without a test."""
        work = self.work
        forgotten = before is not None and forgotten_tests(before[0])
        said = (json.dumps(before[0].reply, ensure_ascii=False), before[1]) if before and not forgotten else None
        prompt = partial(
            write_prompt, work.request.prompt, work.offered, work.samples, scope=work.request.scope,
            domains=work.domains, answers=work.request.answers, before=said, tested=forgotten,
        )  # fmt: skip
        try:
            reply = await self.asker.ask(work.caller, prompt())
        except (UnusableAnswer, AnswerCutOff) as error:
            self._note(error.attempt_ids, error.usage)
            reply = await self.asker.ask(work.caller, prompt(endless=isinstance(error, AnswerCutOff)))
        self._note(reply.attempt_ids, reply.usage)
        return reply.value

    def _note(self, attempts: tuple[str, ...], usage: Usage | None) -> None:
        self.ledger.attempts += attempts
        self.ledger.usage += usage or Usage()

    async def _run(self, tried: Try) -> Try:
        draft, records = tried.draft, as_records(self.work.request.records or ())
        made_up = not records
        rule = compile_rule(draft, self.rule_id)
        try:
            ran = await run_rule(
                self.sandbox, self.work.caller.organization, rule,
                made_up_records(draft) if made_up else records, manual_steps(draft).acted_out(self.rule_id),
            )  # fmt: skip
        except NotRun as error:
            return replace(tried, fault=str(error))
        except RuleTimeout as error:
            return replace(tried, fault=error.detail)
        unsupported = [each for each in ran.preview.unsupported if each != WHO_WINS]
        if unsupported:
            return replace(tried, fault="; ".join(unsupported))
        if ran.failures and sum(ran.failures.values()) == ran.preview.records:
            # What the SDK quotes is a record's value, which may not leave, and is not the model's to read.
            reason = _QUOTED.sub("a value", next(iter(ran.failures)))
            return replace(tried, fault=f"it fails on every record: {reason}")
        if draft.scope == "Survivorship" and not made_up:
            ran = with_winners(draft, self.work.request.records or (), ran)
        return replace(tried, offered=Offered(draft, rule, ran, made_up))


def _unusable(last: Try, ledger: Ledger) -> RuleUnusable:
    reason = last.fault or ""
    error = RuleUnusable(
        "The model's rule cannot be used, also not when asked again. Say it in other words, or in smaller steps.",
        draft=draft_json(last.draft),
        reason=reason,
    )
    error.attempt_ids, error.usage = tuple(ledger.attempts), ledger.usage
    return error


def _facts(work: RuleWork, last: Try, ledger: Ledger) -> Mapping[str, object]:
    return {
        "organization": work.caller.organization,
        "correlationId": work.caller.correlation_id,
        "scope": last.draft.scope,
        "questions": len(last.questions),
        "prompts": ledger.usage.prompts,
    }
