"""``python -m admin`` beside the app itself: each command asks a real route of it and understands its answer."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from admin.causes import Misused
from admin.desk import Desk
from admin.groups import failures, flags, jobs, prompts, settings, usage
from admin.json_values import JsonObject, read_object
from admin.prompt_text import COLUMNS as PROMPT_COLUMNS
from admin.prompt_text import ONE, TRIES
from admin.run import parser
from admin.service import Answer, Request
from admin.table import Column
from functions import prompts as prompt_routes
from functions.flags import FlagIn
from functions.operations import OPERATIONS, Operation
from shared.gateway.usage import UsageItem
from tests.fakes.app import Stand, call, indexed

PAGE = ("--top", "5", "--continuation-token", "20261125101500-0123456789abcdef")
TIMES = ("--from", "2026-11-01", "--to", "2026-11-25T10:00:00Z")
COMMANDS = {
    "list_flags": ("flags", "list"),
    "read_flag": ("flags", "show", "AiMapping"),
    "set_flag": ("flags", "set", "AiMapping", "--enabled", "true", "--status", "Beta"),
    "read_settings": ("settings", "show"),
    "verify_settings": ("settings", "verify"),
    "list_prompts": (
        "prompts", "list", *PAGE, *TIMES, "--feature", "Verify", "--status", "cut_off", "--correlation-id", "c",
        "--mapping-id", "m",
    ),
    "read_prompt": ("prompts", "show", "a-1"),
    "erase_prompts": ("prompts", "erase", "--attempt-id", "a", "--mapping-id", "m", "--before", "2026-01-01", "--yes"),
    "read_usage": ("usage", "--by", "day,feature", *TIMES),
    "list_failures": ("failures", "list", *PAGE),
    "replay_failure": ("failures", "replay", "f-1"),
    "read_value_job": ("jobs", "show", "j-1"),
    "pause_value_job": ("jobs", "pause", "j-1"),
    "resume_value_job": ("jobs", "resume", "j-1", "--max-cost", "2.5", "--max-tokens", "1000"),
    "cancel_value_job": ("jobs", "cancel", "j-1"),
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _operations() -> None:
    indexed()


def run(ask: Callable[[Request], Answer], *argv: str) -> str:
    args = parser().parse_args([*argv, "-o", "acme"])
    outcome = args.run(args, Desk(ask, None))
    assert isinstance(outcome.text(80), str)
    return str(outcome.text(None))


def asked(*argv: str) -> Request:
    """What a command asks."""
    requests: list[Request] = []

    def ask(request: Request) -> Answer:
        requests.append(request)
        return Answer(b"{}", {})

    run(ask, *argv)
    (request,) = requests
    return request


def test_erasing_is_agreed_to_by_a_person() -> None:
    requests: list[Request] = []

    def ask(request: Request) -> Answer:
        requests.append(request)
        return Answer(b"{}", {"erased": 1})

    args = parser().parse_args(["prompts", "erase", "-o", "acme", "--mapping-id", "m-1"])
    with pytest.raises(Misused):
        args.run(args, Desk(ask, lambda question: False))
    assert requests == []
    questions: list[str] = []
    args.run(args, Desk(ask, lambda question: questions.append(question) is None))
    assert "acme" in questions[0]
    assert "m-1" in questions[0]
    assert len(requests) == 1


def document() -> Any:
    return asyncio.run(call("GET", "/openapi.json")).json


def test_every_command_is_among_these() -> None:
    """A command that is added is checked too."""

    def leaves(made: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        below = [action for action in made._actions if isinstance(action, argparse._SubParsersAction)]
        for action in below:
            for name, child in action.choices.items():
                yield from leaves(child, (*path, name))
        if not below:
            yield path

    found = set(leaves(parser(), ()))
    assert found == {tuple(argv[: 1 if argv[0] == "usage" else 2]) for argv in COMMANDS.values()}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_asks_a_route_of_the_document(stand: Stand, name: str) -> None:
    request = asked(*COMMANDS[name])
    found = [
        operations[request.method.lower()]
        for path, operations in document()["paths"].items()
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), f"/{request.path}")
        and operations.get(request.method.lower(), {}).get("operationId") == name
    ]
    (described,) = found
    parameters = {(each["in"], each["name"]) for each in described["parameters"]}
    assert {("query", member) for member in request.query} <= parameters
    assert request.admin == (("header", "x-admin-key") in parameters)


@pytest.mark.parametrize("name", COMMANDS)
def test_its_query_and_body_are_those_of_the_route(name: str) -> None:
    request, operation = asked(*COMMANDS[name]), OPERATIONS[name]
    if operation.query:
        operation.query.model_validate(dict(request.query))
    if isinstance(operation.body, type) and issubclass(operation.body, BaseModel):
        assert request.body is not None
        operation.body.model_validate(request.body)
    else:
        assert request.body is None


def test_choices_are_those_of_the_app() -> None:
    assert set(prompts.STATUSES) == set(get_args(prompt_routes.PromptStatus))
    assert set(flags.STATUSES) == set(get_args(FlagIn.model_fields["status"].annotation))
    features = prompt_routes.PromptsQuery.model_fields["feature"].annotation
    assert set(prompts.FEATURES) == {name for part in get_args(features) for name in get_args(part)}


SHOWN: dict[str, tuple[Column, ...]] = {
    "list_flags": flags.COLUMNS,
    "read_flag": flags.COLUMNS,
    "read_settings": settings.COLUMNS,
    "verify_settings": settings.VERIFIED,
    "list_prompts": PROMPT_COLUMNS,
    "read_prompt": ONE,
    "read_usage": (*usage.PARTS, *usage.COUNTS, usage.UNPRICED),
    "list_failures": failures.COLUMNS,
    "replay_failure": failures.ONE,
    "read_value_job": jobs.COLUMNS,
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_column_shows_a_member_of_the_answer(name: str) -> None:
    members = answer_members(OPERATIONS[name])
    assert {column.path for column in SHOWN[name]} <= members
    if name == "read_prompt":
        assert {f"tries.{column.path}" for column in TRIES} <= members


def answer_members(operation: Operation) -> set[str]:
    """Paths of the answer's members; of a list's items without the list's name where it is all there is to show."""
    model = operation.successes[0].body
    assert isinstance(model, type)
    schema = model.model_json_schema(mode="serialization", by_alias=True)
    defined = schema.get("$defs", {})

    def walk(node: Any, path: str) -> Iterator[str]:
        if "$ref" in node:
            node = defined[node["$ref"].rsplit("/", 1)[-1]]
        for choice in node.get("anyOf", ()):
            yield from walk(choice, path)
        if "items" in node:
            yield from walk(node["items"], "" if path in ("items.", "settings.") else path)
        for name, member in node.get("properties", {}).items():
            yield f"{path}{name}"
            yield from walk(member, f"{path}{name}.")

    return set(walk(schema, ""))


def through(request: Request) -> Answer:
    """The app itself, asked as the host would."""
    body = b"" if request.body is None else json.dumps(request.body).encode()
    headers = {"x-admin-key": "open"} if request.admin else {}
    answer = asyncio.run(call(request.method, f"/{request.path}", body, headers=headers, params=request.query))
    assert answer.status < 300, answer.content
    return Answer(answer.content, read_object(answer.content) or JsonObject())


def test_the_apps_own_answers_are_shown(stand: Stand) -> None:
    stand.allow("acme")
    stand.history.used = (
        UsageItem(datetime(2026, 11, 25, tzinfo=UTC).date(), None, None, 1200, 34, 5, 6, Decimal("0.5"), 1),
    )
    assert "Beta" in run(through, *COMMANDS["set_flag"])
    assert "organization" in run(through, "flags", "list")
    assert "deploymentName  yes" in run(through, "settings", "show")
    assert "2026-11-25    1,200" in run(through, "usage", "--by", "day")
    assert "None." in run(through, "failures", "list", "--all")
    assert "None." in run(through, "prompts", "list", "--all")
    assert "attempts: " in run(through, "prompts", "erase", "--everything", "--yes")
