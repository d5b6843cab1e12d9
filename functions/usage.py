"""/organizations/{org}/usage: prompts, tokens and cost, by day, feature and deployment."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, cast

import azure.functions as func
from pydantic import AfterValidator, Field

from functions.bodies import IsoTime, QueryModel
from functions.http import Answer, Call, endpoint
from functions.operations import Operation, Success
from shared import errors
from shared.errors import Violation
from shared.gateway.usage import Part, UsageItem, UsageQuery
from shared.mapping.models import AnswerModel
from shared.mapping.validate import refuse
from shared.wiring import services

bp: Final = func.Blueprint()

USUAL: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=366)
PARTS: Final[tuple[Part, ...]] = ("day", "feature", "deployment")


def _parts(given: str) -> str:
    asked = [part.strip() for part in given.split(",")]
    if not set(asked) <= set(PARTS) or len(set(asked)) != len(asked):
        raise ValueError("must be day, feature, deployment, or several of them by comma, each once")
    return given


class UsageParameters(QueryModel):
    since: IsoTime | None = Field(default=None, alias="from", description="inclusive, ISO 8601 UTC; 30 days before to")
    until: IsoTime | None = Field(default=None, alias="to", description="exclusive, ISO 8601 UTC; now")
    by: Annotated[str, AfterValidator(_parts)] | None = Field(
        default=None, description="day, feature, deployment, or several by comma; all in one without it"
    )


class UsageOut(AnswerModel):
    """``day``, ``feature`` and ``deployment`` are there where asked for. ``cost`` of the priced ones; null for none."""

    day: date | None = None
    feature: str | None = None
    deployment: str | None = None
    prompts: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost: float | None
    unpriced: int = Field(description="billed, or perhaps billed, at a price that is not known")


class UsageList(AnswerModel):
    items: list[UsageOut]
    currency: str


READ: Final = Operation(
    method="GET",
    path="organizations/{org}/usage",
    name="read_usage",
    summary="Prompts, tokens and cost of up to a year, newest day first",
    query=UsageParameters,
    successes=(Success(200, "Usage, added up", UsageList),),
    errors=(errors.InvalidRequest, errors.HistoryUnavailable),
)


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_usage(call: Call) -> Answer:
    query = _asked(call.organization, call.query(UsageParameters))
    items = await asyncio.to_thread(services().history.usage, query)
    found = UsageList(items=[_item(item, query.by) for item in items], currency=query.currency)
    # Parts that were not asked for are left out.
    return Answer(200, found.model_dump_json(by_alias=True, exclude_unset=True).encode())


def _asked(organization: str, given: UsageParameters) -> UsageQuery:
    until = given.until or datetime.now(UTC)
    since = given.since or until - USUAL
    if since >= until:
        refuse([Violation("/to", "must be later than from")])
    if until - since > LONGEST:
        refuse([Violation("/from", "at most 366 days before to")])
    by = tuple(part for part in PARTS if given.by and part in [each.strip() for each in given.by.split(",")])
    return UsageQuery(organization, since, until, by, services().settings.currency)


def _item(item: UsageItem, by: tuple[Part, ...]) -> UsageOut:
    parts = {part: cast(object, getattr(item, part)) for part in by}
    return UsageOut.model_validate(
        {
            **parts,
            "prompts": item.prompts,
            "prompt_tokens": item.prompt_tokens,
            "completion_tokens": item.completion_tokens,
            "cached_tokens": item.cached_tokens,
            "cost": None if item.cost is None else float(item.cost),
            "unpriced": item.unpriced,
        }
    )
