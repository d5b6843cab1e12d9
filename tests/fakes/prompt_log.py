"""Prompt history to read, in memory."""

from __future__ import annotations

from datetime import datetime

from shared.errors import HistoryUnavailable
from shared.gateway.erasure import Erasure
from shared.gateway.prompt_log import PromptDetail, PromptPage, PromptQuery, continue_after, position
from shared.gateway.usage import UsageItem, UsageQuery


class FakePromptLog:
    def __init__(self) -> None:
        self.details: dict[str, list[PromptDetail]] = {}
        """By organization."""
        self.queries: list[PromptQuery] = []
        self.away = False
        self.used: tuple[UsageItem, ...] = ()
        self.usage_queries: list[UsageQuery] = []

    def page(self, query: PromptQuery) -> PromptPage:
        self._reach()
        self.queries.append(query)
        items = [detail.item for detail in self.details.get(query.organization, [])]
        if query.status:
            items = [item for item in items if item.status == query.status]
        if query.continuation:
            place = position(query.continuation)
            items = [item for item in items if (item.created_at, item.attempt_id) < place]
        items.sort(key=lambda item: (item.created_at, item.attempt_id), reverse=True)
        page = tuple(items[: query.top])
        return PromptPage(page, continue_after(page[-1]) if len(items) > len(page) else None)

    def one(self, organization: str, attempt_id: str) -> PromptDetail | None:
        self._reach()
        found = self.details.get(organization, [])
        return next((detail for detail in found if detail.item.attempt_id == attempt_id), None)

    def usage(self, query: UsageQuery) -> tuple[UsageItem, ...]:
        self._reach()
        self.usage_queries.append(query)
        return self.used

    def _reach(self) -> None:
        if self.away:
            raise HistoryUnavailable("The prompt history cannot be reached now.")


class FakeRetentionRole:
    """Who may take history away, in memory."""

    def __init__(self) -> None:
        self.wishes: list[Erasure] = []
        self.purged: list[tuple[str | None, datetime]] = []
        self.known = ("acme", "other")
        self.away = False

    def erase(self, wish: Erasure) -> int:
        self._reach()
        self.wishes.append(wish)
        return 3

    def organizations(self) -> tuple[str, ...]:
        self._reach()
        return self.known

    def purge(self, before: datetime, organization: str | None = None) -> int:
        self._reach()
        self.purged.append((organization, before))
        return 2

    def _reach(self) -> None:
        if self.away:
            raise HistoryUnavailable("The prompt history cannot be reached now.")
