"""The switch: off it does nothing; on, spans follow each other, and nothing of an error but its name is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import DeploymentThrottled
from shared.settings import load_telemetry
from shared.telemetry import figures, telemetry
from shared.telemetry.telemetry import ids_in, name_of, span, tell, traceparent
from tests.fakes.telemetry import Recorded, recorded

ROOT = Path(__file__).parents[3]
ELSEWHERE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@pytest.fixture
def told() -> Iterator[Recorded]:
    with recorded() as made:
        yield made


def test_switched_off_nothing_is_recorded_and_everything_may_be_called() -> None:
    with span("step", {"a": 1}, parent=ELSEWHERE) as step:
        step.set({"b": 2})
        step.failed("reason")
        tell(figures.PROMPTS, 1)
        assert traceparent() is None
    assert not telemetry.is_on()


def test_a_step_belongs_to_the_one_around_it(told: Recorded) -> None:
    with span("outer"), span("inner"):
        pass
    assert told.tree() == ["outer", "  inner"]


def test_a_trace_that_began_elsewhere_goes_on_whatever_was_sampled_there(told: Recorded) -> None:
    """The host of the classic telemetry mode hands on a trace that it marks as not sampled."""
    with span("step", parent=ELSEWHERE):
        here = traceparent()
    step = told.one("step")
    assert step.context is not None
    assert step.parent is not None
    assert f"{step.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert f"{step.parent.span_id:016x}" == "b7ad6b7169203331"
    assert ids_in(here) == ("0af7651916cd43dd8448eb211c80319c", f"{step.context.span_id:016x}")


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        7,
        "",
        "canary",
        ELSEWHERE + "\n",
        ELSEWHERE.upper(),
        ELSEWHERE[:-1],
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    ],
)
def test_what_is_no_traceparent_is_as_good_as_none(wrong: object) -> None:
    assert ids_in(wrong) is None


def test_of_an_error_its_name_is_told_and_never_its_message(told: Recorded) -> None:
    with pytest.raises(ValueError, match="canary"), span("a"):
        raise ValueError("canary")
    with pytest.raises(DeploymentThrottled), span("b"):
        raise DeploymentThrottled("canary")
    attributes = [dict(each.attributes or {}) for each in told.spans]
    codes = ["ValueError", "deployment_throttled"]
    assert attributes == [{"error.type": code, "cluedin.error.code": code} for code in codes]
    assert [each.status.is_ok for each in told.spans] == [False, False]
    assert "canary" not in told.everything()


def test_a_code_that_is_none_is_not_told() -> None:
    """SystemExit has whatever it was given there, errors of other libraries what they like."""
    assert name_of(SystemExit("canary of a cell")) == "SystemExit"
    assert name_of(SystemExit(3)) == "SystemExit"
    assert name_of(DeploymentThrottled("")) == "deployment_throttled"


def test_figures_carry_their_units_and_what_is_none_is_left_out(told: Recorded) -> None:
    tell(figures.TOKENS, 300, {"gen_ai.token.type": "input", "error.type": None})
    assert [one.attributes for one in told.figures("gen_ai.client.token.usage")] == [{"gen_ai.token.type": "input"}]
    assert '"unit": "{token}"' in told.everything()


def test_every_figure_has_a_name_of_its_own() -> None:
    assert len({figure.name for figure in figures.FIGURES}) == len(figures.FIGURES)
    declared = [value for value in vars(figures).values() if isinstance(value, figures.Figure)]
    assert set(declared) == set(figures.FIGURES)


def test_telemetry_is_wanted_where_there_is_a_place_for_it() -> None:
    assert not load_telemetry({}).wanted
    assert load_telemetry({"TELEMETRY_FILE": "traces.jsonl"}).wanted
    wanted = load_telemetry({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=canary"})
    assert wanted.wanted
    assert "canary" not in repr(wanted)


@pytest.mark.parametrize("setting", ["InstrumentationKey=not-a-guid", "nonsense"])
def test_an_app_that_cannot_tell_of_itself_works_all_the_same(setting: str) -> None:
    code = "import function_app; from shared.telemetry import telemetry; print(telemetry.is_on())"
    environment = {"APPLICATIONINSIGHTS_CONNECTION_STRING": setting, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    assert "telemetry.not_started" in done.stderr


def test_the_app_records_into_a_file_where_one_is_named(tmp_path: Path) -> None:
    code = "import function_app; from shared.telemetry.telemetry import span\nwith span('step'): pass"
    environment = {"TELEMETRY_FILE": str(tmp_path / "traces.jsonl"), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert '"name": "step"' in (tmp_path / "traces.jsonl").read_text()
