"""A file of spans, as the app writes one, read back as text."""

from __future__ import annotations

from pathlib import Path

from local.traces import main, read, show
from shared.adapters.open_telemetry import started
from shared.settings import TelemetrySettings
from shared.telemetry import figures


def recorded(path: Path) -> Path:
    recorder = started(TelemetrySettings("", str(path), "app", ""))
    with (
        recorder.span("suggest_mapping", {"cluedin.organization.id": "acme"}, "internal", None),
        recorder.span("chat gpt", {"gen_ai.response.finish_reasons": ("stop",)}, "client", None) as sent,
    ):
        sent.failed("deployment_timeout")
    with recorder.span("health", {}, "internal", None):
        recorder.tell(figures.PROMPTS, 1, {})
    recorder.close()
    return path


def test_each_step_stands_below_the_one_it_belongs_to(tmp_path: Path) -> None:
    spans = read(recorded(tmp_path / "spans.jsonl"))
    assert [span.name for span in spans] == ["suggest_mapping", "chat gpt", "health"]
    title, *steps = show(spans[:2])
    assert title.startswith(f"trace {spans[0].trace}, ")
    assert steps[0].startswith("  suggest_mapping ")
    assert "0 ms + " in steps[0]
    assert steps[0].endswith("organization.id=acme")
    assert steps[1].startswith("    chat gpt FAILED ")
    assert "gen_ai.response.finish_reasons=stop, error.type=deployment_timeout" in steps[1]


def test_a_trace_is_chosen_by_its_first_digits(tmp_path: Path) -> None:
    path = recorded(tmp_path / "spans.jsonl")
    trace = read(path)[2].trace
    assert main([str(path), trace[:12]]) == 0
    assert main([str(path), "zz"]) == 1
    assert main([]) == 2
