"""Feature flags, closed by default: a missing row, or a table that cannot be read, means no prompt is sent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from shared.errors import FeatureDisabled, FlagsUnavailable
from shared.gateway.ports import FlagRow, FlagTable
from shared.gateway.reads import Read, Reads
from shared.gateway.records import Feature

MAX_AGE = 3.0
"""Seconds a row may be used, counted from when its read began."""
READ_TIMEOUT = 2.0
"""Seconds."""
DEFAULT = "default"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FlagState:
    flag: Feature
    enabled: bool
    status: str
    source: Literal["organization", "default", "missing"]
    effective: bool
    """Whether prompts of this feature may be sent now."""


class Flags:
    """``production``: only rows of status Production count as on. Rows are used for MAX_AGE at most."""

    def __init__(self, table: FlagTable, production: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._production = production
        self._clock = clock
        self._rows: Reads[tuple[str, str], FlagRow | None] = Reads(self._read, clock)

    async def effective(self, organization: str, feature: Feature) -> FlagState:
        """The organization's row, else the default row, else off. Raises FlagsUnavailable."""
        since = self._clock() - MAX_AGE
        own = self._rows.kept((organization, feature), since)
        default = self._rows.kept((DEFAULT, feature), since)
        if own is None or (own.value is None and default is None):
            return await self._read_both(organization, feature, since)
        return self._pick(feature, own.value, default.value if default else None)

    async def read_all(self, organization: str) -> tuple[FlagState, ...]:
        """The state of every flag. Raises FlagsUnavailable."""
        return tuple(await asyncio.gather(*(self.effective(organization, feature) for feature in Feature)))

    async def require(self, organization: str, features: Iterable[Feature]) -> None:
        """Any one of the features must be on. Raises FeatureDisabled, FlagsUnavailable."""
        names = tuple(features)
        states = await asyncio.gather(*(self.effective(organization, name) for name in names), return_exceptions=True)
        if any(isinstance(state, FlagState) and state.effective for state in states):
            return
        for state in states:
            if isinstance(state, BaseException):
                raise state
        said = f"{names[0]} is" if len(names) == 1 else f"{' and '.join(names)} are all"
        raise FeatureDisabled(f"{said} switched off for organization {organization}")

    async def set(self, organization: str, feature: Feature, row: FlagRow, correlation_id: str) -> FlagState:
        """Change the organization's own row. The audit row is written first. Raises FlagsUnavailable."""
        before = await self._read((organization, feature))
        await self._table.write_audit(organization, feature, before, row, correlation_id)
        try:
            await self._table.write(organization, feature, row)
        finally:
            self._rows.forget((organization, feature))
        fields = {"organization": organization, "flag": str(feature), "enabled": row.enabled}
        log.info("flag.changed", extra={**fields, "status": row.status, "correlation_id": correlation_id})
        return self._state(feature, row, "organization")

    async def _read_both(self, organization: str, feature: Feature, since: float) -> FlagState:
        own = asyncio.ensure_future(self._rows.get((organization, feature), since))
        default = asyncio.ensure_future(self._rows.get((DEFAULT, feature), since))
        try:
            row = (await own).value
            return self._pick(feature, row, None if row is not None else (await default).value)
        finally:
            _let_go(own, default)

    async def _read(self, key: tuple[str, str]) -> FlagRow | None:
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                return await self._table.read(*key)
        except TimeoutError:
            raise _unavailable() from None
        except FlagsUnavailable as error:
            error.retry_after = error.retry_after or READ_TIMEOUT
            raise

    def _pick(self, feature: Feature, own: FlagRow | None, default: FlagRow | None) -> FlagState:
        if own is not None:
            return self._state(feature, own, "organization")
        if default is not None:
            return self._state(feature, default, "default")
        return FlagState(feature, False, "", "missing", False)

    def _state(self, feature: Feature, row: FlagRow, source: Literal["organization", "default"]) -> FlagState:
        released = not self._production or row.status.strip().lower() == "production"
        return FlagState(feature, row.enabled, row.status, source, row.enabled and released)


def _let_go(*reads: asyncio.Future[Read[FlagRow | None]]) -> None:
    """Stop waiting for reads nobody needs any more. The shared read behind them goes on for the others."""
    for read in reads:
        if not read.done():
            read.cancel()
        elif not read.cancelled():
            read.exception()


def _unavailable() -> FlagsUnavailable:
    return FlagsUnavailable("The feature flags cannot be read now, so nothing is sent", retry_after=READ_TIMEOUT)
