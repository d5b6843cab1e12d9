"""The HTTP edge: one decorator around every handler, placed BELOW ``@bp.route`` (above it, it would be bypassed).

It checks the organization, gives every answer its correlation id, turns errors into problems and logs one line.
Handlers read a ``Call``, call one use case and return an ``Answer``; what they may be asked and answer stands in their
``Operation``, from which the OpenAPI document is made.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import azure.functions as func
from pydantic import BaseModel

from functions import bodies
from functions.operations import Operation, remember
from functions.problems import MISCONFIGURED, UNEXPECTED, Problem, describe, problem, retry_after, to_json
from shared.errors import InvalidOrganization, InvalidRequest, ProductError, Violation
from shared.idempotency import KeptAnswer, Key
from shared.organizations import is_organization
from shared.settings import ConfigurationError
from shared.telemetry import names
from shared.telemetry.telemetry import Attributes, span
from shared.wiring import services

log = logging.getLogger(__name__)

Model = TypeVar("Model")

CORRELATION_ID: Final = re.compile(r"[\x20-\x7e]{1,128}")
IDEMPOTENCY_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, a body (JSON unless said otherwise), and headers of its own."""

    status: int
    content: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    """Of a problem."""


@dataclass(frozen=True)
class Call:
    """One request, as handlers see it."""

    request: func.HttpRequest
    operation: Operation
    organization: str
    """Valid; empty where the route names none."""
    correlation_id: str

    def part(self, name: str) -> str:
        """A part of the path, as the host decoded it."""
        return str(self.request.route_params.get(name, ""))

    def header(self, name: str) -> str | None:
        value = self.request.headers.get(name)
        return None if value is None else str(value)

    async def read(self, kind: type[Model]) -> Model:
        """The body. Raises InvalidRequest, TooLarge, UnsupportedMediaType."""
        return await bodies.read_json(
            self.request.headers,
            self.request.get_body(),
            kind,
            limit=self.operation.body_limit,
            gzip=self.operation.gzip,
        )

    def query(self, kind: type[Model]) -> Model:
        """The query. Raises InvalidRequest."""
        return bodies.read_query(self.request.params, kind)

    async def once(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do the work, once per Idempotency-Key where one is given. Raises IdempotencyConflict, InvalidRequest."""
        given = self.header("idempotency-key")
        if given is None:
            return await work()
        key = Key(self.organization, self.operation.name, _idempotency_key(given), self.request.get_body())

        async def keep() -> KeptAnswer:
            answer = await _answer(work, self.correlation_id)
            outcomes.append(answer)
            return KeptAnswer(answer.status, answer.content, keep=answer.status < 300 or answer.status == 422)

        outcomes: list[Answer] = []
        kept, repeated = await services().idempotency.once(key, keep)
        if outcomes:
            return outcomes[0]
        media_type = JSON if kept.status < 300 else PROBLEM
        return Answer(kept.status, kept.content, media_type, {"idempotency-replayed": str(repeated).lower()})


Handler = Callable[[Call], Awaitable[Answer]]


def endpoint(operation: Operation) -> Callable[[Handler], Callable[..., Awaitable[func.HttpResponse]]]:
    """Make a function of a handler. It is given the request and, by the host, the context of the invocation."""
    remember(operation)

    def decorate(handler: Handler) -> Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]:
        # No functools.wraps: the worker reads the signature through __wrapped__ and must find ``req`` there.
        # The worker accepts no other annotation of ``context``, so no "| None".
        async def function(req: func.HttpRequest, context: func.Context = None) -> func.HttpResponse:  # type: ignore[assignment]
            started = time.perf_counter()
            correlation_id = _correlation_id(req)
            call = Call(req, operation, req.route_params.get("org", ""), correlation_id)
            with span(operation.name, _told(call), parent=_trace(context)) as served:
                answer = await _answer(lambda: _handle(handler, call), correlation_id)
                served.set({names.STATUS: answer.status, names.ERROR: answer.code, names.CODE: answer.code})
                if answer.status >= 500:
                    served.failed(answer.code or str(answer.status))
            _log(call, answer, time.perf_counter() - started)
            return _response(answer, correlation_id)

        function.__name__ = handler.__name__
        function.__qualname__ = handler.__qualname__
        function.__doc__ = handler.__doc__
        function.__module__ = handler.__module__
        return function

    return decorate


def ok(model: BaseModel) -> Answer:
    return Answer(200, to_json(model))


def created(model: BaseModel) -> Answer:
    return Answer(201, to_json(model))


def accepted(model: BaseModel) -> Answer:
    return Answer(202, to_json(model))


def no_content() -> Answer:
    return Answer(204)


async def _handle(handler: Handler, call: Call) -> Answer:
    if "{org}" in call.operation.path:
        _check_organization(call.organization)
    return await handler(call)


async def _answer(work: Callable[[], Awaitable[Answer]], correlation_id: str) -> Answer:
    """The work's answer; a failure of any kind as a problem."""
    try:
        return await work()
    except ProductError as error:
        return _refusal(describe(error, correlation_id), error.retry_after)
    except ConfigurationError as error:
        log.error("configuration.invalid", extra={"correlationId": correlation_id, "reason": str(error)})
        return _refusal(problem("configuration_error", MISCONFIGURED, correlation_id))
    except Exception as error:
        # The frames, not the message: it may repeat a row, a prompt or a key.
        stack = "".join(traceback.format_tb(error.__traceback__))
        fields = {"correlationId": correlation_id, "error": type(error).__name__, "stack": stack}
        log.error("http.unexpected", extra=fields)
        return _refusal(problem("internal_error", UNEXPECTED, correlation_id))


def _refusal(problem: Problem, seconds: float | None = None) -> Answer:
    wait = retry_after(problem.status, seconds)
    return Answer(problem.status, to_json(problem), PROBLEM, {"retry-after": wait} if wait else {}, problem.code)


def _response(answer: Answer, correlation_id: str) -> func.HttpResponse:
    headers = {"cache-control": "no-store", **answer.headers, "x-correlation-id": correlation_id}
    return func.HttpResponse(answer.content, status_code=answer.status, headers=headers, mimetype=answer.media_type)


def _correlation_id(req: func.HttpRequest) -> str:
    given = req.headers.get("x-correlation-id", "").strip()
    return given if CORRELATION_ID.fullmatch(given) else str(uuid.uuid4())


def _trace(context: func.Context | None) -> str | None:
    """Where the host's own record of the request stands in the caller's trace."""
    return None if context is None else context.trace_context.trace_parent


def _told(call: Call) -> Attributes:
    """Of a request. A name that cannot be an organization's may be anything, so it is not told."""
    organization = call.organization if is_organization(call.organization) else None
    return {names.ORGANIZATION: organization, names.CORRELATION: call.correlation_id}


def _check_organization(name: str) -> None:
    if not is_organization(name):
        raise InvalidOrganization(
            "Not an organization's name. A name is of lower-case letters and digits, in parts joined by single "
            "hyphens, has at most 64 characters and is not default."
        )


def _idempotency_key(given: str) -> str:
    if not IDEMPOTENCY_KEY.fullmatch(given):
        violation = Violation("/Idempotency-Key", "1 to 255 printable ASCII characters")
        raise InvalidRequest("The Idempotency-Key header is not valid.", violations=(violation,))
    return given


def _log(call: Call, answer: Answer, seconds: float) -> None:
    fields = {
        "operation": call.operation.name,
        "organization": call.organization if is_organization(call.organization) else "",
        "status": answer.status,
        "milliseconds": round(seconds * 1000, 1),
        "correlationId": call.correlation_id,
    }
    log.info("http.answered", extra=fields)
