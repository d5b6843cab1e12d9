"""/organizations/{org}/mappings/{mappingId}/review: what the steward decided; forget it."""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.http import Answer, Call, endpoint, no_content, ok
from functions.mappings import mapping_id
from functions.operations import Operation, Success
from shared import errors
from shared.mapping.review_models import ReviewKept, ReviewRequest
from shared.wiring import services

bp: Final = func.Blueprint()

REVIEW: Final = Operation(
    method="PUT",
    path="organizations/{org}/mappings/{mappingId}/review",
    name="put_review",
    summary="Tell what was decided about a mapping's fields: later mappings of the data set follow it without asking",
    body=ReviewRequest,
    successes=(Success(200, "Kept until it is forgotten", ReviewKept),),
    errors=(errors.NotFound, errors.NotReviewable, errors.StorageUnavailable),
)
FORGET: Final = Operation(
    method="DELETE",
    path="organizations/{org}/mappings/{mappingId}/review",
    name="forget_review",
    summary="Forget what was decided about a mapping's fields",
    successes=(Success(204, "Forgotten: no later mapping follows it"),),
    errors=(errors.NotFound, errors.StorageUnavailable),
)


@bp.route(REVIEW.path, methods=[REVIEW.method])
@endpoint(REVIEW)
async def put_review(call: Call) -> Answer:
    from shared.mapping.review_mapping import ReviewDesk, review_mapping

    request = await call.read(ReviewRequest)
    built = services()
    desk = ReviewDesk(built.mappings, built.catalogue, built.reviews)
    return ok(await review_mapping(desk, call.organization, mapping_id(call), request))


@bp.route(FORGET.path, methods=[FORGET.method])
@endpoint(FORGET)
async def forget_review(call: Call) -> Answer:
    if not await services().reviews.forget(call.organization, mapping_id(call)):
        raise errors.NotFound("The organization has no review of a mapping with this id.")
    return no_content()
