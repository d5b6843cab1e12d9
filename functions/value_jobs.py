"""/organizations/{org}/values/jobs: Add or Set Value with AI for very many records, through the queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import azure.functions as func
from pydantic_core import from_json

from functions.http import Answer, Call, accepted, endpoint, ok
from functions.operations import MEBIBYTE, Operation, Success
from functions.values import values_desk
from shared import errors
from shared.values.jobs.models import ResumeRequest, ValueJobRequest, ValueJobState
from shared.wiring import services

if TYPE_CHECKING:
    from shared.values.jobs.desk import JobDesk
    from shared.values.jobs.job import Job

bp: Final = func.Blueprint()

_PATH: Final = "organizations/{org}/values/jobs"
_ONE: Final = f"{_PATH}/{{jobId}}"
_ERRORS: Final = (errors.NotFound, errors.IdempotencyConflict, errors.StorageUnavailable)
_STATE: Final = (Success(200, "The job's state", ValueJobState),)

START: Final = Operation(
    method="POST",
    path=_PATH,
    name="start_value_job",
    summary="Add or Set Value with AI for up to 1,000,000 records, later",
    body=ValueJobRequest,
    body_limit=64 * MEBIBYTE,
    gzip=True,
    successes=(Success(202, "Accepted: where it stands", ValueJobState),),
    errors=(
        errors.FeatureDisabled,
        errors.SettingsMissing,
        errors.IdempotencyConflict,
        errors.PromptInvalid,
        errors.DeploymentForbidden,
        errors.DeploymentNotFound,
        errors.FlagsUnavailable,
    ),
)
READ: Final = Operation("GET", _ONE, "read_value_job", "State of a value job, for 30 days", _STATE, _ERRORS)
PAUSE: Final = Operation(
    "POST", f"{_ONE}/pause", "pause_value_job", "Finish the calls in flight and send no further one", _STATE, _ERRORS
)
RESUME: Final = Operation(
    "POST",
    f"{_ONE}/resume",
    "resume_value_job",
    "Go on with a paused, failed or stopped job where it stopped, perhaps with other limits",
    _STATE,
    _ERRORS,
    body=ResumeRequest,
    body_required=False,
)
CANCEL: Final = Operation("POST", f"{_ONE}/cancel", "cancel_value_job", "End a job for good", _STATE, _ERRORS)


@bp.route(START.path, methods=[START.method])
@endpoint(START)
async def start_value_job(call: Call) -> Answer:
    from shared.values.jobs.accept import accept

    request = await call.read(ValueJobRequest)

    async def work() -> Answer:
        return accepted(_state(await accept(job_desk(), call.organization, request, call.correlation_id)))

    answer = await call.once(work)
    if answer.status != 202:
        return answer
    place = f"/api/organizations/{call.organization}/values/jobs/{from_json(answer.content)['jobId']}"
    return replace(answer, headers={**answer.headers, "location": place})


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_value_job(call: Call) -> Answer:
    from shared.values.jobs.control import find

    return ok(_state(await find(job_desk(), *_named(call))))


@bp.route(PAUSE.path, methods=[PAUSE.method])
@endpoint(PAUSE)
async def pause_value_job(call: Call) -> Answer:
    from shared.values.jobs.control import pause

    return await call.once(_answering(lambda: pause(job_desk(), *_named(call))))


@bp.route(RESUME.path, methods=[RESUME.method])
@endpoint(RESUME)
async def resume_value_job(call: Call) -> Answer:
    from shared.values.jobs.control import resume

    request = await call.read(ResumeRequest) if call.request.get_body() else ResumeRequest()
    return await call.once(_answering(lambda: resume(job_desk(), *_named(call), request.limits)))


@bp.route(CANCEL.path, methods=[CANCEL.method])
@endpoint(CANCEL)
async def cancel_value_job(call: Call) -> Answer:
    from shared.values.jobs.control import cancel

    return await call.once(_answering(lambda: cancel(job_desk(), *_named(call))))


def job_desk() -> JobDesk:
    from shared.values.jobs.desk import JobDesk

    built = services()
    return JobDesk(
        values=values_desk(),
        jobs=built.value_jobs,
        writer=built.blobs,
        queues=built.queues,
        files=built.record_files,
        failures=built.failures,
        callbacks=built.callbacks,
    )


def _named(call: Call) -> tuple[str, str]:
    return call.organization, call.part("jobId")


def _answering(change: Callable[[], Awaitable[Job]]) -> Callable[[], Awaitable[Answer]]:
    async def work() -> Answer:
        return ok(_state(await change()))

    return work


def _state(job: Job) -> ValueJobState:
    from shared.values.jobs.control import state_of

    return state_of(job, services().settings.currency)
