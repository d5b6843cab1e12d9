"""Two functions for the latency benchmark: one that does nothing, one that sends one prompt through the gateway."""

import os

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="nothing", methods=["POST"])
async def nothing(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("{}", mimetype="application/json")


@app.route(route="prompt", methods=["POST"])
async def prompt(req: func.HttpRequest) -> func.HttpResponse:
    from bench import prompts
    from shared.wiring import services

    caller = prompts.caller(os.environ["BENCH_ORGANIZATION"], 60)
    reply = await services().gateway.ask(caller, prompts.prompt())
    return func.HttpResponse(reply.attempt_ids[-1], mimetype="text/plain")
