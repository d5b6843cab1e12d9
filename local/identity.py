"""The managed-identity stand-in: App Service's token endpoint, so that DefaultAzureCredential works as it is.

``GET /msi/token?resource=…&api-version=2019-08-01`` with header ``X-IDENTITY-HEADER``; see "REST endpoint reference" in
Microsoft's "How to use managed identities for App Service and Azure Functions". Started as
``python -m local.identity --port P`` with IDENTITY_HEADER and TOKEN_KEY in the environment.
"""

from __future__ import annotations

import hmac
import os

from aiohttp import web

from local import servers, tokens


def application(header: str, key: str) -> web.Application:
    async def token(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-IDENTITY-HEADER", "").encode(), header.encode()):
            return _problem(401, "X-IDENTITY-HEADER is missing or wrong")
        resource = request.query.get("resource", "")
        if not resource or request.query.get("api-version") != "2019-08-01":
            return _problem(400, "resource and api-version=2019-08-01 are needed")
        access_token, expires = tokens.sign(resource, key)
        return web.json_response(
            {
                "access_token": access_token,
                "expires_on": str(expires),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": "00000000-0000-0000-0000-000000000000",
            }
        )

    app = web.Application()
    app.router.add_get("/msi/token", token)
    return app


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)


if __name__ == "__main__":
    servers.serve(application(os.environ["IDENTITY_HEADER"], os.environ["TOKEN_KEY"]))
