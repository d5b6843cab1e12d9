"""Telemetry recorded in memory by OpenTelemetry's own SDK, and read back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.adapters.open_telemetry import OpenTelemetry
from shared.telemetry import telemetry


@dataclass(frozen=True)
class Figure:
    """One data point: of a spread, ``value`` is the sum."""

    attributes: dict[str, Any]
    value: float
    count: int = 1
    highest: float = 0.0


class Recorded:
    def __init__(self) -> None:
        self._exporter, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        resource = Resource({"service.name": "tests"})
        self.recorder = OpenTelemetry(resource, [SimpleSpanProcessor(self._exporter)], [self._reader])

    @property
    def spans(self) -> list[ReadableSpan]:
        """Ended ones, in the order of their ends."""
        return list(self._exporter.get_finished_spans())

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def one(self, name: str) -> ReadableSpan:
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def tree(self) -> list[str]:
        """Names of all spans below those they belong to, by their starts."""
        spans = sorted(self.spans, key=lambda span: span.start_time or 0)
        known = {_id(span) for span in spans}

        def below(parent: int | None) -> Iterator[tuple[int, ReadableSpan]]:
            for span in spans:
                if (span.parent.span_id if span.parent and span.parent.span_id in known else None) == parent:
                    yield 0, span
                    yield from ((depth + 1, inner) for depth, inner in below(_id(span)))

        return ["  " * depth + span.name for depth, span in below(None)]

    def figures(self, name: str) -> list[Figure]:
        """As told since the last reading of any."""
        read = self._reader.get_metrics_data()
        found = [
            point
            for of_resource in (read.resource_metrics if read else ())
            for of_scope in of_resource.scope_metrics
            for metric in of_scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]
        return [_figure(point) for point in found]

    def everything(self) -> str:
        """All that would have been sent, as text."""
        read = self._reader.get_metrics_data()
        return "\n".join([span.to_json() for span in self.spans] + [read.to_json() if read else ""])


@contextmanager
def recorded() -> Iterator[Recorded]:
    made = Recorded()
    telemetry.switch(made.recorder)
    try:
        yield made
    finally:
        telemetry.switch(None)
        made.recorder.close()


def _id(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def _figure(point: Any) -> Figure:
    if isinstance(point, HistogramDataPoint):
        return Figure(dict(point.attributes or {}), point.sum, point.count, point.max)
    assert isinstance(point, NumberDataPoint)
    return Figure(dict(point.attributes or {}), point.value)
