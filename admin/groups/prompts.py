"""``prompts``: what was sent, what came back, and taking it out of the history."""

from __future__ import annotations

from argparse import Namespace

from admin.arguments import Group, add_paging, add_times, name
from admin.causes import Misused
from admin.desk import Desk, Outcome, given
from admin.json_values import JsonObject
from admin.pages import listed
from admin.prompt_text import COLUMNS, prompt_text
from admin.service import Request
from admin.table import shown

FEATURES = ("AiMapping", "RuleEngine", "Copilot", "Verify")
STATUSES = (
    "pending", "succeeded", "failed", "throttled", "unauthorized", "filtered", "refused", "cut_off", "timed_out",
    "cancelled", "unknown",
)  # fmt: skip


def add(group: Group) -> None:
    found = group.command(
        "list",
        "Prompt history, newest first.",
        list_prompts,
        "-o acme --status failed --from 2026-11-25",
        "-o acme --mapping-id ec7bd19d-1db4-4ad5-bf32-c0bda126b4e6 --all",
    )
    found.add_argument("--feature", choices=FEATURES)
    found.add_argument("--status", choices=STATUSES)
    add_times(found)
    found.add_argument("--correlation-id", metavar="ID")
    found.add_argument("--mapping-id", metavar="ID")
    add_paging(found)
    one = group.command(
        "show",
        "One attempt with its messages and its answer.",
        show_prompt,
        "89e21e50c9894ec1bbc4071d2439554b-1 -o acme",
    )
    one.add_argument("id", type=name, metavar="ATTEMPT_ID", help="as prompts list shows it")
    _add_erase(group)


def _add_erase(group: Group) -> None:
    erase = group.command(
        "erase",
        "Erase prompts and answers for good; counts, times and costs stay, and an audit row is left. What is given "
        "must all hold. Needs the admin key.",
        erase_prompts,
        "-o acme --mapping-id ec7bd19d-1db4-4ad5-bf32-c0bda126b4e6",
        "-o acme --before 2026-01-01 --yes",
        "-o acme --everything",
    )
    erase.add_argument("--attempt-id", metavar="ID", help="this attempt")
    erase.add_argument("--mapping-id", metavar="ID", help="those of this mapping")
    erase.add_argument("--before", metavar="TIME", help="those sent earlier than this, ISO 8601 UTC")
    erase.add_argument("--everything", action="store_true", help="all of the organization; stands alone")
    erase.add_argument("--yes", "-y", action="store_true", help="do not ask")


def list_prompts(args: Namespace, desk: Desk) -> Outcome:
    query = given(
        feature=args.feature,
        status=args.status,
        from_=args.since,
        to=args.until,
        correlationId=args.correlation_id,
        mappingId=args.mapping_id,
        top=args.top,
        continuationToken=args.continuation_token,
    )
    return listed(args, desk, Request("GET", args.organization, ("prompts",), query), COLUMNS)


def show_prompt(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(Request("GET", args.organization, ("prompts", args.id)))
    return Outcome(answer.content, lambda room: prompt_text(answer.json, room))


def erase_prompts(args: Namespace, desk: Desk) -> Outcome:
    """Raises Misused where nothing says what to erase, or nobody agrees to it."""
    wish = _wish(args)
    if not args.yes:
        _agree(args, desk, wish)
    answer = desk.ask(Request("POST", args.organization, ("prompts", "erase"), body=wish, admin=True))
    count = shown(answer.json.get("erased"))
    return Outcome(answer.content, lambda _: f"Erased the prompts and answers of this many attempts: {count}.")


def _wish(args: Namespace) -> JsonObject:
    parts: JsonObject = {"attemptId": args.attempt_id, "mappingId": args.mapping_id, "before": args.before}
    wish: JsonObject = {name: part for name, part in parts.items() if part is not None}
    if bool(wish) == args.everything:
        raise Misused("Say what to erase: --attempt-id, --mapping-id or --before; or --everything alone.")
    return wish or {"everything": True}


def _agree(args: Namespace, desk: Desk, wish: JsonObject) -> None:
    what = ", ".join(f"{name} {shown(part)}" for name, part in wish.items() if part is not True) or "everything"
    if desk.sure is None:
        raise Misused("Erasing cannot be undone, and there is nobody to ask. Add --yes.")
    if not desk.sure(f"Erase prompts and answers of {shown(args.organization)} ({what})? It cannot be undone. [y/N] "):
        raise Misused("Nothing was erased.")
