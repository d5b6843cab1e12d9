"""One HTTP exchange in the terms of a function: keys, ``azure.functions.HttpRequest`` in, what it returns out."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import azure.functions as func
from aiohttp import web
from multidict import CIMultiDict, MultiMapping

log = logging.getLogger("local.host")
MAX_BODY = 104_857_600


@dataclass(frozen=True)
class Keys:
    function: str
    master: str

    def allow(self, level: str, given: str) -> bool:
        if level == "anonymous":
            return True
        accepted = [self.master] if level == "admin" else [self.function, self.master]
        return any(key and hmac.compare_digest(given.encode(), key.encode()) for key in accepted)


async def function_request(request: web.BaseRequest, route_values: Mapping[str, str]) -> func.HttpRequest | None:
    """None when the body is over the limit."""
    body = await _read(request)
    if body is None:
        return None
    return func.HttpRequest(
        method=request.method,
        url=str(request.url),
        headers=_joined(request.headers),
        params=_joined(request.query),
        route_params=route_values,
        body=body,
    )


def given_key(request: web.BaseRequest) -> str:
    return request.headers.get("x-functions-key") or request.query.get("code", "")


async def _read(request: web.BaseRequest) -> bytes | None:
    """None when the body is over the limit. Told sizes are believed, so that such a body is not read at all."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _joined(values: MultiMapping[str]) -> Mapping[str, str]:
    """Several values of one name reach a function joined by a comma."""
    return {name: ",".join(values.getall(name)) for name in values}


def function_response(result: object) -> web.Response:
    if result is None:
        return web.Response(status=204)
    if isinstance(result, str):
        return web.Response(text=result)
    if not isinstance(result, func.HttpResponse):
        log.error("function.answer_unusable", extra={"type": type(result).__name__})
        return web.Response(status=500)
    headers = CIMultiDict(list(result.headers.items()))
    if "content-type" not in headers:
        text = result.mimetype.startswith("text/")
        headers["Content-Type"] = f"{result.mimetype}; charset={result.charset}" if text else result.mimetype
    return web.Response(status=result.status_code, headers=headers, body=result.get_body())
