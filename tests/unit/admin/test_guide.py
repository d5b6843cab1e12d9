"""docs/administration.md and every --help: their commands are commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from admin.run import parser
from tests.unit.admin.conftest import Run

GUIDE = (Path(__file__).parents[3] / "docs/administration.md").read_text()
SHOWN = re.findall(r"^\$ .*?python -m admin (.*?)(?: </dev/null)?(?:; echo .*)?$", GUIDE, re.MULTILINE)
HELPS = [
    "", "flags list", "flags show", "flags set", "settings show", "settings verify", "prompts list", "prompts show",
    "prompts erase", "usage", "failures list", "failures replay", "jobs show", "jobs pause", "jobs resume",
    "jobs cancel",
]  # fmt: skip


def test_the_guide_shows_every_group() -> None:
    groups = {command.split()[0] for command in SHOWN}
    assert groups == {"flags", "settings", "prompts", "usage", "failures", "jobs"}


@pytest.mark.parametrize("command", sorted(set(SHOWN)))
def test_what_the_guide_shows_is_a_command(command: str) -> None:
    assert parser().parse_args(shlex.split(command)).organization


@pytest.mark.parametrize("command", HELPS)
def test_the_examples_of_a_help_are_commands(run: Run, command: str) -> None:
    said = run(*command.split(), "--help")
    examples = re.findall(r"^  python -m admin (.*)$", said.out, re.MULTILINE)
    assert examples
    for example in examples:
        assert parser().parse_args(shlex.split(example)).organization
