"""/organizations/{org}/prompts/erase: prompts and answers taken out of the history; counts and costs stay."""

from __future__ import annotations

from typing import Final, Literal

import azure.functions as func
from pydantic import Field, model_validator

from functions.admin import require_admin
from functions.bodies import IsoTime
from functions.http import Answer, Call, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.gateway.erasure import Erasure
from shared.mapping.models import AnswerModel, RequestModel
from shared.wiring import services

bp: Final = func.Blueprint()


class ErasureIn(RequestModel):
    """At least one of them; all that are given must hold. ``everything`` stands alone."""

    attempt_id: str | None = Field(default=None, min_length=1, max_length=100)
    mapping_id: str | None = Field(default=None, min_length=1, max_length=64)
    before: IsoTime | None = Field(default=None, description="sent earlier than this, ISO 8601 UTC")
    everything: Literal[True] | None = Field(default=None, description="of the organization")

    @model_validator(mode="after")
    def _says_what(self) -> ErasureIn:
        narrowed = any((self.attempt_id, self.mapping_id, self.before))
        if narrowed == bool(self.everything):
            raise ValueError("give attemptId, mappingId or before; or everything alone, for all of the organization")
        return self


class Erased(AnswerModel):
    """How many attempts lost their prompt and answer."""

    erased: int


ERASE: Final = Operation(
    method="POST",
    path="organizations/{org}/prompts/erase",
    name="erase_prompts",
    summary="Erase prompts and answers; counts, times and costs stay, and an audit row is left",
    body=ErasureIn,
    admin=True,
    successes=(Success(200, "How many", Erased),),
    errors=(errors.ErasureDisabled, errors.IdempotencyConflict, errors.HistoryUnavailable),
)


@bp.route(ERASE.path, methods=[ERASE.method])
@endpoint(ERASE)
async def erase_prompts(call: Call) -> Answer:
    await require_admin(call)
    wish = await call.read(ErasureIn)

    async def work() -> Answer:
        what = Erasure(call.organization, wish.attempt_id, wish.mapping_id, wish.before)
        return ok(Erased(erased=await services().history_retention.erase(what, call.correlation_id)))

    return await call.once(work)
