"""The Key Vault stand-in: HTTPS, the bearer challenge, and the secrets routes the azure-keyvault-secrets SDK uses.

See "Authentication, requests and responses" and the "Secrets" operations of the Key Vault REST API. Started as
``python -m local.vault --port P`` with VAULT_FILE, VAULT_CERTIFICATE, VAULT_URL and TOKEN_KEY in the environment.
"""

from __future__ import annotations

import json
import os
import re
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from local import servers, tokens
from local.secrets_store import Json, NoSecret, SecretsStore

AUDIENCE = "https://vault.azure.net"
_CHALLENGE = (
    'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000", '
    f'resource="{AUDIENCE}"'
)
_PAGE = 25
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(store: SecretsStore, url: str, key: str) -> web.Application:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme != "Bearer":
                raise tokens.TokenRefused("Request is missing a Bearer or PoP token.")
            tokens.check(token, AUDIENCE, key)
        except (tokens.TokenRefused, ValueError, KeyError) as refused:
            return _error(401, "Unauthorized", f"AKV10000: {refused}", {"WWW-Authenticate": _CHALLENGE})
        if not request.query.get("api-version"):
            return _error(400, "BadParameter", "api-version must be specified")
        try:
            return await handler(request)
        except NoSecret as missing:
            return _error(404, "SecretNotFound", str(missing))

    app = web.Application(middlewares=[guard])
    app.add_routes(_secret_routes(store, url))
    app.add_routes(_deleted_routes(store, url))
    return app


def _secret_routes(store: SecretsStore, url: str) -> list[web.RouteDef]:
    async def put(request: web.Request) -> web.Response:
        body = await _body(request)
        if body is None or not isinstance(body.get("value"), str) or not _NAME.fullmatch(_name(request)):
            return _error(400, "BadParameter", "The name or the value of the secret is not valid")
        return web.json_response(store.set(_name(request), body))

    async def get(request: web.Request) -> web.Response:
        bundle = store.get(_name(request), request.match_info.get("version", ""))
        attributes = bundle["attributes"]
        if isinstance(attributes, dict) and not attributes["enabled"]:
            return _error(403, "Forbidden", "Operation get is not allowed on a disabled secret.")
        return web.json_response(bundle)

    async def patch(request: web.Request) -> web.Response:
        body = await _body(request)
        if body is None:
            return _error(400, "BadParameter", "Not JSON")
        return web.json_response(store.update(_name(request), request.match_info.get("version", ""), body))

    async def items(request: web.Request) -> web.Response:
        return _page(request, store.items(), url)

    async def versions(request: web.Request) -> web.Response:
        return _page(request, store.versions(_name(request)), url)

    async def delete(request: web.Request) -> web.Response:
        return web.json_response(store.delete(_name(request)))

    return [
        web.get("/secrets", items),
        web.get("/secrets/{name}/versions", versions),
        web.put("/secrets/{name}", put),
        web.get("/secrets/{name}", get),
        web.get("/secrets/{name}/", get),
        web.get("/secrets/{name}/{version}", get),
        web.patch("/secrets/{name}/", patch),
        web.patch("/secrets/{name}/{version}", patch),
        web.delete("/secrets/{name}", delete),
    ]


def _deleted_routes(store: SecretsStore, url: str) -> list[web.RouteDef]:
    async def items(request: web.Request) -> web.Response:
        return _page(request, store.all_deleted(), url)

    async def get(request: web.Request) -> web.Response:
        return web.json_response(store.deleted(_name(request)))

    async def recover(request: web.Request) -> web.Response:
        return web.json_response(store.recover(_name(request)))

    async def purge(request: web.Request) -> web.Response:
        store.purge(_name(request))
        return web.Response(status=204)

    return [
        web.get("/deletedsecrets", items),
        web.get("/deletedsecrets/{name}", get),
        web.post("/deletedsecrets/{name}/recover", recover),
        web.delete("/deletedsecrets/{name}", purge),
    ]


def _name(request: web.Request) -> str:
    return request.match_info["name"]


async def _body(request: web.Request) -> Json | None:
    try:
        body = json.loads(await request.read())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _page(request: web.Request, items: list[Json], url: str) -> web.Response:
    """At most maxresults (1 to 25) items and where the next ones are, as Key Vault pages."""
    try:
        start, size = int(request.query.get("$skiptoken", 0)), int(request.query.get("maxresults", _PAGE))
    except ValueError:
        return _error(400, "BadParameter", "maxresults is not a number")
    if not 1 <= size <= _PAGE:
        return _error(400, "BadParameter", f"maxresults must be 1 to {_PAGE}")
    version = request.query["api-version"]
    following = f"{url}{request.path}?api-version={version}&$skiptoken={start + size}&maxresults={size}"
    more = start + size < len(items)
    return web.json_response({"value": items[start : start + size], "nextLink": following if more else None})


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)


if __name__ == "__main__":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["VAULT_CERTIFICATE"])
    vault_url = os.environ["VAULT_URL"]
    servers.serve(
        application(SecretsStore(Path(os.environ["VAULT_FILE"]), vault_url), vault_url, os.environ["TOKEN_KEY"]),
        context,
    )
