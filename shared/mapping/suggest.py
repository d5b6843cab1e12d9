"""The use case: suggest a mapping for a data set, with the model (``ai``) or without any prompt (``auto``)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar

from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Prompt
from shared.mapping.assemble import assemble
from shared.mapping.decide import Ask, Check, decide
from shared.mapping.dictionary import gathered, listed, whole
from shared.mapping.examples import told
from shared.mapping.index.catalogue_index import Catalogued
from shared.mapping.models import Mapping, MappingRequest
from shared.mapping.models import Warning as Note
from shared.mapping.organization_meaning import OrganizationMeaning
from shared.mapping.own_meaning import ranked_by_own_meaning
from shared.mapping.plan import Plan
from shared.mapping.prompt import Answers, map_prompt, name_prompt
from shared.mapping.prompt_size import START, PromptSize
from shared.mapping.questions import Question, sheet
from shared.mapping.remembered_plan import RememberedPlan, remembered_plan
from shared.mapping.review import NOTHING, Memory
from shared.mapping.verdicts import Ledger, Verdict, check_keys, check_names
from shared.profiling.models import DataSetProfile
from shared.settings import SamplesPolicy

Given = ParamSpec("Given")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


Progress = Callable[[int, int], None]
"""Told how many fields there are and how many of them are decided, each time an answer comes."""


class Compute(Protocol):
    async def __call__(
        self, function: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Result: ...


@dataclass(frozen=True)
class Work:
    organization: str
    mapping_id: str
    request: MappingRequest
    vocabularies: Catalogued
    """The request's own, or the index of the stored ones."""
    samples: SamplesPolicy
    """The stricter of what the organization allows and the request asks for."""
    caller: Caller
    currency: str
    notes: tuple[Note, ...] = ()
    """Warnings found before, put first."""
    profile: DataSetProfile | None = None
    """Of a data set that was read from a file: the request then only names its fields."""
    compute: Compute = asyncio.to_thread
    """Runs what takes processor time, off the event loop."""
    progress: Progress = lambda fields, done: None
    reviews: Memory = NOTHING
    """What the organization's stewards decided before."""
    meaning: OrganizationMeaning | None = None
    """Of names, by the organization's own embedding deployment."""
    size: PromptSize = field(default_factory=PromptSize)
    """Fields in one prompt, as learnt from the organization's deployment."""


async def suggest(work: Work, asker: Asker) -> Mapping:
    """Raises InvalidRequest (``/options/vocabulary``); with engine ``ai`` also what ``asker.require`` raises, what
    ``asker.ask`` raises other than AnswerError, and ContentFiltered or UnusableAnswer when no prompt was answered."""
    options = work.request.options
    if options.engine == "ai":
        await asker.require(work.caller)
    remembered = await work.compute(remembered_plan, work.request, work.vocabularies, work.profile, work.reviews)
    planned, ledger = remembered.plan, Ledger(verdicts={**remembered.reviewed})
    if options.engine == "ai":
        if work.meaning is not None:
            remembered = await ranked_by_own_meaning(
                remembered, work.meaning, work.caller, work.reviews, ledger, work.compute
            )
            planned = remembered.plan
        batch = START if work.caller.checkpoints else work.size.fields
        questions, ask = await work.compute(_prepared, remembered, ledger, work.samples, batch)
        watched = _watched(work, planned, ledger.verdicts.keys(), ask)
        await decide(asker, work.caller, questions, watched, ledger, work.size)
    mapping = await work.compute(
        assemble, planned, ledger, mapping_id=work.mapping_id, organization=work.organization,
        data_set_id=work.request.data_set.id, options=options, currency=work.currency,
        notes=(*work.notes, *remembered.notes),
    )  # fmt: skip
    log.info("mapping.suggested", extra={**_facts(work, mapping), "reviewed": len(remembered.reviewed)})
    return mapping


def _prepared(
    remembered: RememberedPlan, ledger: Ledger, samples: SamplesPolicy, batch: int
) -> tuple[list[Question], Ask]:
    """The questions in the order they are asked, and how: fields → key of the vocabulary; for a new vocabulary: field →
    name of its key."""
    planned = remembered.plan
    questions = _questions(planned, ledger, batch)
    if planned.vocabulary is None or planned.choice.keys is None:
        return questions, lambda fields: (
            name_prompt(planned.profile, fields, samples),
            lambda answers: check_names(fields, answers),
        )
    vocabulary, everything = planned.vocabulary.name, whole(planned.choice.keys, len(questions), batch)

    def ask(fields: tuple[Question, ...]) -> tuple[Prompt[Answers], Check]:
        offered = sheet(fields, listed(fields) if everything is None else everything)
        shown = told([asked.number for asked in fields], remembered.examples, offered.keys)
        prompt = map_prompt(planned.profile, offered, vocabulary, samples, shown)
        return prompt, lambda answers: check_keys(offered, answers)

    return (gathered(questions) if everything is None else questions), ask


def _questions(planned: Plan, ledger: Ledger, batch: int) -> list[Question]:
    """Fields that need deciding and are not reviewed; where all are noise the first few are asked about all the same,
    since a mapping by ``ai`` is never answered without a successful prompt or a review."""
    every = [
        Question(number, profile, planned.short_lists[number]) for number, profile in enumerate(planned.profile.fields)
    ]
    asked = [each for each in every if each.number not in planned.ignored and each.number not in ledger.verdicts]
    return asked if asked or ledger.verdicts else every[:batch]


def _watched(work: Work, planned: Plan, decided: Set[int], ask: Ask) -> Ask:
    """The same questions; each answer is told as progress."""
    fields, done = len(planned.profile.fields), len(planned.ignored | decided)
    work.progress(fields, done)

    def watched(batch: tuple[Question, ...]) -> tuple[Prompt[Answers], Check]:
        prompt, check = ask(batch)

        def counted(answers: Answers) -> tuple[dict[int, Verdict], list[Question]]:
            nonlocal done
            valid, invalid = check(answers)
            done = min(fields, done + len(valid))
            work.progress(fields, done)
            return valid, invalid

        return prompt, counted

    return watched


def _facts(work: Work, mapping: Mapping) -> dict[str, object]:
    return {
        "organization": work.organization,
        "mappingId": work.mapping_id,
        "correlationId": work.caller.correlation_id,
        "engine": mapping.engine,
        "fields": len(mapping.properties),
        "prompts": mapping.usage.prompts,
        "promptTokens": mapping.usage.prompt_tokens,
        "completionTokens": mapping.usage.completion_tokens,
    }
