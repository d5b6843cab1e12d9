"""``flags``: what may be used."""

from __future__ import annotations

from argparse import Namespace

from admin.arguments import Group, name, yes_or_no
from admin.desk import Desk, Outcome
from admin.json_values import JsonObject, items_of, text_at
from admin.service import Request
from admin.table import Column, table

FLAGS = ("AiMapping", "RuleEngine", "Copilot")
STATUSES = ("Deprecated", "Development", "Alpha", "Beta", "ReleaseCandidate", "Production")
COLUMNS = (
    Column("Flag", "flag", whole=True),
    Column("Enabled", "enabled"),
    Column("Status", "status"),
    Column("Source", "source"),
    Column("Effective", "effective"),
)


def add(group: Group) -> None:
    group.command("list", "All flags of an organization.", list_flags, "-o acme", "-o acme --output json")
    show = group.command("show", "One flag of an organization.", show_flag, "AiMapping -o acme")
    show.add_argument("flag", type=name, metavar="FLAG", help=", ".join(FLAGS))
    change = group.command(
        "set",
        "Switch a flag of an organization. Needs the admin key.",
        set_flag,
        "AiMapping -o acme --enabled true --status Production",
        "AiMapping -o acme --enabled false",
    )
    change.add_argument("flag", type=name, metavar="FLAG", help=", ".join(FLAGS))
    change.add_argument("--enabled", required=True, type=yes_or_no, metavar="true|false")
    change.add_argument(
        "--status", choices=STATUSES, help="without it, the status stays; where there is none yet, Production"
    )


def list_flags(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(Request("GET", args.organization, ("flags",)))
    return Outcome(answer.content, lambda room: table(COLUMNS, items_of(answer.json), room))


def show_flag(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(_read(args))
    return Outcome(answer.content, lambda room: table(COLUMNS, [answer.json], room))


def set_flag(args: Namespace, desk: Desk) -> Outcome:
    # What is not said is not changed: switching a Beta feature on must not make it Production by the way.
    status = args.status or text_at(desk.ask(_read(args)).json, "status") or "Production"
    body: JsonObject = {"enabled": args.enabled, "status": status}
    answer = desk.ask(Request("PUT", args.organization, ("flags", args.flag), body=body, admin=True))
    notes = ("It is on, but not effective: in production only flags of status Production count.",)
    ineffective = args.enabled and answer.json.get("effective") is False
    return Outcome(answer.content, lambda room: table(COLUMNS, [answer.json], room), notes if ineffective else ())


def _read(args: Namespace) -> Request:
    return Request("GET", args.organization, ("flags", args.flag))
