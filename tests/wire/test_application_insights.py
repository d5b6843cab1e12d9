"""What reaches Application Insights: Microsoft's own exporters, sent to a server that answers as ingestion does."""

from __future__ import annotations

import gzip
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.adapters.open_telemetry import TRACES_PER_SECOND, OpenTelemetry, started
from shared.settings import TelemetrySettings
from shared.telemetry import figures, names
from shared.telemetry.telemetry import ids_in

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Ingestion(ThreadingHTTPServer):
    """Takes everything, and keeps it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Track)
        self.items: list[dict[str, Any]] = []

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.items if item["data"]["baseType"] == kind]


class _Track(BaseHTTPRequestHandler):
    server: Ingestion

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        text = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
        items = json.loads(text)
        self.server.items += items
        answer = json.dumps({"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def ingestion() -> Iterator[Ingestion]:
    with Ingestion() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def recorder(ingestion: Ingestion) -> OpenTelemetry:
    """As the deployed app has it."""
    place = f"http://127.0.0.1:{ingestion.server_port}/"
    connection = f"InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint={place}"
    made = started(TelemetrySettings(connection, "", "func-acme", "instance-1"))
    time.sleep(2 / TRACES_PER_SECOND)  # the sampler counts from its start: a trace a moment after it is one too many
    return made


def test_a_span_of_the_hosts_trace_is_a_dependency_in_its_operation(
    ingestion: Ingestion, recorder: OpenTelemetry
) -> None:
    sent = {
        names.OPERATION: "chat",
        names.PROVIDER: "azure.ai.openai",
        names.INPUT_TOKENS: 300,
        names.ATTEMPT: "a-1",
        names.ORGANIZATION: "acme",
    }
    with recorder.span("chat gpt", sent, "client", (TRACE, SPAN)):
        here = ids_in(recorder.traceparent())
    recorder.close()
    (item,) = ingestion.of("RemoteDependencyData")
    assert item["tags"]["ai.operation.id"] == TRACE
    assert item["tags"]["ai.operation.parentId"] == SPAN
    assert item["tags"]["ai.cloud.role"] == "func-acme"
    assert item["tags"]["ai.cloud.roleInstance"] == "instance-1"
    data = item["data"]["baseData"]
    assert here is not None
    assert (data["name"], data["id"], data["success"]) == ("chat gpt", here[1], True)
    assert data["properties"] == {name: str(value) for name, value in sent.items()}


def test_writing_a_row_is_a_dependency_of_kind_sql(ingestion: Ingestion, recorder: OpenTelemetry) -> None:
    row = {names.DATABASE: "other_sql", names.STATEMENT: "INSERT", names.TABLE: "prompt_attempts"}
    with recorder.span("INSERT prompt_attempts", row, "client", None):
        pass
    recorder.close()
    (item,) = ingestion.of("RemoteDependencyData")
    assert (item["data"]["baseData"]["type"], item["data"]["baseData"]["data"]) == ("SQL", "INSERT")


def test_handling_a_message_is_a_request_and_a_failed_one_says_so(
    ingestion: Ingestion, recorder: OpenTelemetry
) -> None:
    with recorder.span("process data-drops", {}, "consumer", None) as step:
        step.failed("deployment_throttled")
    recorder.close()
    (item,) = ingestion.of("RequestData")
    data = item["data"]["baseData"]
    assert (data["name"], data["success"]) == ("process data-drops", False)
    assert data["properties"] == {"cluedin.error.code": "deployment_throttled"}


def test_figures_are_custom_metrics_with_what_alerts_and_workbook_ask_for(
    ingestion: Ingestion, recorder: OpenTelemetry
) -> None:
    recorder.tell(figures.PROMPTS, 1, {names.ERROR: "deployment_unauthorized", names.ORGANIZATION: "acme"})
    for age in (20.0, 400.0):
        recorder.tell(figures.OUTBOX_AGE, age, {})
    recorder.tell(figures.QUEUE_DEPTH, 7, {names.QUEUE_NAME: "data-drops"})
    recorder.close()
    told = {
        item["data"]["baseData"]["metrics"][0]["name"]: item["data"]["baseData"] for item in ingestion.of("MetricData")
    }
    assert told["cluedin.prompts"]["properties"] == {
        "error.type": "deployment_unauthorized",
        "cluedin.organization.id": "acme",
    }
    age_told = told["cluedin.history.outbox.age"]["metrics"][0]
    assert (age_told["count"], age_told["max"], age_told["value"]) == (2, 400.0, 420.0)
    assert told["cluedin.queue.depth"]["metrics"][0]["value"] == 7


def test_nothing_else_is_sent_and_sending_is_not_logged(
    ingestion: Ingestion, recorder: OpenTelemetry, caplog: pytest.LogCaptureFixture
) -> None:
    """No logs, which the host has; no counters of the process; nothing of libraries; nothing to and from Microsoft of
    the exporters themselves, which would have a thread and a reader of their own."""
    threads = [thread.name for thread in threading.enumerate()]
    assert "ConfigurationWorker" not in threads
    assert threads.count("OtelPeriodicExportingMetricReader") == 1
    with recorder.span("step", {}, "internal", None):
        pass
    recorder.close()
    assert {item["data"]["baseType"] for item in ingestion.items} == {"RemoteDependencyData"}
    assert [record for record in caplog.records if record.name.startswith(("azure", "opentelemetry"))] == []


def test_of_a_flood_of_traces_some_are_sent_whole_and_every_figure(
    ingestion: Ingestion, recorder: OpenTelemetry
) -> None:
    for _ in range(3_000):
        with (
            recorder.span("process", {}, "consumer", (uuid.uuid4().hex, SPAN)),
            recorder.span("chat gpt", {}, "client", None),
        ):
            recorder.tell(figures.PROMPTS, 1, {})
    recorder.close()
    roots = {item["tags"]["ai.operation.id"] for item in ingestion.of("RequestData")}
    assert 0 < len(roots) < 1_500
    assert {item["tags"]["ai.operation.id"] for item in ingestion.of("RemoteDependencyData")} == roots
    (told,) = ingestion.of("MetricData")
    assert told["data"]["baseData"]["metrics"][0]["value"] == 3_000
