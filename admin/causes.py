"""Why a command ends without doing what it was asked, each with its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass
class Ended(Exception):
    """``text`` is for a person, says what to do, and never holds a key."""

    text: str
    exit_code: ClassVar[int] = 1


class Refused(Ended):
    """The service answered, and said no."""

    exit_code = 1


class Misused(Ended):
    """The command line or the environment is not what it should be: nothing was changed."""

    exit_code = 2


class Unreachable(Ended):
    """Nothing answered, or what did is not the app."""

    exit_code = 3
