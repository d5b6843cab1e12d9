"""A simulated Azure OpenAI deployment, for tests and benchmarks: ``python -m local.simulated --port P``.

It speaks both surfaces (v1 and dated), keeps quotas, checks strict schemas and misbehaves on command. Its answers are
made from the JSON schema alone (simulated_answers) and **never used for an accuracy figure**. A second deployment,
``simulated-embedding`` (config: embeddingDeployment), answers ``/embeddings``.

Control, on the same port and loopback only, no key needed:
- ``PUT /simulated/config``: any members of simulated_config.Config; ``GET`` shows it without the keys
- ``GET /simulated/log``: the chat requests received; ``DELETE`` empties it and starts the quota's count anew

Environment: SIMULATED_API_KEY, SIMULATED_RESOURCE_KEY, SIMULATED_DEPLOYMENT (any other name is not found).
Order of checks: key, deployment, quota, faults, then the request itself, as far as that can be known of the service.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import sys

from aiohttp import web
from pydantic import ValidationError

from local import simulated_errors as errors
from local.simulated_chat import read_chat
from local.simulated_config import Config, Keys
from local.simulated_deployment import Deployment, plain
from local.simulated_embeddings import read_embeddings

_DATED = re.compile(r"/openai/deployments/([^/]+)/(chat/completions|embeddings)")
_V1 = "/openai/v1/"
_READ = {"chat/completions": read_chat, "embeddings": read_embeddings}


class Server:
    def __init__(self, config: Config) -> None:
        self.deployment = Deployment(config)
        self._runner = web.ServerRunner(web.Server(self.handle, access_log=None), shutdown_timeout=0.5)

    async def start(self, port: int) -> int:
        """Serve on 127.0.0.1; port 0 takes a free one. Returns the port."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=2048).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/simulated/"):
            return await self._control(request, path.removeprefix("/simulated/"))
        if path.startswith(_V1):
            return await self._v1(request, path.removeprefix(_V1))
        dated = _DATED.fullmatch(path)
        if dated is None or "api-version" not in request.query or request.method != "POST":
            return plain(errors.resource_not_found())
        return await self.deployment.chat(request, "dated", dated[1], request.headers.get("api-key"), _READ[dated[2]])

    async def _v1(self, request: web.BaseRequest, rest: str) -> web.StreamResponse:
        if "api-version" in request.query:
            return plain(errors.version_not_allowed())
        key = request.headers.get("api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if rest == "models" and request.method == "GET":
            return self._models(key)
        if rest not in _READ or request.method != "POST":
            return plain(errors.resource_not_found())
        return await self.deployment.chat(request, "v1", None, key, _READ[rest])

    def _models(self, key: str) -> web.Response:
        if self.deployment.key_name(key) == "other":
            return plain(errors.unauthorized())
        model = {"id": self.deployment.config.model, "object": "model", "created": 0, "owned_by": "simulated"}
        return plain(errors.Answer(200, json.dumps({"object": "list", "data": [model]}).encode()))

    async def _control(self, request: web.BaseRequest, what: str) -> web.Response:
        deployment = self.deployment
        if (request.method, what) == ("PUT", "config"):
            try:
                deployment.apply(deployment.config.changed(await request.json()))
            except (ValidationError, ValueError, TypeError) as error:
                return web.json_response({"error": str(error)}, status=400)
            return web.json_response(deployment.config.shown())
        if (request.method, what) == ("GET", "config"):
            return web.json_response(deployment.config.shown())
        if (request.method, what) == ("GET", "log"):
            return web.json_response(deployment.log.shown() | {"quota": deployment.usage()})
        if (request.method, what) == ("DELETE", "log"):
            deployment.log.clear()
            deployment.restart_quota()
            return web.Response(status=204)
        return web.Response(status=404)


async def serve(config: Config, port: int) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = Server(config)
    print(json.dumps({"event": "simulated.ready", "port": await server.start(port)}), flush=True)
    await stopping.wait()
    await server.stop()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.simulated", description="Simulated Azure OpenAI deployment.")
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args(arguments)
    try:
        keys = Keys(api_key=os.environ["SIMULATED_API_KEY"], resource_key=os.environ["SIMULATED_RESOURCE_KEY"])
        config = Config(keys=keys, deployment=os.environ["SIMULATED_DEPLOYMENT"])
    except KeyError as missing:
        print(f"the environment variable {missing.args[0]} is missing", file=sys.stderr)
        return 2
    asyncio.run(serve(config, options.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
