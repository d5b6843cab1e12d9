"""Values for the records of one request: the use case of ``POST …/values``.

check the prompt → the gate, before any work → equal inputs once → known answers, where allowed → ask → write.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import PromptInvalid, Violation
from shared.gateway.records import Caller, Feature
from shared.mapping.models import Warning as Note
from shared.organization_settings import stricter
from shared.records import RecordIn, check_records
from shared.usage_out import usage_out
from shared.values.fill import Filled, fill
from shared.values.models import Result, Values, ValuesRequest
from shared.values.outputs import Output, outputs_of
from shared.values.prompt import Form, form_of
from shared.values.questions import LONGEST, Asked, Inputs, NotAsked, distinct, question_of
from shared.values.results import result_of, summary_of
from shared.values.template import Template, parse_template

if TYPE_CHECKING:
    from shared.gateway.credentials import Credentials
    from shared.gateway.ports import Asker
    from shared.mapping.catalogue import Catalogue
    from shared.organization_settings import OrganizationSettings
    from shared.settings import SamplesPolicy, Settings
    from shared.values.batches import BatchSizes
    from shared.values.models import OutputIn
    from shared.values.reuse import KnownAnswers

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ValuesDesk:
    """What values need from outside."""

    settings: Settings
    asker: Asker
    credentials: Credentials
    catalogue: Catalogue
    policies: OrganizationSettings
    sizes: BatchSizes
    known: KnownAnswers


@dataclass(frozen=True)
class Task:
    """A prompt that was checked, and everything about it that is the same for all records."""

    template: Template
    outputs: tuple[Output, ...]
    form: Form
    notes: tuple[Note, ...]


async def run_values(desk: ValuesDesk, organization: str, request: ValuesRequest, correlation_id: str) -> Values:
    """Raises InvalidRequest, TooLarge, PromptInvalid; what ``Asker.require`` and ``fill`` raise; StorageUnavailable."""
    template = parse_template(request.prompt)
    check_records(request.records)
    caller = caller_of(organization, correlation_id, time.monotonic() + desk.settings.http_deadline)
    await desk.asker.require(caller)
    await check_policy(desk.policies, organization, request.options.samples)
    task = await task_of(desk.catalogue, organization, template, request.outputs)
    asked = [question_of(record, template, request.mode) for record in request.records]
    questions = distinct(asked)
    model = await model_of(desk.credentials, organization)
    known = await desk.known.find(organization, task.form, model, questions) if request.options.reuse else {}
    to_ask = [inputs for inputs in questions if inputs not in known]
    filled = Filled()
    if to_ask:
        size = desk.sizes.of(organization, task.form.version)
        filled = await fill(desk.asker, caller, task.form, to_ask, size)
        if request.options.reuse:
            await desk.known.keep(organization, task.form, model, filled.values)
    values = _answer(desk, task, request, asked, {**known, **filled.values}, filled, len(to_ask))
    log.info("values.filled", extra=_facts(organization, correlation_id, values))
    return values


async def check_policy(policies: OrganizationSettings, organization: str, asked: SamplesPolicy | None) -> None:
    """Values are sent as they are or not at all. Raises PromptInvalid where the organization or the request forbids
    it, StorageUnavailable."""
    allowed = await policies.samples(organization)
    used = stricter(allowed, asked or allowed)
    if used != "full":
        by = "the request" if used != allowed else "the organization (table OrganizationSettings, samples)"
        message = f"the records' values would have to leave, and {by} allows {used} only"
        violation = Violation("/options/samples" if used != allowed else "/prompt", message)
        raise PromptInvalid(f"The prompt cannot be sent: {message}.", violations=(violation,))


async def task_of(catalogue: Catalogue, organization: str, template: Template, outputs: dict[str, OutputIn]) -> Task:
    """Raises InvalidRequest (``/outputs/…``), StorageUnavailable."""
    made, notes = outputs_of(template, outputs, (await catalogue.read(organization)).find)
    return Task(template, made, form_of(template, made), notes)


async def model_of(credentials: Credentials, organization: str) -> str:
    """Which deployment answers: an answer of another one is another answer. Raises what ``deployment`` does."""
    deployment = await credentials.deployment(organization)
    return f"{deployment.base_url} {deployment.name}"


def caller_of(organization: str, correlation_id: str, deadline: float) -> Caller:
    """On whose behalf values are asked for. ``deadline`` is a time.monotonic()."""
    return Caller(
        organization=organization,
        features=(Feature.RULE_ENGINE,),
        history_feature=Feature.RULE_ENGINE.value,
        correlation_id=correlation_id,
        deadline=deadline,
    )


def cut_note(records: Sequence[RecordIn], template: Template) -> tuple[Note, ...]:
    """A warning where an input is longer than what is sent of it."""
    inputs = {key.casefold() for key in template.inputs}
    long = sum(
        any(
            key.casefold() in inputs and isinstance(value, str) and len(value.strip()) > LONGEST
            for key, value in record.properties.items()
        )
        for record in records
    )
    if not long:
        return ()
    return (
        Note(
            code="input_cut",
            detail=f"{long} records have an input of more than {LONGEST} characters: the rest was not sent.",
        ),
    )


def _answer(
    desk: ValuesDesk,
    task: Task,
    request: ValuesRequest,
    asked: Sequence[Asked | NotAsked],
    values: dict[Inputs, tuple[str | None, ...]],
    filled: Filled,
    sent: int,
) -> Values:
    results: list[Result] = [result_of(one, task.outputs, request.mode, values, filled.failed) for one in asked]
    return Values(
        results=results,
        summary=summary_of(results, sent),
        warnings=[*task.notes, *cut_note(request.records, task.template)],
        prompt_ids=filled.attempt_ids,
        usage=usage_out(filled.usage, desk.settings.currency),
    )


def _facts(organization: str, correlation_id: str, values: Values) -> dict[str, object]:
    return {
        "organization": organization,
        "correlationId": correlation_id,
        **values.summary.model_dump(),
        "prompts": values.usage.prompts,
    }
