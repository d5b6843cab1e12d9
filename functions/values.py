"""/organizations/{org}/values: Add or Set Value with AI for records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import azure.functions as func

from functions.http import Answer, Call, endpoint, ok
from functions.operations import ASKING, Operation, Success
from shared import errors
from shared.values.models import Values, ValuesRequest
from shared.wiring import services

if TYPE_CHECKING:
    from shared.values.run import ValuesDesk

bp: Final = func.Blueprint()

FILL: Final = Operation(
    method="POST",
    path="organizations/{org}/values",
    name="fill_values",
    summary="Add or Set Value with AI for up to 1,000 records",
    body=ValuesRequest,
    successes=(Success(200, "One result per record, in order", Values),),
    errors=(errors.PromptInvalid, *ASKING, errors.DeploymentRejected),
)


@bp.route(FILL.path, methods=[FILL.method])
@endpoint(FILL)
async def fill_values(call: Call) -> Answer:
    # Imported on first use: function_app must import fast.
    from shared.values.run import run_values

    request = await call.read(ValuesRequest)

    async def work() -> Answer:
        return ok(await run_values(values_desk(), call.organization, request, call.correlation_id))

    return await call.once(work)


def values_desk() -> ValuesDesk:
    from shared.values.run import ValuesDesk

    built = services()
    return ValuesDesk(
        settings=built.settings,
        asker=built.gateway,
        credentials=built.credentials,
        catalogue=built.catalogue,
        policies=built.policies,
        sizes=built.value_sizes,
        known=built.value_answers,
    )
