"""One case, from words to what comes of it: by the product's own use case, and by asking for the rule directly."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.accuracy_model import LocalModel, ModelAsker, OutOfTime
from bench.rules import naive
from bench.rules.compiled import differences
from bench.rules.language import Case
from shared.errors import ProductError
from shared.gateway.records import Caller, Feature
from shared.mapping.index.catalogue_index import indexed
from shared.mapping.models import Vocabulary
from shared.rules.answer import RuleWork
from shared.rules.models import RuleAnswer, RuleRequest
from shared.rules.offer import offers
from shared.rules.preview import NotRun, run_rule
from shared.rules.sandbox import Sandbox
from shared.rules.write import write_rule


@dataclass(frozen=True)
class Outcome:
    case: Case
    known: bool
    """False: there was no time to ask."""
    right: bool = False
    why: str = ""
    prompts: int = 0


async def written(model: LocalModel, sandbox: Sandbox, case: Case) -> Outcome:
    try:
        answer = await write_rule(work_of(case), ModelAsker(model), sandbox)
    except OutOfTime:
        return Outcome(case, known=False)
    except ProductError as error:
        return Outcome(case, known=True, why=f"{error.code}: {getattr(error, 'reason', error.detail)}")
    return Outcome(case, True, not (why := _wrong(case, answer)), why, answer.usage.prompts)


def _wrong(case: Case, answer: RuleAnswer) -> str:
    if answer.questions:
        return f"asked: {answer.questions[0].question}"
    assert answer.preview is not None
    ids = [str(record["id"]) for record in case.records]
    matched = [item.id for item in answer.preview.items if item.matched]
    expected = [ids[place] for place in sorted(case.expected())]
    if matched != expected:
        return f"matched {matched}, not {expected}"
    places = sorted(case.expected())
    return "; ".join(differences(case, places, answer.preview))


def work_of(case: Case) -> RuleWork:
    request = RuleRequest.model_validate({
        "prompt": case.words, "scope": case.draft.scope, "vocabularies": [case.vocabulary], "records": case.records,
    })  # fmt: skip
    vocabularies = [Vocabulary.model_validate(case.vocabulary)]
    caller = Caller("bench", (Feature.RULE_ENGINE,), "RuleEngine", "bench", time.monotonic() + 3_600)
    offered = offers(case.words, indexed(vocabularies), request.records or ())
    return RuleWork(request, caller, offered, (), "full", "USD")


async def answered_directly(model: LocalModel, sandbox: Sandbox, case: Case) -> Outcome:
    try:
        answered = model.chat(naive.messages(case), naive.schema(), naive.MOST_TOKENS)
    except OutOfTime:
        return Outcome(case, known=False)
    rule = naive.rule_of(answered.text)
    if rule is None:
        return Outcome(case, known=True, why="no rule", prompts=1)
    try:
        ran = await run_rule(sandbox, "bench", rule, case.records)
    except (NotRun, ProductError) as error:
        return Outcome(case, known=True, why=str(error), prompts=1)
    if ran.preview.unsupported or ran.failures:
        return Outcome(case, known=True, why="; ".join([*ran.preview.unsupported, *ran.failures]), prompts=1)
    why = "; ".join(differences(case, ran.matched, ran.preview))
    return Outcome(case, True, not why, why, 1)
