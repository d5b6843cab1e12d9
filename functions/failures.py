"""/organizations/{org}/failures: what failed for good, with its cause, and trying it again.

Work whose message names no valid organization is found under the organization ``unknown``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import azure.functions as func
from pydantic import Field

from functions.admin import require_admin
from functions.bodies import QueryModel
from functions.http import Answer, Call, accepted, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.failures import KeptFailure
from shared.mapping.models import AnswerModel, RequestModel
from shared.wiring import services

bp: Final = func.Blueprint()


class FailureOut(AnswerModel):
    """``queue`` is where a replay puts the message; ``attempts`` how often it was tried. ``replayable`` is false once
    it was replayed (then ``replayedAt`` says when) and where nothing is left to try again."""

    id: str
    kind: str
    queue: str
    organization_id: str
    code: str
    detail: str
    attempts: int
    failed_at: datetime
    mapping_id: str | None
    replayable: bool
    replayed_at: datetime | None


class FailureList(AnswerModel):
    items: list[FailureOut]
    continuation_token: str | None


class FailuresQuery(QueryModel):
    top: int = Field(default=50, ge=1, le=200)
    continuation_token: str | None = Field(default=None, pattern=r"^\d{14}-[0-9a-f]{16}$")


class NoBody(RequestModel):
    """An empty object."""


LIST: Final = Operation(
    method="GET",
    path="organizations/{org}/failures",
    name="list_failures",
    summary="What failed for good, with its cause, newest first",
    query=FailuresQuery,
    successes=(Success(200, "A page of failures", FailureList),),
    errors=(errors.InvalidRequest, errors.StorageUnavailable),
)
REPLAY: Final = Operation(
    method="POST",
    path="organizations/{org}/failures/{id}/replay",
    name="replay_failure",
    summary="Try again what failed, once",
    body=NoBody,
    admin=True,
    successes=(Success(202, "The failure; its message is in its queue again", FailureOut),),
    errors=(errors.NotFound, errors.NotReplayable, errors.IdempotencyConflict, errors.StorageUnavailable),
)


@bp.route(LIST.path, methods=[LIST.method])
@endpoint(LIST)
async def list_failures(call: Call) -> Answer:
    query = call.query(FailuresQuery)
    page = await services().failures.page(call.organization, query.top, query.continuation_token)
    return ok(FailureList(items=[_out(kept) for kept in page.items], continuation_token=page.continuation))


@bp.route(REPLAY.path, methods=[REPLAY.method])
@endpoint(REPLAY)
async def replay_failure(call: Call) -> Answer:
    await require_admin(call)
    if call.request.get_body():
        await call.read(NoBody)

    async def replay() -> Answer:
        return accepted(_out(await services().failures.replay(call.organization, call.part("id"))))

    return await call.once(replay)


def _out(kept: KeptFailure) -> FailureOut:
    failure = kept.failure
    return FailureOut(
        id=kept.id,
        kind=failure.kind,
        queue=failure.queue,
        organization_id=failure.organization,
        code=failure.code,
        detail=failure.detail,
        attempts=failure.attempts,
        failed_at=kept.failed_at,
        mapping_id=failure.mapping_id,
        replayable=kept.replayable,
        replayed_at=kept.replayed_at,
    )
