"""The two keys: of the environment, or typed without echo. Never an argument: those are seen by every process."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from admin.causes import Misused

FUNCTION_KEY = "CLUEDIN_AI_KEY"
ADMIN_KEY = "CLUEDIN_AI_ADMIN_KEY"
_NAMES = {FUNCTION_KEY: "Function key", ADMIN_KEY: "Admin key (the Key Vault secret admin-key)"}


@dataclass(frozen=True)
class Keys:
    """Looked up when they are needed, so that nobody is asked for an admin key to read something."""

    environment: Mapping[str, str] = field(repr=False)
    ask: Callable[[str], str] | None
    """Asks a person; None where there is none."""
    _typed: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """Asked for once: a command may send several requests."""

    def headers(self, admin: bool) -> dict[str, str]:
        """Raises Misused."""
        found = {"x-functions-key": self._key(FUNCTION_KEY)}
        if admin:
            found["x-admin-key"] = self._key(ADMIN_KEY)
        return found

    def _key(self, variable: str) -> str:
        key = self.environment.get(variable, "").strip() or self._typed.get(variable, "")
        if not key and self.ask:
            key = self._typed[variable] = self.ask(f"{_NAMES[variable]}: ").strip()
        if not key:
            raise Misused(f"There is no {_NAMES[variable].lower()}. Set the environment variable {variable}.")
        # The HTTP library would repeat in its error what it cannot send.
        if not (key.isascii() and key.isprintable()):
            raise Misused(f"{variable} holds characters that no key has. Copy the key again.")
        return key


def ask_without_echo() -> Callable[[str], str] | None:
    """None where standard input is not a terminal."""
    if not sys.stdin.isatty():
        return None
    return lambda question: getpass.getpass(question, stream=sys.stderr)
