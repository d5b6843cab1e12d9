"""What a command works with, and what it hands back to be printed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from admin.service import Answer, Request

Text = Callable[[int | None], str]
"""Room in columns (None: endless) → what a person reads."""


@dataclass(frozen=True)
class Desk:
    """``sure`` asks a person a question to be answered with yes; None where there is nobody to ask."""

    ask: Callable[[Request], Answer]
    sure: Callable[[str], bool] | None


@dataclass(frozen=True)
class Outcome:
    """``content``: what the service answered. ``notes`` go to standard error. ``refused``: ends with 1."""

    content: bytes
    text: Text
    notes: tuple[str, ...] = ()
    refused: bool = False


Command = Callable[[Namespace, Desk], Outcome]


def given(**members: str | int | None) -> Mapping[str, str]:
    """The query parameters that were given, by their names; a name Python keeps for itself ends with _."""
    return {name.rstrip("_"): str(value) for name, value in members.items() if value is not None}
