"""From every released schema, with what it held, to today's; beside workers of the last release, whoever comes first.

``tests/released/history-NNNN.sql`` is a database as revision NNNN left it. A released one is never made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared import migrations
from shared.adapters.sql_history import SqlHistory
from shared.adapters.sql_schema import metadata
from shared.errors import HistoryUnavailable
from shared.gateway.prompt_log import PromptQuery
from shared.gateway.records import Status
from shared.gateway.usage import UsageQuery
from tests.fakes.history import NOON, attempt, outcome
from tests.unit.sql.test_migrations import ROOT, start_migrating
from tests.unit.sql.test_tsql import MIGRATIONS

RELEASED = sorted(path.stem.removeprefix("history-") for path in (ROOT / "tests/released").glob("history-*.sql"))
BEFORE_LAST = RELEASED[:-1]

Columns = dict[str, list[str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def build(path: Path, revision: str) -> Columns:
    """The database as that revision left it; the columns that an app of then writes."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript((ROOT / f"tests/released/history-{revision}.sql").read_text())
        tables = ("prompt_bodies", "prompt_attempts", "outcome_bodies", "prompt_outcomes")
        return {table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")] for table in tables}


def insert_as_before(path: Path, columns: Columns, name: str) -> None:
    """A copy of p1-1 under another name, through the columns of then."""
    database = sqlite3.connect(path, timeout=30)
    with database:
        for table, names in columns.items():
            own = [f"'{name}'" if each == "attempt_id" else each for each in names]
            copied = f"SELECT {', '.join(own)} FROM {table} WHERE attempt_id = 'p1-1'"
            database.execute(f"INSERT INTO {table} ({', '.join(names)}) {copied}")
    database.close()


def read(path: Path, use: Callable[[SqlHistory], object]) -> object:
    history = SqlHistory(f"sqlite:///{path}", clock=lambda: NOON + timedelta(minutes=1))
    try:
        return use(history)
    finally:
        history.close()


def ids(path: Path, **filters: object) -> Sequence[str]:
    query = PromptQuery("acme", **filters)  # type: ignore[arg-type]
    found = read(path, lambda history: [item.attempt_id for item in history.page(query).items])
    assert isinstance(found, list)
    return found


def used(path: Path) -> object:
    span = (NOON - timedelta(days=2), NOON + timedelta(days=1))
    return read(path, lambda history: history.usage(UsageQuery("acme", *span, ("feature",), "USD")))


def test_every_revision_has_its_database() -> None:
    files = (ROOT / "shared/migrations/versions").glob("v*.py")
    assert sorted(file.name[1:5] for file in files) == RELEASED


@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_database_becomes_todays(path: Path, revision: str) -> None:
    build(path, revision)
    read(path, SqlHistory.migrate)
    history = SqlHistory(f"sqlite:///{path}")
    with history._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    history.close()


@pytest.mark.parametrize("revision", RELEASED)
def test_what_a_released_database_holds_is_read_as_before(path: Path, revision: str) -> None:
    build(path, revision)
    read(path, SqlHistory.migrate)
    assert ids(path) == ["p1-1", "p3-1", "p2-1"]
    assert ids(path, status=Status.FAILED) == ["p2-1"]
    assert ids(path, status=Status.UNKNOWN) == ["p3-1"]
    assert ids(path, feature="AiMapping", status=Status.SUCCEEDED) == ["p1-1"]
    assert ids(path, mapping_id="m-1") == ["p1-1", "p3-1"]
    first, second = used(path)  # type: ignore[misc]
    assert (first.prompts, first.prompt_tokens, first.cost, first.unpriced) == (2, 900, Decimal("0.00068"), 1)
    assert (second.feature, second.prompts, second.cost) == ("RuleEngine", 1, Decimal(0))
    found = read(path, lambda history: history.one("acme", "p1-1"))
    assert found.messages[1].content == "Naïve 😀"  # type: ignore[attr-defined]
    assert found.response == '{"ok": true}'  # type: ignore[attr-defined]


@pytest.mark.parametrize("revision", BEFORE_LAST)
def test_workers_of_a_release_go_on_writing_after_the_schema_has_moved_on(path: Path, revision: str) -> None:
    columns = build(path, revision)
    read(path, SqlHistory.migrate)
    insert_as_before(path, columns, "p9-1")
    assert ids(path) == ["p9-1", "p1-1", "p3-1", "p2-1"]
    assert ids(path, status=Status.SUCCEEDED, top=1) == ["p9-1"]
    assert ids(path, status=Status.SUCCEEDED) == ["p9-1", "p1-1"]
    assert ids(path, feature="AiMapping", status=Status.SUCCEEDED) == ["p9-1", "p1-1"]
    assert used(path)[0].prompt_tokens == 1800  # type: ignore[index]
    assert used(path)[0].prompts == 3  # type: ignore[index]


@pytest.mark.parametrize("revision", BEFORE_LAST)
def test_nothing_written_while_the_schema_moves_is_lost(path: Path, revision: str) -> None:
    columns = build(path, revision)
    names = [f"w{number:03}-1" for number in range(60)]
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [insert_as_before(path, columns, name) for name in names])
        read(path, SqlHistory.migrate)
        writing.result(timeout=60)
    assert sorted(ids(path, status=Status.SUCCEEDED, top=200)) == sorted([*names, "p1-1"])


@pytest.mark.parametrize("revision", BEFORE_LAST)
def test_an_app_that_is_there_before_its_schema_calls_the_database_away(path: Path, revision: str) -> None:
    """So its rows wait in the outbox, and none is taken for one that SQL will never take."""
    build(path, revision)
    for use in (
        lambda history: history.insert([attempt("p9-1"), outcome("p9-1")]),
        lambda history: history.usage(UsageQuery("acme", NOON - timedelta(days=2), NOON, (), "USD")),
    ):
        with pytest.raises(HistoryUnavailable):
            read(path, use)
    read(path, SqlHistory.migrate)
    read(path, lambda history: history.insert([attempt("p9-1"), outcome("p9-1")]))
    assert ids(path, status=Status.SUCCEEDED) == ["p9-1", "p1-1"]


def test_two_processes_that_upgrade_a_filled_database_at_once_both_succeed(path: Path) -> None:
    build(path, RELEASED[0])
    started = [start_migrating(f"sqlite:///{path}") for _ in range(2)]
    results = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert [code for _, code in results] == [0, 0], results
    assert ids(path) == ["p1-1", "p3-1", "p2-1"]


def test_a_release_can_be_rebuilt_by_its_revision(path: Path) -> None:
    """What the benchmark of the history fills first."""
    history = SqlHistory(f"sqlite:///{path}")
    migrations.upgrade(history._engine, RELEASED[0])
    with history._engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == RELEASED[0]
    history.close()


def test_columns_are_added_so_that_an_app_without_them_can_write() -> None:
    """On Azure SQL: empty and without a default, which rewrites nothing."""
    added = [batch for batch in MIGRATIONS if batch.startswith("ALTER TABLE") and " ADD " in batch]
    assert added
    assert all(batch.rstrip(";").endswith(" NULL") and "NOT NULL" not in batch for batch in added)
