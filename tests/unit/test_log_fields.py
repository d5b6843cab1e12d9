"""Fields of log events reach Azure, behind the message, and only there."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from functions.log_fields import show_fields
from shared.telemetry.telemetry import span
from tests.fakes.telemetry import recorded


class AsyncLoggingHandler(logging.Handler):
    """Named as the worker's, which passes on what it formats."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def worker() -> Iterator[AsyncLoggingHandler]:
    handler, root = AsyncLoggingHandler(), logging.getLogger()
    root.addHandler(handler)
    show_fields()
    show_fields()
    yield handler
    root.removeHandler(handler)


def test_fields_come_behind_the_event(worker: AsyncLoggingHandler) -> None:
    logging.getLogger("shared.gateway.x").warning("prompt.ended", extra={"status": "unauthorized", "attempt_id": "a-1"})
    assert worker.lines == ['prompt.ended {"status": "unauthorized", "attempt_id": "a-1"}']


def test_an_event_without_fields_stays_as_it_is(worker: AsyncLoggingHandler) -> None:
    logging.getLogger("functions.x").warning("host.ready")
    assert worker.lines == ["host.ready"]


def test_other_libraries_records_stay_as_they_are(worker: AsyncLoggingHandler) -> None:
    logging.getLogger("azure.core").warning("told", extra={"header": "secret"})
    assert worker.lines == ["told"]


def test_the_trace_is_named_where_one_is_recorded(worker: AsyncLoggingHandler) -> None:
    with recorded() as told, span("process data-drops"):
        logging.getLogger("functions.x").warning("drop.ignored", extra={"kind": "x"})
    assert told.spans[0].context is not None
    assert worker.lines == [f'drop.ignored {{"kind": "x", "traceId": "{told.spans[0].context.trace_id:032x}"}}']


def test_fields_stand_before_a_stack(worker: AsyncLoggingHandler) -> None:
    try:
        raise ValueError("x")
    except ValueError:
        logging.getLogger("shared.x").exception("failed", extra={"n": 1})
    assert worker.lines[0].startswith('failed {"n": 1}\nTraceback')


def test_other_handlers_are_left_alone() -> None:
    handler, root = logging.StreamHandler(), logging.getLogger()
    root.addHandler(handler)
    show_fields()
    root.removeHandler(handler)
    assert handler.formatter is None
