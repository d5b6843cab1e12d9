"""``settings``: which of an organization's four settings are there, and whether they work."""

from __future__ import annotations

from argparse import Namespace

from admin.arguments import Group
from admin.desk import Desk, Outcome
from admin.json_values import items_of, text_at
from admin.plain import one_line
from admin.service import Request
from admin.table import Column, record, table

COLUMNS = (Column("Setting", "name", whole=True), Column("Present", "present"))
VERIFIED = (
    Column("Ok", "ok"),
    Column("Code", "code"),
    Column("Setting to fix", "setting"),
    Column("Detail", "detail"),
    Column("Prompt", "promptId"),
)


def add(group: Group) -> None:
    group.command("show", "Which of the four settings are there, never their values.", show_settings, "-o acme")
    group.command(
        "verify",
        "Send one prompt of at most 20 tokens with the organization's settings. Needs the admin key, and AiMapping "
        "or RuleEngine on. Ends with 1 where it did not work.",
        verify_settings,
        "-o acme",
        "-o acme --output json",
    )


def show_settings(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(Request("GET", args.organization, ("settings",)))
    missing = [text_at(each, "name") or "" for each in items_of(answer.json, "settings") if not each.get("present")]
    notes = (f"Missing: {one_line(', '.join(missing))}. Set them in Key Vault.",) if missing else ()
    return Outcome(answer.content, lambda room: table(COLUMNS, items_of(answer.json, "settings"), room), notes)


def verify_settings(args: Namespace, desk: Desk) -> Outcome:
    answer = desk.ask(Request("POST", args.organization, ("settings", "verify"), body={}, admin=True))
    works = answer.json.get("ok") is True
    code, detail = (one_line(text_at(answer.json, member) or "") for member in ("code", "detail"))
    notes = () if works else (f"ERROR: ({code}) {detail}",)
    return Outcome(answer.content, lambda _: record(VERIFIED, answer.json), notes, refused=not works)
