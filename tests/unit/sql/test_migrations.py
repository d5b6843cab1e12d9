"""The schema moves forward, once, whoever starts it, and is the one the code knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared.adapters.sql_engine import connect_to
from shared.adapters.sql_history import SqlHistory
from shared.adapters.sql_schema import metadata
from tests.fakes.history import attempt

ROOT = Path(__file__).parents[3]


def start_migrating(database_url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "shared.migrations", *arguments]
    environment = {**os.environ, "DATABASE_URL": database_url}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)


def test_the_migrated_database_is_the_schema_the_code_knows(history: SqlHistory) -> None:
    with history._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_again_keeps_what_is_there(history: SqlHistory) -> None:
    history.insert([attempt()])
    history.migrate()
    assert history.one("acme", "p1-1") is not None


def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    started = [start_migrating(database_url) for _ in range(3)]
    results = [(process.communicate(timeout=60)[1], process.returncode) for process in started]
    assert [code for _, code in results] == [0, 0, 0], results
    store = SqlHistory(database_url)
    store.insert([attempt()])
    assert store.one("acme", "p1-1") is not None
    store.close()


def test_a_failed_migration_leaves_nothing_half_done(database_url: str) -> None:
    engine = connect_to(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outcome_bodies (other INTEGER)")
    failed = start_migrating(database_url)
    assert "already exists" in failed.communicate(timeout=60)[1]
    assert failed.returncode == 1
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    engine.dispose()
    assert names == ["outcome_bodies"]


def test_the_command_says_which_setting_is_missing() -> None:
    process = start_migrating("")
    assert process.communicate(timeout=60)[1] == "DATABASE_URL is missing\n"
    assert process.returncode == 2


def test_the_command_prints_the_tsql_without_a_database() -> None:
    process = start_migrating("", "--sql")
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "CREATE TABLE prompt_attempts" in printed


def test_the_command_refuses_what_it_does_not_know() -> None:
    process = start_migrating("", "--down")
    assert process.communicate(timeout=60)[1].startswith("usage:")
    assert process.returncode == 2
