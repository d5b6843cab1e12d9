"""Everything the app sends to Azure SQL, compiled for it and read as T-SQL by a parser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlglot
from sqlalchemy import Table
from sqlalchemy.dialects.mssql.pyodbc import MSDialect_pyodbc
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import ClauseElement
from sqlglot import exp

from shared.adapters.sql_reader import one_statement, tries_statement
from shared.adapters.sql_retention import every_statement
from shared.adapters.sql_rows import IN_ORDER, sort_by_table
from shared.adapters.sql_scans import early_statement, scan_of
from shared.adapters.sql_schema import OF_ATTEMPT, TABLES
from shared.adapters.sql_statements import as_json, insert_json
from shared.adapters.sql_usage import (
    attempts_statement,
    dayless_attempts_statement,
    early_outcomes_statement,
    outcomes_statement,
)
from shared.gateway.prompt_log import PromptQuery
from shared.gateway.records import Status
from shared.gateway.usage import UsageQuery
from shared.migrations import APP_LOCK, script
from tests.fakes.history import NOON, attempt, outcome
from tests.unit.sql.test_prompt_pages import forged

AZURE_SQL = MSDialect_pyodbc()
NOT_UNICODE = re.compile(r"\b(VARCHAR|CHAR|NTEXT|TEXT)\b", re.IGNORECASE)
FORBIDDEN = re.compile(r"\bMERGE\b|\bUPDATE\b", re.IGNORECASE)
FULL = PromptQuery(
    *("acme", "AiMapping", None, NOON - timedelta(days=1), NOON, "c-1", "m-1", 200),
    continuation=forged([1, NOON.isoformat(), "p1-1"]),
)


def tsql(element: ClauseElement) -> str:
    compiled = element.compile(dialect=AZURE_SQL, compile_kwargs={"render_postcompile": True})
    return str(compiled)


def tables() -> Iterator[ClauseElement]:
    for table in TABLES:
        yield CreateTable(table)
        yield from (CreateIndex(index) for index in table.indexes)


def reads() -> Iterator[ClauseElement]:
    for query in (FULL, *(PromptQuery("acme", status=status) for status in (None, *Status))):
        yield scan_of(query, NOON).page(50)
        yield scan_of(query, NOON).page(50, (NOON, "p1-1"))
        yield scan_of(query, NOON).last_in_window()
        yield early_statement(query)
    yield one_statement("acme", "p1-1")
    yield tries_statement("acme", "p1")
    usage = UsageQuery("acme", NOON, NOON + timedelta(days=1), ("day",), "USD")
    yield outcomes_statement(usage)
    yield early_outcomes_statement(usage)
    yield attempts_statement(usage)
    yield dayless_attempts_statement(usage)


def inserts() -> Iterator[ClauseElement]:
    yield from (insert_json(table) for table in IN_ORDER)


def batches(text: str) -> list[str]:
    code = re.sub(r"^--.*$", "", text, flags=re.MULTILINE)
    return [batch.strip() for batch in re.split(r"^GO$", code, flags=re.MULTILINE) if batch.strip()]


STATEMENTS = [tsql(element) for element in (*tables(), *reads(), *inserts(), *every_statement(NOON))]
MIGRATIONS = batches(script())


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_is_tsql_for_a_parser(statement: str) -> None:
    (parsed,) = sqlglot.parse(statement, read="tsql", error_level=sqlglot.ErrorLevel.RAISE)
    assert not isinstance(parsed, (exp.Command, type(None)))


@pytest.mark.parametrize("batch", MIGRATIONS)
def test_every_batch_of_the_migrations_is_tsql_for_a_parser(batch: str) -> None:
    parsed = sqlglot.parse(batch, read="tsql", error_level=sqlglot.ErrorLevel.RAISE)
    assert parsed


@pytest.mark.parametrize("statement", [*STATEMENTS, *MIGRATIONS, APP_LOCK])
def test_no_type_holds_less_than_unicode(statement: str) -> None:
    assert NOT_UNICODE.search(statement) is None


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_is_merged_or_updated(statement: str) -> None:
    assert FORBIDDEN.search(statement) is None


@pytest.mark.parametrize("statement", [tsql(element) for element in (*reads(), *inserts())])
def test_what_the_app_runs_needs_select_and_insert_only(statement: str) -> None:
    parsed = sqlglot.parse_one(statement, read="tsql")
    assert isinstance(parsed, (exp.Select, exp.Insert))
    assert parsed.find(exp.Delete, exp.Update, exp.Merge) is None


def test_the_check_for_unicode_types_finds_what_it_should() -> None:
    found = ["a VARCHAR(3)", "a varchar(max)", "a NTEXT", "a TEXT", "a CHAR(3)"]
    assert [bool(NOT_UNICODE.search(each)) for each in found] == [True] * 5
    assert NOT_UNICODE.search("a NVARCHAR(max), b NCHAR(3), context INT") is None


def with_columns_added(batches: list[str]) -> list[str]:
    """A column that ALTER TABLE adds stands behind the columns of its CREATE TABLE."""
    added = [re.fullmatch(r"ALTER TABLE (\w+) ADD (.+)", batch) for batch in batches]
    for found in filter(None, added):
        start = f"CREATE TABLE {found[1]} ("
        batches = [
            batch.replace(", CONSTRAINT", f", {found[2]}, CONSTRAINT") if batch.startswith(start) else batch
            for batch in batches
        ]
    return batches


def test_the_migrations_make_the_same_tables_as_the_schema() -> None:
    made = set(with_columns_added([re.sub(r"\s+", " ", batch).rstrip(";") for batch in MIGRATIONS]))
    wanted = {re.sub(r"\s+", " ", tsql(element)).strip() for element in tables()}
    assert wanted <= made


def test_the_apps_role_may_add_and_read_and_nothing_else() -> None:
    grants = [batch for batch in MIGRATIONS if batch.startswith("GRANT")]
    app = {grant for grant in grants if "prompt_history_app" in grant}
    assert len(app) == len(TABLES)
    assert all(grant.startswith("GRANT SELECT, INSERT ON ") for grant in app)
    assert {grant for grant in grants if "DELETE" in grant} == {g for g in grants if "prompt_history_retention" in g}


@pytest.mark.parametrize("table", IN_ORDER, ids=lambda table: table.name)
def test_the_inserts_json_names_exactly_the_columns_it_is_read_by(table: Table) -> None:
    rows = sort_by_table([attempt(), outcome()])
    (row,) = json.loads(as_json(rows[table]))
    paths = re.findall(r"'\$\.(\w+)'", tsql(insert_json(table)))
    assert list(row) == paths == [column.name for column in table.columns if column not in set(OF_ATTEMPT)]


def test_times_and_amounts_are_sent_as_text_that_tsql_converts_exactly() -> None:
    rows = sort_by_table([outcome()])
    (row,) = json.loads(as_json(rows[IN_ORDER[3]]))
    assert row["finished_at"] == "2026-11-25T12:00:00.123456"
    assert row["cost"] == "0.00068"
    assert row["status"] == "succeeded"


@pytest.mark.parametrize("table", IN_ORDER, ids=lambda table: table.name)
def test_keys_are_compared_with_one_collation_named(table: Table) -> None:
    """OPENJSON's columns have the database's own; two of them in one comparison are error 468."""
    statement = tsql(insert_json(table))
    assert statement.count("attempt_id = r.attempt_id") >= 1
    assert statement.count("attempt_id = r.attempt_id COLLATE Latin1_General_100_BIN2") == statement.count(
        "attempt_id = r.attempt_id"
    )
