"""A command line, carried out: 0 done, 1 refused, 2 wrong usage, 3 not reachable."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import cast

from admin.address import read_address
from admin.arguments import Group
from admin.causes import Ended, Misused
from admin.desk import Command, Desk, Outcome
from admin.groups import failures, flags, jobs, prompts, settings, usage
from admin.keys import Keys, ask_without_echo
from admin.service import Service

_ABOUT = """The AI functions of CluedIn: flags, settings, prompts, usage, failures and jobs of a deployed app.

The function key is read from the environment variable CLUEDIN_AI_KEY, the admin key of commands that change something
from CLUEDIN_AI_ADMIN_KEY; on a terminal you are asked for what is missing."""
_EXAMPLES = """examples:
  export CLUEDIN_AI_URL=https://my-app.azurewebsites.net
  python -m admin flags list -o acme
  python -m admin settings verify -o acme
  python -m admin usage -o acme --by day --output json
  python -m admin failures list -o acme --all

exit codes: 0 done, 1 the service refused, 2 wrong usage, 3 the service is not reachable"""
_GROUPS = {
    "flags": ("What may be used.", flags.add),
    "settings": ("The four settings of an organization.", settings.add),
    "prompts": ("What was sent and what came back.", prompts.add),
    "failures": ("What failed for good, and trying it again.", failures.add),
    "jobs": ("Jobs that fill values of very many records.", jobs.add),
}


def main(argv: Sequence[str]) -> int:
    """The exit code."""
    args = parser().parse_args(argv)
    try:
        outcome = cast(Command, args.run)(args, _desk(args, os.environ))
        _print(outcome, as_json=args.output == "json")
    except Ended as ended:
        print(f"ERROR: {ended.text}", file=sys.stderr)
        return ended.exit_code
    except BrokenPipeError:
        # Whoever read has read enough; Python would complain when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return 1 if outcome.refused else 0


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    made = argparse.ArgumentParser(
        prog="python -m admin",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    groups = made.add_subparsers(required=True, metavar="GROUP")
    for name, (what, add) in _GROUPS.items():
        group = groups.add_parser(name, help=what, description=what, allow_abbrev=False)
        add(Group(group.add_subparsers(required=True, metavar="COMMAND"), f"{name} "))
    usage.add(Group(groups, ""))
    return made


def _desk(args: argparse.Namespace, environment: Mapping[str, str]) -> Desk:
    url = args.url or environment.get("CLUEDIN_AI_URL")
    if not url:
        raise Misused("Say where the app is: --url, or the environment variable CLUEDIN_AI_URL.")
    service = Service(read_address(url), Keys(environment, ask_without_echo()))
    return Desk(service.ask, _sure if sys.stdin.isatty() else None)


def _sure(question: str) -> bool:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.flush()
        sys.stdout.buffer.write(outcome.content.rstrip(b"\n") + b"\n")
    else:
        # A pipe gets whole lines: what reads it cuts for itself.
        room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        text = f"{outcome.text(room)}\n"
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", errors="replace"))
    sys.stdout.flush()
    for note in outcome.notes:
        print(note, file=sys.stderr)
