"""/organizations/{org}/settings: which of the four settings are there, never their values; and whether they work."""

from __future__ import annotations

import time
from typing import Final

import azure.functions as func

from functions.admin import require_admin
from functions.http import Answer, Call, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.gateway.records import Caller, Feature
from shared.mapping.models import AnswerModel, RequestModel
from shared.wiring import services

bp: Final = func.Blueprint()


class SettingPresence(AnswerModel):
    name: str
    present: bool


class SettingsOut(AnswerModel):
    settings: list[SettingPresence]
    complete: bool


class NoOptions(RequestModel):
    """An empty object."""


class VerificationOut(AnswerModel):
    """``setting`` is the one to fix where one is to blame."""

    ok: bool
    code: str | None
    setting: str | None
    detail: str
    prompt_id: str | None


READ: Final = Operation(
    method="GET",
    path="organizations/{org}/settings",
    name="read_settings",
    summary="Which of the four settings are present",
    successes=(Success(200, "Their names", SettingsOut),),
    errors=(errors.SettingsUnavailable,),
)
VERIFY: Final = Operation(
    method="POST",
    path="organizations/{org}/settings/verify",
    name="verify_settings",
    summary="Send one prompt of at most 20 tokens with the organization's settings",
    body=NoOptions,
    body_required=False,
    admin=True,
    successes=(Success(200, "Whether it worked, and what to fix", VerificationOut),),
    errors=(errors.FeatureDisabled, errors.IdempotencyConflict, errors.FlagsUnavailable, errors.HistoryUnavailable),
)


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_settings(call: Call) -> Answer:
    presence = await services().credentials.presence(call.organization)
    settings = [SettingPresence(name=name, present=present) for name, present in presence.items()]
    return ok(SettingsOut(settings=settings, complete=all(presence.values())))


@bp.route(VERIFY.path, methods=[VERIFY.method])
@endpoint(VERIFY)
async def verify_settings(call: Call) -> Answer:
    await require_admin(call)
    if call.request.get_body():
        await call.read(NoOptions)
    return await call.once(lambda: _verify(call))


async def _verify(call: Call) -> Answer:
    from shared.gateway.verify import verify

    all_services = services()
    caller = Caller(
        organization=call.organization,
        features=(Feature.AI_MAPPING, Feature.RULE_ENGINE),
        history_feature="Verify",
        correlation_id=call.correlation_id,
        deadline=time.monotonic() + all_services.settings.http_deadline,
    )
    return ok(VerificationOut.model_validate(await verify(all_services.gateway, caller), from_attributes=True))
