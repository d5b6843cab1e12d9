"""/organizations/{org}/flags: what may be used. The table FeatureFlags stays the source of truth."""

from __future__ import annotations

from typing import Final, Literal

import azure.functions as func

from functions.admin import require_admin
from functions.http import Answer, Call, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.errors import NotFound
from shared.gateway.flags import FlagState
from shared.gateway.ports import FlagRow
from shared.gateway.records import Feature
from shared.mapping.models import AnswerModel, RequestModel
from shared.wiring import services

bp: Final = func.Blueprint()


class FlagIn(RequestModel):
    enabled: bool
    status: Literal["Deprecated", "Development", "Alpha", "Beta", "ReleaseCandidate", "Production"]


class FlagOut(AnswerModel):
    """``effective``: whether prompts of this feature may be sent now. ``status`` is empty where no row is."""

    flag: str
    enabled: bool
    status: str
    source: Literal["organization", "default", "missing"]
    effective: bool


class FlagList(AnswerModel):
    items: list[FlagOut]


LIST: Final = Operation(
    method="GET",
    path="organizations/{org}/flags",
    name="list_flags",
    summary="All flags of an organization",
    successes=(Success(200, "The flags", FlagList),),
    errors=(errors.FlagsUnavailable,),
)
READ: Final = Operation(
    method="GET",
    path="organizations/{org}/flags/{flag}",
    name="read_flag",
    summary="One flag of an organization",
    successes=(Success(200, "The flag", FlagOut),),
    errors=(errors.NotFound, errors.FlagsUnavailable),
)
SET: Final = Operation(
    method="PUT",
    path="organizations/{org}/flags/{flag}",
    name="set_flag",
    summary="Switch a flag of an organization",
    body=FlagIn,
    admin=True,
    successes=(Success(200, "The flag as it is now", FlagOut),),
    errors=(errors.NotFound, errors.FlagsUnavailable),
)


@bp.route(LIST.path, methods=[LIST.method])
@endpoint(LIST)
async def list_flags(call: Call) -> Answer:
    states = await services().flags.read_all(call.organization)
    return ok(FlagList(items=[_out(state) for state in states]))


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_flag(call: Call) -> Answer:
    return ok(_out(await services().flags.effective(call.organization, _feature(call))))


@bp.route(SET.path, methods=[SET.method])
@endpoint(SET)
async def set_flag(call: Call) -> Answer:
    await require_admin(call)
    feature = _feature(call)
    flag = await call.read(FlagIn)
    row = FlagRow(flag.enabled, flag.status)
    return ok(_out(await services().flags.set(call.organization, feature, row, call.correlation_id)))


def _feature(call: Call) -> Feature:
    try:
        return Feature(call.part("flag"))
    except ValueError:
        raise NotFound(f"No such flag. The flags are {', '.join(Feature)}.") from None


def _out(state: FlagState) -> FlagOut:
    return FlagOut(
        flag=state.flag.value,
        enabled=state.enabled,
        status=state.status,
        source=state.source,
        effective=state.effective,
    )
