"""What jobs need from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.callbacks import Callbacks
from shared.failures import Failures
from shared.records import RecordIn
from shared.storage import BlobWriter
from shared.values.jobs.models import SourceIn
from shared.values.jobs.store import ValueJobs
from shared.values.run import ValuesDesk


class Queues(Protocol):
    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None: ...


class RecordFiles(Protocol):
    def records(self, source: SourceIn) -> AsyncIterator[list[RecordIn]]:
        """The file's records, some thousand at a time. Raises UnreadableSource, StorageUnavailable."""


class UnreadableSource(Exception):
    """The file cannot be read as records. ``code`` and ``detail`` may be shown."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class JobDesk:
    values: ValuesDesk
    jobs: ValueJobs
    writer: BlobWriter
    queues: Queues
    files: RecordFiles
    failures: Failures
    callbacks: Callbacks
