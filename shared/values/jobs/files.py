"""A job's file, read where it lies."""

from __future__ import annotations

from collections.abc import AsyncIterator

from shared.records import RecordIn
from shared.values.jobs.desk import UnreadableSource
from shared.values.jobs.models import SourceIn


class RecordFiles:
    async def records(self, source: SourceIn) -> AsyncIterator[list[RecordIn]]:
        raise UnreadableSource("unsupported_format", f"The file {source.blob} cannot be read yet.")
        yield []
