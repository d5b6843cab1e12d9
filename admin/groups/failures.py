"""``failures``: what failed for good, with its cause, and trying it again."""

from __future__ import annotations

from argparse import Namespace

from admin.arguments import Group, add_paging, name
from admin.desk import Desk, Outcome, given
from admin.pages import listed
from admin.service import Request
from admin.table import Column, record

COLUMNS = (
    Column("Id", "id", whole=True),
    Column("Failed (UTC)", "failedAt", whole=True),
    Column("Kind", "kind"),
    Column("Code", "code"),
    Column("Attempts", "attempts", number=True),
    Column("Replayable", "replayable"),
    Column("Detail", "detail"),
)
ONE = (*COLUMNS, Column("Queue", "queue"), Column("Mapping", "mappingId"), Column("Replayed (UTC)", "replayedAt"))


def add(group: Group) -> None:
    found = group.command(
        "list",
        "What failed for good, with its cause, newest first. Work that names no organization: -o unknown.",
        list_failures,
        "-o acme",
        "-o acme --all --output json",
    )
    add_paging(found)
    replay = group.command(
        "replay",
        "Put the message of a failure into its queue again, once. Mend the cause first. Needs the admin key.",
        replay_failure,
        "20261125101500-0123456789abcdef -o acme",
    )
    replay.add_argument("id", type=name, metavar="ID", help="as failures list shows it")


def list_failures(args: Namespace, desk: Desk) -> Outcome:
    query = given(top=args.top, continuationToken=args.continuation_token)
    return listed(args, desk, Request("GET", args.organization, ("failures",), query), COLUMNS)


def replay_failure(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(Request("POST", args.organization, ("failures", args.id, "replay"), body={}, admin=True))
    return Outcome(answer.content, lambda _: record(ONE, answer.json))
