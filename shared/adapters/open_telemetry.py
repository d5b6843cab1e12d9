"""Telemetry by OpenTelemetry's SDK, to Application Insights, to a file, or to both. Implements ``telemetry.Recorder``.

Only what the app says itself is recorded: no library is instrumented, so no address, header, statement or body can slip
in, and what the Functions host records of a request is not recorded twice. Logs are not sent: the host has them.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from opentelemetry import context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler
from opentelemetry.trace import Status, StatusCode

from shared.settings import TelemetrySettings, quiet_exporters
from shared.telemetry.figures import FIGURES, Figure
from shared.telemetry.names import CODE, ERROR
from shared.telemetry.telemetry import Attributes, Kind, Value, name_of
from shared.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.metrics import Meter

SCOPE = "cluedin.ai"
TRACES_PER_SECOND = 10.0
"""Of one worker, to Application Insights; above that a part of them, each whole. The exporter takes a third of a
millisecond of the processor for each span, and a busy worker answers hundreds of prompts a second."""
BATCH = 64
"""Spans sent together: some 20 ms of work, in a thread that the event loop shares the interpreter with."""
_KINDS = {"internal": trace.SpanKind.INTERNAL, "client": trace.SpanKind.CLIENT, "consumer": trace.SpanKind.CONSUMER}

for _name in ("azure.core.pipeline.policies.http_logging_policy", "azure.monitor.opentelemetry"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # else each export is a line of the log


class OpenTelemetry:
    """Records into the given processors and readers; which traces, the sampler says. Figures are never sampled."""

    def __init__(
        self,
        resource: Resource,
        spans: Sequence[SpanProcessor],
        figures: Sequence[MetricReader],
        sampler: Sampler = ALWAYS_ON,
    ) -> None:
        self._traces = TracerProvider(sampler=sampler, resource=resource)
        for processor in spans:
            self._traces.add_span_processor(processor)
        self._figures = MeterProvider(metric_readers=figures, resource=resource)
        self._tracer = self._traces.get_tracer(SCOPE, VERSION)
        meter = self._figures.get_meter(SCOPE, VERSION)
        self._tell = {figure.name: _instrument(meter, figure) for figure in FIGURES}

    @contextlib.contextmanager
    def span(self, name: str, attributes: Attributes, kind: Kind, parent: tuple[str, str] | None) -> Iterator[_Span]:
        around = _elsewhere(parent) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context=around,
            kind=_KINDS[kind],
            attributes=_present(attributes),
            record_exception=False,  # an exception's message may repeat a row, a prompt or a key
            set_status_on_exception=False,
        ) as recorded:
            step = _Span(recorded)
            try:
                yield step
            except BaseException as error:
                step.failed(name_of(error))
                raise

    def traceparent(self) -> str | None:
        here = trace.get_current_span().get_span_context()
        if not here.is_valid:
            return None
        return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"

    def tell(self, figure: Figure, value: float, attributes: Attributes) -> None:
        self._tell[figure.name](value, _present(attributes))

    def close(self) -> None:
        """Send what is left."""
        self._traces.shutdown()
        self._figures.shutdown()


class _Span:
    def __init__(self, recorded: trace.Span) -> None:
        self._recorded = recorded

    def set(self, attributes: Attributes) -> None:
        self._recorded.set_attributes(_present(attributes))

    def failed(self, error: str) -> None:
        self._recorded.set_attributes({ERROR: error, CODE: error})
        self._recorded.set_status(Status(StatusCode.ERROR))


def started(settings: TelemetrySettings) -> OpenTelemetry:
    """As the settings say. Raises ValueError for a connection string that is none, OSError for a file."""
    spans: list[SpanProcessor] = []
    figures: list[MetricReader] = []
    sampler: Sampler = ALWAYS_ON
    if settings.connection_string:
        sampler = _to_application_insights(settings.connection_string, spans, figures)
    if settings.file:
        _to_file(Path(settings.file), spans, figures)
    about = {"service.name": settings.site, "service.version": VERSION, "service.instance.id": settings.instance}
    resource = Resource.create({name: value for name, value in about.items() if value})
    return OpenTelemetry(resource, spans, figures, sampler)


def _to_application_insights(connection: str, spans: list[SpanProcessor], figures: list[MetricReader]) -> Sampler:
    """Signed in to as APPLICATIONINSIGHTS_AUTHENTICATION_STRING says, which the exporters read. What cannot be sent is
    dropped, not kept on disk; of themselves they send nothing."""
    quiet_exporters()
    from azure.monitor.opentelemetry.exporter import (
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
        RateLimitedSampler,
    )

    to_spans = AzureMonitorTraceExporter(connection_string=connection, disable_offline_storage=True)
    to_figures = AzureMonitorMetricExporter(connection_string=connection, disable_offline_storage=True)
    spans.append(BatchSpanProcessor(to_spans, schedule_delay_millis=1_000, max_export_batch_size=BATCH))
    figures.append(PeriodicExportingMetricReader(to_figures, export_interval_millis=60_000))
    first = RateLimitedSampler(TRACES_PER_SECOND)
    # Whatever the host has decided of its own part; what follows within this process goes with its first step.
    return ParentBased(first, remote_parent_sampled=first, remote_parent_not_sampled=first)


def _to_file(path: Path, spans: list[SpanProcessor], figures: list[MetricReader]) -> None:
    """One line of JSON for each span, and one for all figures every few seconds, as the SDK writes them."""
    from opentelemetry.sdk.metrics.export import ConsoleMetricExporter
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    out = path.open("a", encoding="utf-8", buffering=1)
    to_spans = ConsoleSpanExporter(out=out, formatter=lambda span: span.to_json(indent=None) + "\n")
    to_figures = ConsoleMetricExporter(out=out, formatter=lambda data: data.to_json(indent=None) + "\n")
    spans.append(BatchSpanProcessor(to_spans, schedule_delay_millis=500))
    figures.append(PeriodicExportingMetricReader(to_figures, export_interval_millis=5_000))


def _instrument(meter: Meter, figure: Figure) -> Callable[[float, dict[str, Value]], None]:
    about = {"unit": figure.unit, "description": figure.description}
    if figure.kind == "count":
        return meter.create_counter(figure.name, **about).add
    if figure.kind == "level":
        return meter.create_gauge(figure.name, **about).set
    return meter.create_histogram(figure.name, explicit_bucket_boundaries_advisory=figure.bounds, **about).record


def _elsewhere(ids: tuple[str, str]) -> context.Context:
    """The trace that something outside of this process began."""
    trace_id, span_id = ids
    begun = trace.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(1))
    return trace.set_span_in_context(trace.NonRecordingSpan(begun))


def _present(attributes: Attributes) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if value is not None}
