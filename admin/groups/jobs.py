"""``jobs``: jobs that fill values of very many records."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from admin.arguments import Group, name
from admin.desk import Desk, Outcome
from admin.json_values import JsonObject, text_at
from admin.service import Request
from admin.table import Column, record

COLUMNS = (
    Column("Job", "jobId"),
    Column("State", "state"),
    Column("Records", "progress.records"),
    Column("Done", "progress.done"),
    Column("Failed", "progress.failed"),
    Column("Reused", "progress.reused"),
    Column("Prompts", "usage.prompts"),
    Column("Prompt tokens", "usage.promptTokens"),
    Column("Completion tokens", "usage.completionTokens"),
    Column("Cost", "usage.cost"),
    Column("Currency", "usage.currency"),
    Column("Forecast of prompt tokens", "forecast.promptTokens"),
    Column("Forecast of completion tokens", "forecast.completionTokens"),
    Column("Forecast of cost", "forecast.cost"),
    Column("Results: container", "results.container"),
    Column("Results: blob", "results.blob"),
    Column("Failures: container", "failures.container"),
    Column("Failures: blob", "failures.blob"),
    Column("Created (UTC)", "createdAt"),
    Column("Updated (UTC)", "updatedAt"),
    Column("Error", "error.code"),
    Column("Error's detail", "error.detail"),
)
_ENDED = frozenset({"succeeded", "failed", "cancelled", "stopped_by_limit"})
_EXAMPLE = "0f9a4c1e-7a59-4a0f-9d0e-3d5f6c2b7a10 -o acme"


def add(group: Group) -> None:
    commands = (
        group.command("show", "State of a value job, for 30 days.", show_job, _EXAMPLE),
        group.command("pause", "Finish the calls in flight and send no further one.", pause_job, _EXAMPLE),
        group.command("cancel", "End a job for good.", cancel_job, _EXAMPLE),
        resume := group.command(
            "resume",
            "Go on with a paused, failed or stopped job where it stopped, perhaps with other limits.",
            resume_job,
            _EXAMPLE,
            f"{_EXAMPLE} --max-cost 25",
        ),
    )
    for command in commands:
        command.add_argument("id", type=name, metavar="ID", help="jobId, as the service answered when it began")
    new = "one that is not given stays as it is"
    resume.add_argument("--max-cost", type=float, metavar="COST", help=f"what the job may cost in all; {new}")
    resume.add_argument("--max-tokens", type=int, metavar="N", help=f"how many tokens it may use in all; {new}")


def show_job(args: Namespace, desk: Desk) -> Outcome:
    return _asked(desk, Request("GET", args.organization, ("values", "jobs", args.id)))[0]


def pause_job(args: Namespace, desk: Desk) -> Outcome:
    return _changed(args, desk, "pause")


def cancel_job(args: Namespace, desk: Desk) -> Outcome:
    return _changed(args, desk, "cancel")


def resume_job(args: Namespace, desk: Desk) -> Outcome:
    limits: JsonObject = {"maxCost": args.max_cost, "maxTokens": args.max_tokens}
    set_ones: JsonObject = {name: limit for name, limit in limits.items() if limit is not None}
    return _changed(args, desk, "resume", {"limits": set_ones} if set_ones else None)


def _changed(args: Namespace, desk: Desk, change: str, body: JsonObject | None = None) -> Outcome:
    """The service answers a job that had ended as it stays: that nothing changed is told here, and ends with 1."""
    outcome, state = _asked(desk, Request("POST", args.organization, ("values", "jobs", args.id, change), body=body))
    if state not in _ENDED or (change, state) == ("cancel", "cancelled"):
        return outcome
    return replace(outcome, notes=(f"ERROR: Nothing to {change}: the job is {state}.",), refused=True)


def _asked(desk: Desk, request: Request) -> tuple[Outcome, str | None]:
    answer = desk.ask(request)
    return Outcome(answer.content, lambda _: record(COLUMNS, answer.json)), text_at(answer.json, "state")
