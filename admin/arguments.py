"""Arguments that several commands take, and commands put under their groups."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from admin.desk import Command

Subparsers = argparse._SubParsersAction  # the standard library gives it no public name


def name(given: str) -> str:
    """A part of a path. Raises ArgumentTypeError."""
    if not given.strip() or given in (".", "..") or not given.isprintable() or len(given) > 200:
        raise argparse.ArgumentTypeError("must be a name or an id")
    return given


def yes_or_no(given: str) -> bool:
    """Raises ArgumentTypeError."""
    if given.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError("must be true or false")
    return given.lower() == "true"


def common() -> argparse.ArgumentParser:
    """What every command takes. No key is among it: arguments are seen by every process of the machine."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("of every command")
    group.add_argument("--url", help="address of the app; without it, the environment variable CLUEDIN_AI_URL")
    group.add_argument("--organization", "-o", required=True, type=name, metavar="NAME", help="for example acme")
    group.add_argument(
        "--output",
        choices=("table", "json"),
        default="table",
        help="a table (default), or json exactly as the service answered",
    )
    return parser


@dataclass(frozen=True)
class Group:
    """A group, to which its module adds commands."""

    commands: Subparsers[argparse.ArgumentParser]
    path: str
    """What stands before a command: the group's name and a space, or nothing."""

    def command(self, name: str, what: str, run: Command, *examples: str) -> argparse.ArgumentParser:
        """A command, with the examples its --help shows (what follows the group and the command)."""
        shown = "\n".join(f"  python -m admin {self.path}{name} {example}" for example in examples)
        parser = self.commands.add_parser(
            name,
            help=what,
            description=what,
            epilog=f"examples:\n{shown}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[common()],
            allow_abbrev=False,
        )
        parser.set_defaults(run=run)
        return parser


def add_paging(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--top", type=int, metavar="N", help="how many at a time, 1 to 200 (default 50)")
    parser.add_argument("--all", action="store_true", help="every page, as one list")
    parser.add_argument("--continuation-token", metavar="TOKEN", help="go on where an earlier list ended")


def add_times(parser: argparse.ArgumentParser) -> None:
    time = "ISO 8601, UTC: 2026-11-25 or 2026-11-25T10:00:00Z"
    parser.add_argument("--from", dest="since", metavar="TIME", help=f"inclusive; {time}")
    parser.add_argument("--to", dest="until", metavar="TIME", help="exclusive")
