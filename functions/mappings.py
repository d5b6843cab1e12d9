"""/organizations/{org}/mappings: suggest a mapping for a data set, read it back, forget it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

import azure.functions as func
from pydantic import JsonValue
from pydantic_core import from_json

from functions.http import Answer, Call, endpoint, no_content, ok
from functions.operations import ASKING, Operation, Success
from functions.problems import Problem, problem
from functions.workshop import mapping_desk
from shared import errors
from shared.mapping.models import AnswerModel, Mapping, MappingRequest
from shared.mapping.store import KeptMapping
from shared.wiring import services

bp: Final = func.Blueprint()

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


class Progress(AnswerModel):
    fields: int
    done: int


class MappingState(AnswerModel):
    """Where a mapping stands. ``result`` once it succeeded, ``error`` once it failed."""

    mapping_id: str
    organization_id: str
    state: Literal["queued", "running", "succeeded", "failed", "refused", "cancelled"]
    created_at: datetime
    updated_at: datetime
    progress: Progress
    result: Mapping | None
    error: Problem | None


SUGGEST: Final = Operation(
    method="POST",
    path="organizations/{org}/mappings",
    name="suggest_mapping",
    summary="Suggest a mapping for a data set",
    body=MappingRequest,
    successes=(
        Success(200, "The mapping", Mapping),
        Success(202, "Accepted: with header Prefer: respond-async, or when it will take long", MappingState),
    ),
    errors=(errors.ContentFiltered, errors.UnusableAnswer, *ASKING),
)
READ: Final = Operation(
    method="GET",
    path="organizations/{org}/mappings/{mappingId}",
    name="read_mapping",
    summary="State and result of a mapping, as long as it is kept (MAPPING_DAYS)",
    successes=(Success(200, "Its state and, once it succeeded, the mapping", MappingState),),
    errors=(errors.NotFound, errors.StorageUnavailable),
)
FORGET: Final = Operation(
    method="DELETE",
    path="organizations/{org}/mappings/{mappingId}",
    name="forget_mapping",
    summary="Cancel a mapping that is not finished; forget one that is, its result and its review",
    successes=(Success(204, "Cancelled, or forgotten"),),
    errors=(errors.NotFound, errors.StorageUnavailable),
)


@bp.route(SUGGEST.path, methods=[SUGGEST.method])
@endpoint(SUGGEST)
async def suggest_mapping(call: Call) -> Answer:
    # Imported on first use: the mapping brings rapidfuzz along, and function_app must import fast.
    from shared.mapping.jobs import enqueue, will_take_long
    from shared.mapping.run import run_mapping

    request = await call.read(MappingRequest)
    desk, later = mapping_desk(), _prefers_async(call)

    async def work() -> Answer:
        if later or await will_take_long(desk, call.organization, request):
            queues = services().queues
            return Answer(202, _state(await enqueue(desk, queues, call.organization, request, call.correlation_id)))
        return ok(await run_mapping(desk, call.organization, request, call.correlation_id))

    return _with_location(await call.once(work), call, later)


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_mapping(call: Call) -> Answer:
    kept = await services().mappings.get(call.organization, mapping_id(call))
    if kept is None:
        raise _no_such_mapping()
    return Answer(200, _state(kept))


@bp.route(FORGET.path, methods=[FORGET.method])
@endpoint(FORGET)
async def forget_mapping(call: Call) -> Answer:
    # Its review first: who dies in between leaves a mapping that can be forgotten again.
    reviewed = await services().reviews.forget(call.organization, mapping_id(call))
    ended = await services().mappings.end(call.organization, mapping_id(call))
    if not (reviewed or ended):
        raise _no_such_mapping()
    return no_content()


def _prefers_async(call: Call) -> bool:
    """The preference ``respond-async`` (RFC 7240), perhaps among others."""
    preferences = (call.header("prefer") or "").split(",")
    return any(each.split(";")[0].strip().lower() == "respond-async" for each in preferences)


def _with_location(answer: Answer, call: Call, later: bool) -> Answer:
    """Where to ask for what was accepted, now or when the same Idempotency-Key was used first."""
    if answer.status != 202:
        return answer
    accepted = from_json(answer.content)["mappingId"]
    headers = {**answer.headers, "location": f"/api/organizations/{call.organization}/mappings/{accepted}"}
    if later:
        headers["preference-applied"] = "respond-async"
    return replace(answer, headers=headers)


def mapping_id(call: Call) -> str:
    """The id in the path, in lower case. Raises NotFound for what cannot be one."""
    given = call.part("mappingId")
    if not _ID.fullmatch(given):
        raise _no_such_mapping()
    return given.lower()


def _no_such_mapping() -> errors.NotFound:
    return errors.NotFound("The organization has no mapping with this id, or it is not kept any more.")


def _state(kept: KeptMapping) -> bytes:
    """The state as JSON. The result goes in as it was kept: an older version's mapping need not fit today's model."""
    state = MappingState(
        mapping_id=kept.mapping_id,
        organization_id=kept.organization,
        state=kept.state,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
        progress=Progress(fields=kept.fields, done=kept.done),
        result=None,
        error=_error(kept),
    )
    members = state.model_dump(mode="json", by_alias=True, exclude={"error"})
    result: JsonValue = from_json(kept.result) if kept.result else None
    error = state.error.model_dump(mode="json", by_alias=True, exclude_none=True) if state.error else None
    return json.dumps({**members, "result": result, "error": error}, ensure_ascii=False).encode()


def _error(kept: KeptMapping) -> Problem | None:
    if kept.cause is None:
        return None
    return problem(kept.cause.code, kept.cause.detail, kept.correlation_id, setting=kept.cause.setting)
