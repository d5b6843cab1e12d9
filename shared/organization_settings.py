"""What an organization decided for itself: table OrganizationSettings (PartitionKey organization, RowKey the setting).

Read by the whole key, kept for 3 s, so that a change works within seconds. A table that cannot be read is an error, not
a permission: nothing is sent under a policy nobody knows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, cast

from shared.settings import SamplesPolicy
from shared.storage import Row, Tables

log = logging.getLogger(__name__)

TABLE: Final = "OrganizationSettings"
STRICTNESS: Final[dict[str, int]] = {"full": 0, "masked": 1, "none": 2}
CACHE_SECONDS: Final = 3.0
CACHED_ORGANIZATIONS: Final = 1_000


class OrganizationSettings:
    def __init__(
        self, tables: Tables, default_samples: SamplesPolicy = "full", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tables = tables
        self._default = default_samples
        self._clock = clock
        self._kept: dict[str, tuple[float, SamplesPolicy]] = {}

    async def samples(self, organization: str) -> SamplesPolicy:
        """How much of its values may leave: its own row, else the app's setting. Raises StorageUnavailable."""
        kept = self._kept.get(organization)
        if kept and kept[0] > self._clock():
            return kept[1]
        row = await self._tables.get(TABLE, organization, "samples")
        policy = _policy(organization, row.text("Value")) if row else self._default
        if len(self._kept) >= CACHED_ORGANIZATIONS:
            self._kept.clear()
        self._kept[organization] = (self._clock() + CACHE_SECONDS, policy)
        return policy

    async def followed(self, organization: str, asked: SamplesPolicy | None) -> tuple[SamplesPolicy, str | None]:
        """The organization's policy or, where a request asks for less, that; and what to tell one that asked for more.

        Raises StorageUnavailable."""
        allowed = await self.samples(organization)
        used = stricter(allowed, asked or allowed)
        if asked is None or used == asked:
            return used, None
        return used, f"The organization allows {allowed}, so the request's {asked} was not followed."

    async def history_days(self, organization: str, default: int | None) -> int | None:
        """How long its prompt history is kept: its own row ``historyDays``, else the app's setting; None for ever.

        A row nobody understands deletes nothing: the app's setting counts. Raises StorageUnavailable."""
        row = await self._tables.get(TABLE, organization, "historyDays")
        days = days_of(row)
        if row is not None and days is None:
            log.warning(
                "organization_settings.malformed", extra={"organization": organization, "setting": "historyDays"}
            )
        return days or default


def days_of(row: Row | None) -> int | None:
    """A row's number of days, as text or as a number; None where there is none that makes sense."""
    given = row.values.get("Value") if row else None
    value = str(given).strip() if isinstance(given, (str, int)) else ""
    return int(value) if value.isascii() and value.isdigit() and 0 < int(value) <= 36_500 else None


def stricter(one: SamplesPolicy, other: SamplesPolicy) -> SamplesPolicy:
    """The one of two policies under which less leaves."""
    return max(one, other, key=STRICTNESS.__getitem__)


def _policy(organization: str, value: str | None) -> SamplesPolicy:
    """A row's policy; one that cannot be understood counts as the strictest."""
    known = (value or "").strip().lower()
    if known not in STRICTNESS:
        log.warning("organization_settings.malformed", extra={"organization": organization, "setting": "samples"})
        return "none"
    return cast(SamplesPolicy, known)
