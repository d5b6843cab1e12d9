"""/organizations/{org}/rules: plain words to a rule, a rule run on records, rules suggested for a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import azure.functions as func

from functions.http import Answer, Call, endpoint, ok
from functions.operations import ASKING, Operation, Success
from shared import errors
from shared.rules.models import PreviewAnswer, PreviewRequest, RuleAnswer, RuleRequest
from shared.rules.suggestion_models import SuggestionAnswer, SuggestionRequest
from shared.wiring import services

if TYPE_CHECKING:
    from shared.rules.desk import RuleDesk

bp: Final = func.Blueprint()

WRITE: Final = Operation(
    method="POST",
    path="organizations/{org}/rules",
    name="write_rule",
    summary="Plain words to a rule, run before it is offered",
    body=RuleRequest,
    successes=(Success(200, "The rule with a preview; or questions, and no rule", RuleAnswer),),
    errors=(errors.ContentFiltered, errors.UnusableAnswer, *ASKING, errors.RuleUnusable),
)
PREVIEW: Final = Operation(
    method="POST",
    path="organizations/{org}/rules/preview",
    name="preview_rule",
    summary="Run a rule on records, and send nothing",
    body=PreviewRequest,
    successes=(Success(200, "What the rule does to the records", PreviewAnswer),),
    errors=(errors.RuleTimeout, errors.IdempotencyConflict),
)
SUGGEST: Final = Operation(
    method="POST",
    path="organizations/{org}/rules/suggestions",
    name="suggest_rules",
    summary="Suggest rules for a key from its values",
    body=SuggestionRequest,
    successes=(Success(200, "What was found, and rules that were run on the values", SuggestionAnswer),),
    errors=(errors.ContentFiltered, errors.UnusableAnswer, *ASKING),
)


@bp.route(WRITE.path, methods=[WRITE.method])
@endpoint(WRITE)
async def write_rule(call: Call) -> Answer:
    from shared.rules.desk import rule_of_words

    request = await call.read(RuleRequest)

    async def work() -> Answer:
        return ok(await rule_of_words(_desk(), call.organization, request, call.correlation_id))

    return await call.once(work)


@bp.route(PREVIEW.path, methods=[PREVIEW.method])
@endpoint(PREVIEW)
async def preview_rule(call: Call) -> Answer:
    from shared.rules.preview import preview_rule as preview

    request = await call.read(PreviewRequest)

    async def work() -> Answer:
        return ok(await preview(services().sandbox, call.organization, request))

    return await call.once(work)


@bp.route(SUGGEST.path, methods=[SUGGEST.method])
@endpoint(SUGGEST)
async def suggest_rules(call: Call) -> Answer:
    from shared.rules.desk import suggested

    request = await call.read(SuggestionRequest)

    async def work() -> Answer:
        return ok(await suggested(_desk(), call.organization, request, call.correlation_id))

    return await call.once(work)


def _desk() -> RuleDesk:
    # Imported on first use, as everything of shared.rules that is not a model: function_app must import fast.
    from shared.rules.desk import RuleDesk

    built = services()
    return RuleDesk(built.settings, built.gateway, built.indexes, built.policies, built.sandbox)
