"""``usage``: prompts, tokens and cost."""

from __future__ import annotations

from argparse import Namespace

from admin.arguments import Group, add_times
from admin.desk import Desk, Outcome, given
from admin.json_values import items_of, text_at
from admin.plain import one_line
from admin.service import Request
from admin.table import Column, table

PARTS = (Column("Day", "day", whole=True), Column("Feature", "feature"), Column("Deployment", "deployment"))
COUNTS = (
    Column("Prompts", "prompts", number=True),
    Column("Prompt tokens", "promptTokens", number=True),
    Column("Completion tokens", "completionTokens", number=True),
    Column("Cached tokens", "cachedTokens", number=True),
)
UNPRICED = Column("Unpriced", "unpriced", number=True)


def add(parser: Group) -> None:
    """One command, without a group of its own."""
    usage = parser.command(
        "usage",
        "Prompts, tokens and cost of up to a year, newest day first. Cost is of what has a price; unpriced counts "
        "the rest.",
        show_usage,
        "-o acme",
        "-o acme --by day,feature --from 2026-11-01 --to 2026-12-01",
    )
    usage.add_argument(
        "--by", metavar="PARTS", help="day, feature, deployment, or several by comma; all in one without"
    )
    add_times(usage)


def show_usage(args: Namespace, desk: Desk) -> Outcome:
    query = given(from_=args.since, to=args.until, by=args.by)
    answer = desk.ask(Request("GET", args.organization, ("usage",), query))
    items = items_of(answer.json)
    parts = tuple(part for part in PARTS if any(part.path in item for item in items))
    cost = Column(f"Cost ({one_line(text_at(answer.json, 'currency') or '?')})", "cost", number=True)
    columns = (*parts, *COUNTS, cost, UNPRICED)
    return Outcome(answer.content, lambda room: table(columns, items, room) if items else "None.")
