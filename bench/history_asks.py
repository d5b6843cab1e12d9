"""What `bench.history` asks for: the list with every filter, at its beginning and anywhere in the year."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from random import Random

from bench.history_rows import JOB_ID, LARGEST

CALLS = 100
_STATUSES = (
    *("pending", "succeeded", "failed", "throttled", "unauthorized", "filtered", "refused", "cut_off", "timed_out"),
    *("cancelled", "unknown"),
)

Ask = tuple[str, Mapping[str, str]]
"""An attempt to read, or nothing for a list; the query."""


def sample(path: str) -> list[tuple[str, str, str, str]]:
    """CALLS attempts of the largest organization, from all over the year."""
    wanted = (
        "SELECT attempt_id, created_at, correlation_id, mapping_id FROM prompt_attempts "
        "WHERE organization = ? AND feature = 'AiMapping' AND rowid % 97 = 0"
    )
    with sqlite3.connect(path) as database:
        found = database.execute(wanted, (LARGEST,)).fetchall()
    return Random(3).sample(found, min(CALLS, len(found)))


def pages(some: Sequence[tuple[str, str, str, str]]) -> dict[str, list[Ask]]:
    def same(**query: str) -> list[Ask]:
        return [("", query)] * CALLS

    def anywhere(**query: str) -> list[Ask]:
        return [("", {**query, "continuationToken": _token(row)}) for row in some]

    def within_aday(**query: str) -> list[Ask]:
        return [("", {**query, "from": row[1][:10], "to": f"{row[1][:10]}T23:59:59Z"}) for row in some]

    return {
        "first page": same(),
        "first page of 200": same(top="200"),
        "pages anywhere": anywhere(),
        "one day": within_aday(),
        **{f"feature {name}": same(feature=name) for name in ("AiMapping", "Verify", "Copilot")},
        "feature AiMapping, anywhere": anywhere(feature="AiMapping"),
        **{f"status {name}": same(status=name) for name in _STATUSES},
        "status failed, anywhere": anywhere(status="failed"),
        "status unknown, anywhere": anywhere(status="unknown"),
        "status failed, one day": within_aday(status="failed"),
        "feature Verify, status succeeded": same(feature="Verify", status="succeeded"),
        "feature Verify, status failed": same(feature="Verify", status="failed"),
        "feature AiMapping, status unauthorized": same(feature="AiMapping", status="unauthorized"),
        "correlationId": [("", {"correlationId": row[2]}) for row in some],
        "mappingId": [("", {"mappingId": row[3]}) for row in some],
        "correlationId of the job": same(correlationId=JOB_ID),
        "mappingId of the job, status failed": same(mappingId=JOB_ID, status="failed"),
    }


def _token(row: tuple[str, str, str, str]) -> str:
    place = [1, f"{row[1].replace(' ', 'T')}+00:00", row[0]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def day(days_ago: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - days_ago * 86_400))
