"""What an organization may be called."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 64
RESERVED: Final = "default"
"""The rows that hold for every organization without its own."""
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_organization(name: object) -> bool:
    """Lower-case letters and digits in parts joined by single hyphens, at most 64 characters, never ``default``."""
    return isinstance(name, str) and len(name) <= LONGEST and name != RESERVED and bool(_NAME.fullmatch(name))
