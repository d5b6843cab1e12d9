"""A data drop, whoever announced it: our own message, as it travels, and what a message of any kind comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import Field, JsonValue, model_validator

from shared.mapping.models import Options, RequestModel, Vocabulary

CONTAINER: Final = "drops"
CONTAINERS: Final = frozenset({CONTAINER, "payloads"})
"""The only containers that are read."""
UNKNOWN: Final = "unknown"
"""Where failures are kept whose message names no valid organization: readable as an organization of this name."""

Text = Annotated[str, Field(min_length=1, max_length=200)]


class DropDataSet(RequestModel):
    id: Text
    name: Annotated[str, Field(min_length=1, max_length=500)]


class DropSource(RequestModel):
    """``sheet`` names the sheet of a workbook; without it the first one with data is read."""

    container: Annotated[str, Field(min_length=1, max_length=63)]
    blob: Annotated[str, Field(min_length=1, max_length=1_024)]
    sheet: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class DropMessage(RequestModel):
    """Exactly one of ``source`` and ``records`` (1 to 10,000, at most 8 MiB)."""

    organization_id: str
    drop_id: Text | None = None
    data_set: DropDataSet
    source: DropSource | None = None
    records: list[dict[str, JsonValue]] | None = Field(default=None, min_length=1, max_length=10_000)
    vocabularies: list[Vocabulary] | None = Field(default=None, min_length=1, max_length=5_000)
    options: Options = Options()
    callback_url: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None

    @model_validator(mode="after")
    def _one_of(self) -> DropMessage:
        if (self.source is None) == (self.records is None):
            raise ValueError("give exactly one of source and records")
        return self


@dataclass(frozen=True)
class Source:
    """A blob of the app's own account, in one of ``CONTAINERS``. Its name is as the service keeps it, not encoded."""

    container: str
    blob: str
    sheet: str | None = None
    etag: str | None = None
    """Quoted, as an event gave it: the version that was announced. The blob may have a newer one by now."""


@dataclass(frozen=True)
class Drop:
    """What is to be mapped. Exactly one of ``source`` and ``records``."""

    organization: str
    data_set_id: str
    data_set_name: str
    drop_id: str | None = None
    source: Source | None = None
    records: tuple[Mapping[str, JsonValue], ...] | None = None
    vocabularies: tuple[Vocabulary, ...] | None = None
    """None for the stored catalogue."""
    options: Options = field(default_factory=Options)
    callback_url: str | None = None
    """https. Whether its host may be called is decided when it is called."""
    correlation_id: str | None = None
    """An event's id."""


@dataclass(frozen=True)
class Ignored:
    """A message that asks for nothing: it is logged and done with."""

    kind: str
    """Its event type."""
    reason: str
    """``validation``, ``other_event``, ``folder`` or ``not_finished`` (opened, and its bytes are still to come)."""


class UnusableDrop(Exception):
    """A drop that will never be mapped as it is. ``code`` and ``detail`` (one sentence) may be shown."""

    def __init__(self, code: str, detail: str, organization: str = UNKNOWN) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.organization = organization
        """As far as the message can be trusted to name one, else UNKNOWN."""
