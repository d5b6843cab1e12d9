"""The traces of a file of spans (setting TELEMETRY_FILE) as text: ``python -m local.traces FILE [TRACE]``.

Without a trace, or the first digits of one, each that was recorded is printed, oldest first.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

STEP, WIDTH = 40, 118
"""Columns: of a step's name, and of a line."""
_LEFT_OUT = ("messaging.", "cluedin.queue", "cluedin.error.code", "gen_ai.operation.name", "db.", "server.port")


@dataclass(frozen=True)
class Span:
    trace: str
    id: str
    parent: str | None
    name: str
    started: datetime
    milliseconds: float
    failed: bool
    attributes: dict[str, Any]


def read(path: Path) -> list[Span]:
    """The spans of a file, by their starts. Its other lines are figures."""
    found = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{"))
    return sorted((_span(one) for one in found if "context" in one), key=lambda span: span.started)


def show(spans: Sequence[Span]) -> Iterator[str]:
    """One trace: each step below the one it belongs to, with when it began, how long it took and what is told of it
    beside what was told above."""
    first, known, below = spans[0], {span.id for span in spans}, defaultdict(list)
    for span in spans:
        below[span.parent if span.parent in known else None].append(span)
    yield f"trace {first.trace}, {first.started:%Y-%m-%d %H:%M:%S} UTC"

    def steps(parent: str | None, depth: int, said: set[str]) -> Iterator[str]:
        for span in below[parent]:
            at = (span.started - first.started).total_seconds() * 1_000
            yield _line(span, depth, at, {name: span.attributes[name] for name in span.attributes if name not in said})
            yield from steps(span.id, depth + 1, said | span.attributes.keys())

    yield from steps(None, 0, set())


def main(arguments: Sequence[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print("usage: python -m local.traces FILE [TRACE]", file=sys.stderr)
        return 2
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in read(Path(arguments[0])):
        traces[span.trace].append(span)
    chosen = [spans for trace, spans in traces.items() if trace.startswith(arguments[1] if arguments[1:] else "")]
    print("\n\n".join("\n".join(show(spans)) for spans in chosen) or "no such trace")
    return 0 if chosen else 1


def _span(one: dict[str, Any]) -> Span:
    started, ended = (datetime.fromisoformat(one[name]) for name in ("start_time", "end_time"))
    return Span(
        trace=one["context"]["trace_id"].removeprefix("0x"),
        id=one["context"]["span_id"],
        parent=one["parent_id"],
        name=one["name"],
        started=started,
        milliseconds=(ended - started).total_seconds() * 1_000,
        failed=one["status"]["status_code"] == "ERROR",
        attributes=one["attributes"],
    )


def _line(span: Span, depth: int, at: float, attributes: dict[str, Any]) -> str:
    told = ", ".join(
        f"{name.removeprefix('cluedin.')}={_short(value)}"
        for name, value in attributes.items()
        if not name.startswith(_LEFT_OUT)
    )
    name = "  " * (depth + 1) + span.name + (" FAILED" if span.failed else "")
    margin = "  " * (depth + 3)
    lines = textwrap.wrap(told, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
    return "\n".join([f"{name:<{STEP}} {at:>7.0f} ms + {span.milliseconds:.0f} ms", *lines])


def _short(value: object) -> object:
    return ",".join(map(str, value)) if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
