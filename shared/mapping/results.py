"""Queue ``mapping-results``: what became of a drop or an asynchronous mapping, for the pipeline to read.

Told at least once, always with the same mapping id: a worker that dies after telling tells again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from shared.mapping.models import DataSetRef
from shared.mapping.store import CONTAINER, KeptMapping, blob_name

QUEUE: Final = "mapping-results"


class Queues(Protocol):
    async def put(self, queue: str, payload: Mapping[str, object], delay_seconds: float = 0) -> None: ...


def notification(kept: KeptMapping, data_set: DataSetRef) -> dict[str, object]:
    """The message, which is also what a callback is sent."""
    name = blob_name(kept.organization, kept.mapping_id)
    cause = kept.cause
    error = None
    if cause is not None:
        error = {"code": cause.code, "detail": cause.detail, **({"setting": cause.setting} if cause.setting else {})}
    return {
        "mappingId": kept.mapping_id,
        "organizationId": kept.organization,
        "dataSet": {"id": data_set.id, "name": data_set.name},
        "state": kept.state,
        "blob": {"container": CONTAINER, "blob": name} if kept.state == "succeeded" else None,
        "error": error,
        "correlationId": kept.correlation_id,
    }
