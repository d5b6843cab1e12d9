"""Route templates, host.json and schedules are read by the real host's rules."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.host_routes import clean_path, compile_route
from local.host_schedules import Interval, parse_schedule
from local.host_settings import QueueSettings, read_host_json, resolve, seconds


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("api/a", "/api/a", {}),
        ("api/{x}", "/api/A b", {"x": "A b"}),
        ("api/{x}", "/api/", None),
        ("api/{x?}", "/api", {}),
        ("api/{x:int}", "/api/-12", {"x": "-12"}),
        ("api/{x:int}", "/api/1a", None),
        ("api/{x:guid}", "/api/9b2ffe0c-6b4f-4b8b-9a3c-2f1f7c4f7c11", {"x": "9b2ffe0c-6b4f-4b8b-9a3c-2f1f7c4f7c11"}),
        ("api/{x:bool}", "/api/TRUE", {"x": "TRUE"}),
        ("api/{x:alpha}", "/api/a1", None),
        ("api/{x:minlength(2)}", "/api/a", None),
        ("api/{x:maxlength(2)}", "/api/abc", None),
        ("api/{x:length(2,3)}", "/api/abc", {"x": "abc"}),
        ("api/{x:alpha:length(2)}", "/api/a1", None),
        ("api/{name}.json", "/api/a.b.json", {"name": "a.b"}),
        ("api/{*rest}", "/api/a/b/c", {"rest": "a/b/c"}),
        ("api/{*rest}", "/api", {}),
    ],
)
def test_a_template_matches_what_aspnet_matches(template: str, path: str, values: dict[str, str] | None) -> None:
    assert compile_route(template).match(path) == values


def test_the_more_specific_template_goes_first() -> None:
    templates = ["api/{*rest}", "api/{x}", "api/{x:int}", "api/a"]
    ordered = sorted(templates, key=lambda one: compile_route(one).order)
    assert ordered == ["api/a", "api/{x:int}", "api/{x}", "api/{*rest}"]


@pytest.mark.parametrize("template", ["api/{x:regex(a)}", "api/{x", "api/{a-b}"])
def test_a_template_that_is_not_understood_is_refused_at_start(template: str) -> None:
    with pytest.raises(ValueError, match="route"):
        compile_route(template)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/a/b?c=/d", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/%2e%2e/b", "/b"),
        ("/../../b", "/b"),
        ("/a%2fb", "/a%2fb"),
        ("/%ff", "/%ff"),
        ("/a%00", None),
    ],
)
def test_paths_are_cleaned_as_kestrel_does(raw: str, path: str | None) -> None:
    assert clean_path(raw) == path


def test_the_projects_host_json_is_read() -> None:
    settings = read_host_json(Path(__file__).parents[3] / "host.json")
    assert settings.route_prefix == "api"
    assert settings.function_timeout == 600
    assert not settings.queues.base64
    assert settings.queues.visibility_timeout == 30


def test_without_host_json_the_real_hosts_defaults_hold(tmp_path: Path) -> None:
    settings = read_host_json(tmp_path / "host.json")
    assert settings.queues == QueueSettings(16, 8, 5, 0, 60, True)
    assert settings.function_timeout == 1_800


@pytest.mark.parametrize(("text", "length"), [("00:00:30", 30), ("1.02:03:04.5", 93_784.5), ("00:05", 300)])
def test_time_spans(text: str, length: float) -> None:
    assert seconds(text) == length


def test_app_settings_are_put_into_binding_expressions() -> None:
    assert resolve("%NAME%-queue", {"NAME": "work"}) == "work-queue"
    with pytest.raises(KeyError):
        resolve("%MISSING%", {})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00"),
        ("*/10 * * * * *", "2026-01-01T00:00:59", "2026-01-01T00:01:00"),
        ("0 30 9 * * 1-5", "2026-01-02T10:00:00", "2026-01-05T09:30:00"),
        ("0 0 0 * * SUN", "2026-01-01T00:00:00", "2026-01-04T00:00:00"),
        ("0 0 0 * * 7", "2026-01-01T00:00:00", "2026-01-04T00:00:00"),
        ("0 0 0 29 2 *", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 3 1 JAN,JUL *", "2026-01-01T03:00:00", "2026-07-01T03:00:00"),
        ("0 10/20 * * * *", "2026-01-01T00:11:00", "2026-01-01T00:30:00"),
        ("*/15 * * * *", "2026-01-01T00:00:30", "2026-01-01T00:15:00"),
        ("59 59 23 31 12 *", "2025-12-31T23:59:59", "2026-12-31T23:59:59"),
    ],
)
def test_a_schedule_names_the_next_moment(schedule: str, after: str, due: str) -> None:
    assert parse_schedule(schedule).after(moment(after)) == moment(due)


def test_a_day_that_never_comes_is_never_due() -> None:
    assert parse_schedule("0 0 0 31 2 *").after(moment("2026-01-01")) is None


def test_a_time_span_is_an_interval() -> None:
    schedule = parse_schedule("00:00:05")
    assert isinstance(schedule, Interval)
    assert schedule.after(moment("2026-01-01T00:00:00")) == moment("2026-01-01T00:00:05")


@pytest.mark.parametrize(
    "schedule", ["", "* * *", "61 * * * * *", "0 0 0 0 1 *", "0 */0 * * * *", "0 0 0 * XYZ *", "x"]
)
def test_a_schedule_that_cannot_be_read_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python words half of them
        parse_schedule(schedule)
