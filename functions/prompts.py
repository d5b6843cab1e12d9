"""/organizations/{org}/prompts: every prompt that was sent and what came back, newest first."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final, Literal

import azure.functions as func
from pydantic import Field

from functions.bodies import IsoTime, QueryModel
from functions.http import Answer, Call, endpoint, ok
from functions.operations import Operation, Success
from shared import errors
from shared.errors import NotFound, Violation
from shared.gateway.prompt_log import PromptDetail, PromptItem, PromptQuery
from shared.gateway.records import Status
from shared.mapping.models import AnswerModel
from shared.mapping.validate import refuse
from shared.wiring import services

bp: Final = func.Blueprint()

PromptStatus = Literal[
    "pending", "succeeded", "failed", "throttled", "unauthorized", "filtered", "refused", "cut_off", "timed_out",
    "cancelled", "unknown",
]  # fmt: skip


class PromptOut(AnswerModel):
    attempt_id: str
    created_at: datetime
    feature: str
    status: PromptStatus
    deployment: str
    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    cost: float | None
    latency_ms: int | None
    correlation_id: str
    mapping_id: str | None


class MessageOut(AnswerModel):
    role: str
    content: str


class PromptErrorOut(AnswerModel):
    code: str
    detail: str


class TryOut(AnswerModel):
    attempt_id: str
    try_number: int
    created_at: datetime
    status: PromptStatus
    error_code: str | None
    latency_ms: int | None


class PromptDetailOut(PromptOut):
    """``messages`` and ``response`` are null where ``erased``; ``tries`` are all tries of this prompt."""

    messages: list[MessageOut] | None
    response: str | None
    finish_reason: str | None
    error: PromptErrorOut | None
    tries: list[TryOut]
    prompt_name: str
    finished_at: datetime | None
    erased: bool


class PromptList(AnswerModel):
    """A page may hold fewer than asked for, even none, and still have a ``continuationToken``: what is looked for is
    rare, and the page has looked far enough (at 5,000 attempts)."""

    items: list[PromptOut]
    continuation_token: str | None


class PromptsQuery(QueryModel):
    feature: Literal["AiMapping", "RuleEngine", "Copilot", "Verify"] | None = None
    status: PromptStatus | None = None
    since: IsoTime | None = Field(default=None, alias="from", description="inclusive, ISO 8601 UTC")
    until: IsoTime | None = Field(default=None, alias="to", description="exclusive, ISO 8601 UTC")
    correlation_id: str | None = Field(default=None, min_length=1, max_length=128)
    mapping_id: str | None = Field(default=None, min_length=1, max_length=64)
    top: int = Field(default=50, ge=1, le=200)
    continuation_token: str | None = Field(default=None, min_length=1, max_length=512)


LIST: Final = Operation(
    method="GET",
    path="organizations/{org}/prompts",
    name="list_prompts",
    summary="Prompt history, newest first",
    query=PromptsQuery,
    successes=(Success(200, "A page of attempts", PromptList),),
    errors=(errors.InvalidRequest, errors.HistoryUnavailable),
)
READ: Final = Operation(
    method="GET",
    path="organizations/{org}/prompts/{attemptId}",
    name="read_prompt",
    summary="One attempt with its messages, its answer and its other tries",
    successes=(Success(200, "The attempt", PromptDetailOut),),
    errors=(errors.NotFound, errors.HistoryUnavailable),
)


@bp.route(LIST.path, methods=[LIST.method])
@endpoint(LIST)
async def list_prompts(call: Call) -> Answer:
    query = call.query(PromptsQuery)
    if query.since and query.until and query.since >= query.until:
        refuse([Violation("/to", "must be later than from")])
    page = await asyncio.to_thread(services().history.page, _asked(call.organization, query))
    return ok(PromptList(items=[_item(item) for item in page.items], continuation_token=page.continuation))


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_prompt(call: Call) -> Answer:
    attempt_id = call.part("attemptId")
    found = None
    if attempt_id.isascii() and attempt_id.isprintable() and len(attempt_id) <= 100:
        found = await asyncio.to_thread(services().history.one, call.organization, attempt_id)
    if found is None:
        raise NotFound("The organization has no prompt with this attempt id.")
    return ok(_detail(found))


def _asked(organization: str, query: PromptsQuery) -> PromptQuery:
    return PromptQuery(
        organization=organization,
        feature=query.feature,
        status=Status(query.status) if query.status else None,
        since=query.since,
        until=query.until,
        correlation_id=query.correlation_id,
        mapping_id=query.mapping_id,
        top=query.top,
        continuation=query.continuation_token,
    )


def _item(item: PromptItem) -> PromptOut:
    return PromptOut(
        attempt_id=item.attempt_id,
        created_at=item.created_at,
        feature=item.feature,
        status=item.status.value,
        deployment=item.deployment,
        model=item.model,
        prompt_tokens=item.prompt_tokens,
        completion_tokens=item.completion_tokens,
        cached_tokens=item.cached_tokens,
        cost=None if item.cost is None else float(item.cost),
        latency_ms=item.latency_ms,
        correlation_id=item.correlation_id,
        mapping_id=item.mapping_id,
    )


def _detail(found: PromptDetail) -> PromptDetailOut:
    error = found.error
    return PromptDetailOut(
        **dict(_item(found.item)),
        messages=None
        if found.messages is None
        else [MessageOut(role=m.role, content=m.content) for m in found.messages],
        response=found.response,
        finish_reason=found.finish_reason,
        error=None if error is None else PromptErrorOut(code=error.code, detail=error.detail),
        tries=[TryOut.model_validate(t, from_attributes=True) for t in found.tries],
        prompt_name=found.prompt_name,
        finished_at=found.finished_at,
        erased=found.erased,
    )
