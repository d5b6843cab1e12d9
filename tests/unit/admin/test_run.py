"""Command lines against a server: keys, output, pages and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.admin.conftest import ADMIN_KEY, KEY, App, Run

FLAG = {"flag": "AiMapping", "enabled": True, "status": "Beta", "source": "organization", "effective": True}
ERASE = ("prompts", "erase", "-o", "acme")


def failure(number: int) -> dict[str, object]:
    return {
        "id": f"f-{number}", "kind": "drop", "code": "empty_file", "detail": "No rows.", "attempts": number,
        "failedAt": "2026-11-25T10:00:00.123456Z", "replayable": True,
    }  # fmt: skip


def test_reading_sends_the_function_key_alone(app: App, run: Run) -> None:
    app.answers({"items": [FLAG]})
    assert run("flags", "list", "-o", "acme").code == 0
    (asked,) = app.asked
    assert (asked.method, asked.path) == ("GET", "/api/organizations/acme/flags")
    assert asked.headers["x-functions-key"] == KEY
    assert "x-admin-key" not in asked.headers


def test_changing_sends_the_admin_key_too(app: App, run: Run) -> None:
    app.answers(FLAG)
    assert run("flags", "set", "AiMapping", "-o", "acme", "--enabled", "false", "--status", "Alpha").code == 0
    (asked,) = app.asked
    assert (asked.method, asked.path) == ("PUT", "/api/organizations/acme/flags/AiMapping")
    assert asked.headers["x-admin-key"] == ADMIN_KEY
    assert json.loads(asked.body) == {"enabled": False, "status": "Alpha"}


@pytest.mark.parametrize(("before", "after"), [("Beta", "Beta"), ("", "Production")])
def test_a_status_that_is_not_given_stays(app: App, run: Run, before: str, after: str) -> None:
    app.answers({**FLAG, "status": before})
    run("flags", "set", "AiMapping", "-o", "acme", "--enabled", "true")
    assert json.loads(app.asked[-1].body) == {"enabled": True, "status": after}


def test_a_flag_that_is_on_without_effect_is_told(app: App, run: Run) -> None:
    app.answers({**FLAG, "effective": False})
    said = run("flags", "set", "AiMapping", "-o", "acme", "--enabled", "true")
    assert said.code == 0
    assert "not effective" in said.err


def test_json_is_exactly_what_was_answered(app: App, run: Run) -> None:
    content = '{"items" : [],  "currency":"kr\\u00f8 ø", "cost": 1.20e-3}'.encode()
    app.answers(content)
    assert run("usage", "-o", "acme", "--output", "json").out == content.decode() + "\n"


def test_a_table_is_aligned_and_numbers_stand_right(app: App, run: Run) -> None:
    app.answers({"items": [failure(3), failure(12_000)], "continuationToken": None})
    said = run("failures", "list", "-o", "acme")
    assert said.out.splitlines() == [
        "Id       Failed (UTC)         Kind  Code        Attempts  Replayable  Detail",
        "-------  -------------------  ----  ----------  --------  ----------  --------",
        "f-3      2026-11-25 10:00:00  drop  empty_file         3  yes         No rows.",
        "f-12000  2026-11-25 10:00:00  drop  empty_file    12,000  yes         No rows.",
    ]


def test_pages_that_hold_nothing_yet_are_passed_over(app: App, run: Run) -> None:
    """A page of what is rare may be empty and still name a next one."""
    for items, token in (([], "t-1"), ([], "t-2"), ([failure(1)], "t-3")):
        app.answers({"items": items, "continuationToken": token})
    said = run("failures", "list", "-o", "acme")
    assert "None." not in said.out
    assert "--continuation-token t-3" in said.err


def test_a_page_tells_how_to_get_the_next(app: App, run: Run) -> None:
    app.answers({"items": [failure(1)], "continuationToken": "t-1"})
    said = run("failures", "list", "-o", "acme", "--top", "1")
    assert "--continuation-token t-1" in said.err
    assert app.asked[0].path.endswith("?top=1")


def test_all_follows_every_page(app: App, run: Run) -> None:
    for number, token in ((1, "t 1"), (2, "t&2"), (3, None)):
        app.answers({"items": [failure(number)], "continuationToken": token})
    said = run("failures", "list", "-o", "acme", "--all", "--output", "json")
    assert json.loads(said.out) == {"items": [failure(n) for n in (1, 2, 3)], "continuationToken": None}
    tokens = [asked.path.partition("continuationToken=")[2] for asked in app.asked]
    assert tokens == ["", "t+1", "t%262"]


def test_a_list_without_an_end_is_left(app: App, run: Run) -> None:
    app.answers({"items": [], "continuationToken": "again"})
    said = run("prompts", "list", "-o", "acme", "--all")
    assert (said.code, said.out, len(app.asked)) == (3, "", 2)


def test_a_refusal_ends_with_1_and_says_why_and_what_to_do(app: App, run: Run) -> None:
    faults = [{"pointer": "/to", "message": "must be later than from"}]
    app.refuses(400, "invalid_request", "The query is not valid.", errors=faults)
    said = run("usage", "-o", "acme")
    assert (said.code, said.out) == (1, "")
    assert "(invalid_request) The query is not valid." in said.err
    assert "/to: must be later than from" in said.err
    assert "c-1" in said.err


def test_a_wrong_admin_key_is_told_by_its_variable(app: App, run: Run) -> None:
    app.refuses(403, "admin_required", "The x-admin-key header is missing or wrong.")
    said = run("failures", "replay", "f-1", "-o", "acme")
    assert said.code == 1
    assert "CLUEDIN_AI_ADMIN_KEY" in said.err


def test_a_wrong_function_key_is_told_by_its_variable(app: App, run: Run) -> None:
    app.answers(b"", 401)
    said = run("usage", "-o", "acme")
    assert said.code == 1
    assert "CLUEDIN_AI_KEY" in said.err


def test_when_to_come_back_is_told(app: App, run: Run) -> None:
    body = {"status": 503, "code": "history_unavailable", "detail": "SQL is away.", "correlationId": "c"}
    app.answers(body, 503, retry_after="5")
    said = run("usage", "-o", "acme")
    assert said.code == 1
    assert "Try again in 5 seconds." in said.err


def test_settings_that_do_not_work_end_with_1_and_are_still_shown(app: App, run: Run) -> None:
    app.answers(
        {"ok": False, "code": "deployment_unauthorized", "setting": "apiKey", "detail": "Refused.", "promptId": None}
    )
    said = run("settings", "verify", "-o", "acme")
    assert said.code == 1
    assert "apiKey" in said.out
    assert "(deployment_unauthorized) Refused." in said.err


def test_redirects_are_not_followed(app: App, run: Run) -> None:
    app.answers(b"", 302, location=f"{app.url}/elsewhere")
    said = run("usage", "-o", "acme")
    assert (said.code, len(app.asked)) == (1, 1)


@pytest.mark.parametrize(("content", "status"), [(b"<html>hello</html>", 200), (b"[1]", 200), (b"stopped", 503)])
def test_what_is_not_the_app_is_not_reachable(app: App, run: Run, content: bytes, status: int) -> None:
    app.answers(content, status)
    assert run("usage", "-o", "acme").code == 3


def test_an_answer_that_breaks_off_is_not_reachable(app: App, run: Run) -> None:
    app.answers(b'{"items": []}', content_length="500")
    assert run("usage", "-o", "acme").code == 3


def test_nothing_there_ends_with_3(run: Run) -> None:
    said = run("usage", "-o", "acme", "--url", "http://127.0.0.1:9")
    assert said.code == 3
    assert "127.0.0.1:9 is not reachable" in said.err


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.com", "http://10.0.0.1", "ftp://127.0.0.1", "app.example.com", "https://", "https://a b",
        "https://[::1", "https://app.example.com:port", "https://app.example.com/api?code=s3cret",
        "https://me:s3cret@app.example.com", "https://app.example.com/#s3cret",
    ],
)  # fmt: skip
def test_keys_go_only_over_https_to_a_plain_address(app: App, run: Run, url: str) -> None:
    said = run("usage", "-o", "acme", "--url", url)
    assert said.code == 2
    assert "s3cret" not in said.err
    assert not app.asked


@pytest.mark.parametrize("end", ["", "/", "/api", "/api/"])
def test_an_address_may_end_as_it_is_copied(app: App, run: Run, end: str) -> None:
    app.answers({"items": [], "currency": "USD"})
    assert run("usage", "-o", "acme", "--url", app.url + end).code == 0
    assert app.asked[0].path == "/api/organizations/acme/usage"


@pytest.mark.parametrize("missing", ["CLUEDIN_AI_URL", "CLUEDIN_AI_KEY", "CLUEDIN_AI_ADMIN_KEY"])
def test_what_is_missing_is_named_and_nothing_is_sent(
    app: App, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    said = run("settings", "verify", "-o", "acme")
    assert said.code == 2
    assert missing in said.err
    assert not app.asked


@pytest.mark.parametrize("key", ["s3cret\nx-more: 1", "s3crét", "s3cret\x7f"])
def test_a_key_that_cannot_be_sent_is_not_repeated(run: Run, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("CLUEDIN_AI_KEY", key)
    said = run("usage", "-o", "acme")
    assert said.code == 2
    assert "s3cr" not in said.err


@pytest.mark.parametrize(
    "argv",
    [
        (), ("flags",), ("flags", "list"), ("flags", "set", "AiMapping", "-o", "acme"), ("prompts", "show"),
        ("flags", "set", "AiMapping", "-o", "acme", "--enabled", "perhaps"), ("usage", "-o", ".."), ("usage", "-o", ""),
        ("usage", "-o", "acme", "--key", "x"), ("usage", "-o", "acme", "--out", "json"), ERASE, (*ERASE, "--yes"),
        (*ERASE, "--everything", "--before", "2026-01-01", "--yes"),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_sends_nothing(app: App, run: Run, argv: tuple[str, ...]) -> None:
    said = run(*argv)
    assert (said.code, said.out) == (2, "")
    assert not app.asked


def test_erasing_without_anybody_to_ask_needs_yes(app: App, run: Run) -> None:
    said = run(*ERASE, "--everything")
    assert said.code == 2
    assert "--yes" in said.err
    assert not app.asked


def test_erasing_says_how_many(app: App, run: Run) -> None:
    app.answers({"erased": 1234})
    said = run(*ERASE, "--before", "2026-01-01", "--mapping-id", "m-1", "--yes")
    assert "1,234" in said.out
    assert json.loads(app.asked[0].body) == {"mappingId": "m-1", "before": "2026-01-01"}


def test_an_id_stays_one_part_of_the_path(app: App, run: Run) -> None:
    app.refuses(404, "not_found", "No such prompt.")
    run("prompts", "show", "../flags?x#y", "-o", "acme")
    assert app.asked[0].path == "/api/organizations/acme/prompts/..%2Fflags%3Fx%23y"


def test_an_argument_that_is_no_text_is_wrong_usage(app: App, run: Run) -> None:
    assert run("prompts", "list", "-o", "acme", "--correlation-id", "\udc80").code == 2
    assert not app.asked


def test_limits_of_a_job_are_sent_only_where_given(app: App, run: Run) -> None:
    app.answers({"jobId": "j-1", "state": "running", "progress": {"records": 1_000_000}})
    run("jobs", "resume", "j-1", "-o", "acme")
    said = run("jobs", "resume", "j-1", "-o", "acme", "--max-cost", "2.5")
    assert [asked.body for asked in app.asked] == [b"", b'{"limits": {"maxCost": 2.5}}']
    assert "1,000,000" in said.out


@pytest.mark.parametrize(
    ("change", "state", "code"),
    [
        ("resume", "cancelled", 1), ("pause", "succeeded", 1), ("cancel", "succeeded", 1), ("resume", "failed", 1),
        ("cancel", "cancelled", 0), ("pause", "paused", 0), ("resume", "queued", 0), ("show", "failed", 0),
    ],
)  # fmt: skip
def test_a_job_that_had_ended_is_not_said_to_have_changed(
    app: App, run: Run, change: str, state: str, code: int
) -> None:
    app.answers({"jobId": "j-1", "state": state})
    said = run("jobs", change, "j-1", "-o", "acme")
    assert said.code == code
    assert state in said.out
    assert bool(said.err) == bool(code)


def test_what_a_model_answered_cannot_steer_the_terminal(app: App, run: Run) -> None:
    app.answers({
        "attemptId": "a-1", "messages": [{"role": "user", "content": "one\ntwo\x1b]0;title\x07"}],
        "response": "\x1b[2J\u202eevil", "deployment": "d\n\x1b[31m", "tries": [],
    })  # fmt: skip
    said = run("prompts", "show", "a-1", "-o", "acme")
    assert said.code == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(said.out)
    assert "one\ntwo" in said.out


def test_an_erased_prompt_shows_dashes(app: App, run: Run) -> None:
    app.answers({"attemptId": "a-1", "messages": None, "response": None, "cost": None, "erased": True, "tries": []})
    said = run("prompts", "show", "a-1", "-o", "acme")
    assert "--- answer\n-" in said.out
    assert [line.split() for line in said.out.splitlines() if line.startswith("Cost")] == [["Cost", "-"]]


def test_a_pipe_that_closes_early_is_no_error(app: App, run: Run) -> None:
    app.answers({"items": [{**failure(n), "detail": "x" * 1_000} for n in range(300)], "continuationToken": None})
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "admin", "failures", "list", "-o", "acme"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert (child.stderr.read(), child.wait()) == (b"", 0)


@pytest.mark.parametrize("argv", [("--help",), ("flags", "--help"), ("usage", "--help"), ("jobs", "resume", "--help")])
def test_help_needs_nothing(run: Run, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]) -> None:
    for variable in ("CLUEDIN_AI_URL", "CLUEDIN_AI_KEY", "CLUEDIN_AI_ADMIN_KEY"):
        monkeypatch.delenv(variable)
    said = run(*argv)
    assert said.code == 0
    assert said.out.startswith("usage: python -m admin")
