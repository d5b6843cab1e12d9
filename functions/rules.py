"""/organizations/{org}/rules: plain words to a rule, a rule run on records, rules suggested for a key."""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.http import Answer, Call, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.rules.models import PreviewAnswer, PreviewRequest
from shared.wiring import services

bp: Final = func.Blueprint()

PREVIEW: Final = Operation(
    method="POST",
    path="organizations/{org}/rules/preview",
    name="preview_rule",
    summary="Run a rule on records, and send nothing",
    body=PreviewRequest,
    successes=(Success(200, "What the rule does to the records", PreviewAnswer),),
    errors=(errors.RuleTimeout, errors.IdempotencyConflict),
)


@bp.route(PREVIEW.path, methods=[PREVIEW.method])
@endpoint(PREVIEW)
async def preview_rule(call: Call) -> Answer:
    from shared.rules.preview import preview_rule as preview

    request = await call.read(PreviewRequest)

    async def work() -> Answer:
        return ok(await preview(services().sandbox, call.organization, request))

    return await call.once(work)
