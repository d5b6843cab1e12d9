"""Fields of log events in Azure: the Functions worker passes on a record's message alone, so they are put behind it.

``prompt.ended {"attempt_id": "…", "status": "succeeded"}`` can be searched in Application Insights. ``traceId`` is
added where traces are recorded: the host files what a queue's function logs under a trace of the host's own.
"""

from __future__ import annotations

import json
import logging
from typing import Final

from shared.telemetry.telemetry import ids_in, traceparent

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has."""
_WORKERS: Final = "AsyncLoggingHandler"
"""The class of the worker's handler, in every version of it."""
_OURS: Final = ("functions.", "shared.")


class WithFields(logging.Formatter):
    """As another formatter does, with the fields behind."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        super().__init__()
        self._formatter = formatter or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        text = self._formatter.format(record)
        fields = {name: value for name, value in vars(record).items() if name not in _OWN}
        if not fields or not record.name.startswith(_OURS):
            return text
        ids = ids_in(traceparent())
        fields |= {"traceId": ids[0]} if ids else {}
        event, line, rest = text.partition("\n")
        return f"{event} {json.dumps(fields, default=str, ensure_ascii=False)}{line}{rest}"


def show_fields() -> None:
    """Once, when the app is imported: the worker's handler is there by then. Elsewhere nothing changes."""
    for handler in logging.getLogger().handlers:
        if type(handler).__name__ == _WORKERS and not isinstance(handler.formatter, WithFields):
            handler.setFormatter(WithFields(handler.formatter))
