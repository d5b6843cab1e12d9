"""A small app of several functions, served by the host in tests. Each test makes its own."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import azure.functions as func


class Happened:
    """What the functions saw, for the tests to look at."""

    def __init__(self) -> None:
        self.messages: list[func.QueueMessage] = []
        self.timers: list[func.TimerRequest] = []
        self.finished: list[str] = []
        self.cancelled: list[str] = []
        self.release = asyncio.Event()
        self.fail_messages: Callable[[func.QueueMessage], bool] = lambda message: False


def make_app(happened: Happened) -> func.FunctionApp:  # noqa: C901 - it is a list of small functions
    app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

    @app.route(route="organizations/{org}/items/{id:int}", methods=["GET", "HEAD", "POST"])
    async def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        seen = {
            "method": req.method,
            "url": req.url,
            "params": dict(req.params),
            "route": dict(req.route_params),
            "header": req.headers.get("X-Thing"),
            "size": len(req.get_body()),
            "function": context.function_name,
            "invocation": context.invocation_id,
            "trace": context.trace_context.trace_parent,
        }
        return func.HttpResponse(json.dumps(seen), mimetype="application/json", headers={"x-answer": "yes"})

    @app.route(route="organizations/{org}/items/latest", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def latest(req: func.HttpRequest) -> str:
        return "latest"

    @app.route(route="files/{*rest}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def files(req: func.HttpRequest) -> str:
        return req.route_params.get("rest", "")

    @app.route(route="organizations/{org}/any", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def any_organization(req: func.HttpRequest) -> str:
        return req.route_params["org"]

    @app.route(route="admin-only", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
    def admin_only(req: func.HttpRequest) -> str:
        return "admin"

    @app.route(route="broken", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def broken(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("do not show this")

    @app.route(route="nonsense", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def nonsense(req: func.HttpRequest) -> Any:
        return 7

    @app.route(route="body", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
    async def body(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(req.get_body(), mimetype="application/octet-stream")

    @app.route(route="slow", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def slow(req: func.HttpRequest) -> func.HttpResponse:
        try:
            await happened.release.wait()
        except asyncio.CancelledError:
            happened.cancelled.append("slow")
            raise
        happened.finished.append("slow")
        return func.HttpResponse("slow")

    @app.queue_trigger(arg_name="message", queue_name="work", connection="AzureWebJobsStorage")
    async def work(message: func.QueueMessage) -> None:
        happened.messages.append(message)
        if happened.fail_messages(message):
            raise RuntimeError("told to fail")
        if message.get_body() == b"wait":
            await happened.release.wait()
        happened.finished.append(message.get_body().decode())

    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=False, use_monitor=False)
    async def yearly(timer: func.TimerRequest) -> None:
        happened.timers.append(timer)

    return app
