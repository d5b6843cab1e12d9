"""/health, /openapi.json and /docs: about the service itself."""

from __future__ import annotations

import logging
from functools import cache
from typing import Final, Literal

import azure.functions as func

from functions import docs_page, openapi
from functions.http import Answer, Call, endpoint
from functions.operations import OPERATIONS, Operation, Success
from functions.problems import to_json
from shared.mapping.models import AnswerModel
from shared.settings import ConfigurationError
from shared.version import VERSION
from shared.wiring import services

log = logging.getLogger(__name__)

bp: Final = func.Blueprint()


class HealthOut(AnswerModel):
    """Names of dependencies and whether they answer, nothing more."""

    status: Literal["ok", "degraded"]
    dependencies: dict[str, bool]


HEALTH: Final = Operation(
    method="GET",
    path="health",
    name="read_health",
    summary="Whether everything the app needs can be reached",
    anonymous=True,
    successes=(Success(200, "All of it", HealthOut), Success(503, "Not all of it", HealthOut)),
)
OPENAPI: Final = Operation(
    method="GET",
    path="openapi.json",
    name="read_openapi",
    summary="This document",
    successes=(Success(200, "OpenAPI 3.1", "application/json"),),
)
DOCS: Final = Operation(
    method="GET",
    path="docs",
    name="read_docs",
    summary="A page to read this document and try it",
    successes=(Success(200, "The page", "text/html"),),
)


@bp.route(HEALTH.path, methods=[HEALTH.method], auth_level=func.AuthLevel.ANONYMOUS)
@endpoint(HEALTH)
async def read_health(call: Call) -> Answer:
    try:
        dependencies = await services().health.read()
    except ConfigurationError as error:
        fields = {"correlationId": call.correlation_id, "reason": str(error)}
        log.error("configuration.invalid", extra=fields)
        dependencies = {"configuration": False}
    healthy = all(dependencies.values())
    log.info(
        "health.answered", extra={"version": VERSION, "away": [name for name, ok in dependencies.items() if not ok]}
    )
    body = HealthOut(status="ok" if healthy else "degraded", dependencies=dict(dependencies))
    return Answer(200 if healthy else 503, to_json(body))


@bp.route(OPENAPI.path, methods=[OPENAPI.method])
@endpoint(OPENAPI)
async def read_openapi(call: Call) -> Answer:
    return Answer(200, _document())


@bp.route(DOCS.path, methods=[DOCS.method])
@endpoint(DOCS)
async def read_docs(call: Call) -> Answer:
    return Answer(200, docs_page.render(_document()), "text/html", {"content-security-policy": docs_page.POLICY})


@cache
def _document() -> bytes:
    """Made once: by then every module with operations has been imported."""
    return openapi.describe(tuple(OPERATIONS.values()))
