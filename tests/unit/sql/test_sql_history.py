"""The history on SQLite: what is written is read back, once, whole, and by its own organization only."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shared.adapters.sql_history import SqlHistory
from shared.errors import HistoryUnavailable
from shared.gateway.ports import RowsRejected
from shared.gateway.prompt_log import PromptQuery
from shared.gateway.records import HistoryRow, Status
from tests.fakes.history import NOON, attempt, outcome


def counts(database_url: str) -> dict[str, int]:
    tables = ("prompt_attempts", "prompt_outcomes", "prompt_bodies", "outcome_bodies")
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        return {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}


def test_everything_written_is_read_back(history: SqlHistory) -> None:
    history.insert([attempt(), outcome(finish_reason="length", status=Status.CUT_OFF, error_code="cut_off")])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.messages is not None
    assert [message.content for message in found.messages] == ["Map.", "Naïve 😀"]
    assert (found.response, found.finish_reason, found.erased) == ('{"ok": true}', "length", False)
    assert found.error is not None
    assert (found.error.code, found.error.detail) == ("cut_off", "")
    item = found.item
    assert (item.created_at, item.status, item.cost, item.currency) == (NOON, Status.CUT_OFF, Decimal("0.00068"), "USD")
    assert (item.prompt_tokens, item.completion_tokens, item.cached_tokens, item.latency_ms) == (900, 200, 0, 812)


def test_a_repeated_insert_changes_nothing(history: SqlHistory, database_url: str) -> None:
    rows: list[HistoryRow] = [attempt(), outcome()]
    history.insert(rows)
    history.insert([*rows, *rows])
    history.insert([outcome(status=Status.FAILED)])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.item.status is Status.SUCCEEDED
    assert set(counts(database_url).values()) == {1}


def test_an_outcome_may_come_before_its_attempt(history: SqlHistory) -> None:
    history.insert([outcome()])
    assert history.one("acme", "p1-1") is None
    history.insert([attempt()])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert (found.item.status, found.response) == (Status.SUCCEEDED, '{"ok": true}')


def test_a_body_of_a_megabyte_is_kept_whole(history: SqlHistory) -> None:
    text = "Größe 😀\u202e\x01\n" * 100_000
    history.insert([attempt(messages=json.dumps([{"role": "user", "content": text}])), outcome(response=text)])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.messages is not None
    assert (found.messages[0].content, found.response) == (text, text)


def test_control_characters_and_nul_are_kept(history: SqlHistory) -> None:
    text = "".join(chr(code) for code in range(32)) + "\x7f\u2028\ufeff\uffff"
    history.insert([attempt(), outcome(response=text)])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.response == text


def test_a_lone_surrogate_costs_one_character_not_the_row(history: SqlHistory) -> None:
    history.insert([attempt(), outcome(response="a\ud83d b \ud83d\ude00")])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.response == "a\ufffd b 😀"


def test_a_name_from_outside_is_cut_to_its_column(history: SqlHistory) -> None:
    history.insert([attempt(), outcome(model="m" * 300, finish_reason="😀" * 60)])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert found.item.model == "m" * 255 + "…"
    assert found.finish_reason == "😀" * 31 + "…"


@pytest.mark.parametrize(
    "bad",
    [
        attempt("p2-1", correlation_id="c" * 129),
        attempt("p2-1", organization=None),
        attempt("p2-1", created_at=NOON.replace(tzinfo=None)),
        attempt("p2-1", created_at="now"),
        attempt("p2-1", messages=7),
        attempt("p2-1", try_number=2**31),
        outcome("p2-1", prompt_tokens=2**63),
        outcome("p2-1", latency_ms=1.5),
        outcome("p2-1", cost=Decimal("NaN")),
        outcome("p2-1", cost=Decimal("1e16")),
    ],
)
def test_a_bad_row_is_rejected_and_its_neighbours_are_kept(history: SqlHistory, bad: HistoryRow) -> None:
    with pytest.raises(RowsRejected) as told:
        history.insert([attempt("p1-1"), bad, attempt("p3-1")])
    assert told.value.rows == (bad,)
    assert {item.attempt_id for item in history.page(PromptQuery("acme")).items} == {"p1-1", "p3-1"}


def test_many_writers_at_once_write_every_row_once(history: SqlHistory, database_url: str) -> None:
    def write(writer: int) -> None:
        for n in range(10):
            history.insert([attempt(f"w{writer}n{n}-1"), attempt(f"shared{n}-1"), outcome(f"shared{n}-1")])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert counts(database_url) == {
        "prompt_attempts": 90,
        "prompt_bodies": 90,
        "prompt_outcomes": 10,
        "outcome_bodies": 10,
    }


def test_a_row_that_was_acknowledged_survives_kill_9(history: SqlHistory, database_url: str) -> None:
    writer = textwrap.dedent(f"""
        import os, signal
        from shared.adapters.sql_history import SqlHistory
        from tests.fakes.history import attempt
        SqlHistory({database_url!r}).insert([attempt()])
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    died = subprocess.run([sys.executable, "-c", writer], cwd=Path(__file__).parents[3], check=False)
    assert died.returncode == -9
    assert history.one("acme", "p1-1") is not None


def test_a_locked_database_is_unavailable_and_then_it_is_not(history: SqlHistory, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryUnavailable):
        history.insert([attempt()])
    other.execute("ROLLBACK")
    other.close()
    history.insert([attempt()])
    assert history.one("acme", "p1-1") is not None


def test_a_database_without_tables_is_unavailable_not_the_rows_fault(tmp_path: Path) -> None:
    empty = SqlHistory(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(HistoryUnavailable):
        empty.insert([attempt()])
    with pytest.raises(HistoryUnavailable):
        empty.page(PromptQuery("acme"))


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailable):
        SqlHistory(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}").ping()


def test_another_organization_sees_nothing(history: SqlHistory) -> None:
    history.insert([attempt(), outcome()])
    assert history.one("other", "p1-1") is None
    assert history.page(PromptQuery("other")).items == ()


def test_tries_of_one_prompt_come_oldest_first(history: SqlHistory) -> None:
    history.insert([replace(attempt(f"p1-{n}"), created_at=NOON + timedelta(seconds=n)) for n in (3, 1, 2)])
    history.insert([outcome("p1-1", status=Status.THROTTLED, error_code="deployment_throttled", latency_ms=9)])
    history.insert([attempt("p1-4", organization="other")])
    found = history.one("acme", "p1-2")
    assert found is not None
    assert [(each.try_number, each.status) for each in found.tries] == [
        (1, Status.THROTTLED),
        (2, Status.PENDING),
        (3, Status.PENDING),
    ]
    assert (found.tries[0].error_code, found.tries[0].latency_ms) == ("deployment_throttled", 9)
