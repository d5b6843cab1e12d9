"""HTTP triggers: keys, routes, limits and the empty answers the real host gives before any function runs.

- no such route, or not with this method: 404 (the real host does not say 405: azure-functions-host issue 10098)
- missing or wrong key: 401; a body over 100 MB: 413; an exception: 500; no answer within 230 s: 504, while the
  function runs on. All with an empty body.
- a client that goes away does not cancel the function.
- ``GET /`` and ``/admin/host/ping`` answer 200; ``POST /admin/functions/NAME`` with the master key runs a timer or a
  queue function by hand, as in the real host.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from local.host_exchange import Keys, function_request, function_response, given_key
from local.host_functions import Function
from local.host_invocations import Invocations, new_context
from local.host_routes import Route, clean_path, compile_route

log = logging.getLogger("local.host")
ANSWER_WITHIN = 230.0

ManualArgument = Callable[[Function, str], object]


@dataclass(frozen=True)
class Endpoint:
    function: Function
    route: Route
    methods: frozenset[str]
    level: str


class HttpTriggers:
    def __init__(
        self,
        functions: list[Function],
        invocations: Invocations,
        keys: Keys,
        *,
        route_prefix: str = "api",
        answer_within: float = ANSWER_WITHIN,
        manual_argument: ManualArgument | None = None,
    ) -> None:
        found = [_endpoint(one, route_prefix) for one in functions if one.kind == "httpTrigger"]
        self._endpoints = sorted(found, key=lambda one: one.route.order)
        self._others = {one.name.lower(): one for one in functions if one.kind != "httpTrigger"}
        self._invocations = invocations
        self._keys = keys
        self._answer_within = answer_within
        self._manual_argument = manual_argument

    def runner(self) -> web.ServerRunner:
        """The real host hands a compressed body on as it came; an aiohttp server would unpack it."""
        return web.ServerRunner(web.Server(self.handle, auto_decompress=False, access_log=None), shutdown_timeout=2)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        answer = await self._answer(request)
        fields = {"method": request.method, "path": request.path, "status": answer.status}
        log.info("http.answered", extra=fields | {"ms": round((time.perf_counter() - started) * 1_000, 1)})
        return answer

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        path = clean_path(request.raw_path)
        if path is None:
            return web.Response(status=400)
        if path == "/" or path.startswith("/admin/"):
            return await self._host_page(request, path)
        for endpoint in self._endpoints:
            values = endpoint.route.match(path) if request.method in endpoint.methods else None
            if values is not None:
                return await self._guarded(request, endpoint, values)
        return web.Response(status=404)

    async def _guarded(self, request: web.BaseRequest, endpoint: Endpoint, values: dict[str, str]) -> web.Response:
        if not self._keys.allow(endpoint.level, given_key(request)):
            return web.Response(status=401)
        argument = await function_request(request, values)
        if argument is None:
            return web.Response(status=413)
        return await self._invoke(request, endpoint.function, argument)

    async def _invoke(self, request: web.BaseRequest, function: Function, argument: object) -> web.Response:
        headers = request.headers
        context = new_context(function, headers.get("traceparent", ""), headers.get("tracestate", ""))
        task = self._invocations.start(function, argument, context)
        try:
            async with asyncio.timeout(self._answer_within):
                return function_response(await asyncio.shield(task))
        except TimeoutError:
            return web.Response(status=504 if not task.done() else 500)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return web.Response(status=503)
        except Exception:
            return web.Response(status=500)

    async def _host_page(self, request: web.BaseRequest, path: str) -> web.Response:
        if path in ("/", "/admin/host/ping"):
            return web.Response(status=200)
        function = self._others.get(path.removeprefix("/admin/functions/").lower())
        if not self._keys.allow("admin", given_key(request)):
            return web.Response(status=401)
        if function is None or request.method != "POST" or self._manual_argument is None:
            return web.Response(status=404)
        given = await request.json() if request.can_read_body else {}
        self._invocations.start(function, self._manual_argument(function, str(given.get("input") or "")))
        return web.Response(status=202)


def _endpoint(function: Function, prefix: str) -> Endpoint:
    trigger = function.trigger
    methods = trigger.get("methods") or ["GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS"]
    return Endpoint(
        function,
        compile_route(f"{prefix}/{trigger.get('route') or function.name}"),
        frozenset(str(getattr(one, "value", one)).upper() for one in methods),
        str(getattr(trigger.get("authLevel"), "value", None) or "function").lower(),
    )
