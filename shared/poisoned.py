"""Whose a message was, read as far as it can be: nobody promises that a poisoned message makes sense."""

from __future__ import annotations

from collections.abc import Mapping

from shared.drops.events import organization_in_event
from shared.drops.models import UNKNOWN
from shared.organizations import is_organization


def organization_of(content: Mapping[str, object]) -> str:
    """The organization a message is about, UNKNOWN where it names none: our own messages, events, history rows."""
    named = content.get("organizationId")
    if isinstance(named, str) and is_organization(named):
        return named
    rows = content.get("rows")
    row = rows[0] if isinstance(rows, list) and rows else None
    owner = row.get("organization") if isinstance(row, dict) else None
    if isinstance(owner, str) and is_organization(owner):
        return owner
    return organization_in_event(content) or UNKNOWN


def mapping_of(content: Mapping[str, object]) -> str | None:
    """The mapping a message is about, if it names one."""
    named = content.get("mappingId")
    return named if isinstance(named, str) and 0 < len(named) <= 64 and named.isprintable() else None
