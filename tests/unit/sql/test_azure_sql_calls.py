"""What reaches Microsoft's driver: SQLAlchemy and pyodbc as they are, over a connection that only listens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from shared.adapters.sql_reader import read_page
from shared.adapters.sql_rows import sort_by_table
from shared.adapters.sql_statements import append
from shared.gateway.prompt_log import PromptQuery
from shared.migrations import upgrade
from tests.fakes.history import NOON, attempt, outcome

pyodbc = pytest.importorskip(
    "pyodbc", reason="pyodbc cannot be imported: install Debian's unixodbc (libodbc.so.2)", exc_type=ImportError
)


class Listening:
    """A driver's connection and its cursor."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.fast_executemany = False
        self.rowcount = 1
        self.description = None
        self.commits = 0
        self.sizes: object = None

    def cursor(self) -> Listening:
        return self

    def setinputsizes(self, sizes: object) -> None:
        self.sizes = sizes

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> Listening:
        self.calls.append((" ".join(statement.split()), tuple(parameters)))
        return self

    def commit(self) -> None:
        self.commits += 1

    def fetchall(self) -> list[object]:
        return []

    def rollback(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def driver() -> Listening:
    return Listening()


@pytest.fixture
def engine(driver: Listening) -> Engine:
    return create_engine("mssql+pyodbc://", module=pyodbc, creator=lambda: driver, _initialize=False)


def test_a_batch_is_one_statement_a_table_and_one_commit(engine: Engine, driver: Listening) -> None:
    rows = [attempt(f"p{n}-1") for n in range(50)] + [outcome(f"p{n}-1") for n in range(50)]
    with engine.begin() as connection:
        append(connection, sort_by_table(rows))
    tables = [statement.split()[2] for statement, _ in driver.calls]
    assert tables == ["prompt_bodies", "prompt_attempts", "outcome_bodies", "prompt_outcomes"]
    assert driver.commits == 1


def test_all_rows_of_a_table_are_one_parameter(engine: Engine, driver: Listening) -> None:
    with engine.begin() as connection:
        append(connection, sort_by_table([outcome("p1-1", response=None), outcome("p2-1", response=None)]))
    ((statement, parameters),) = driver.calls
    assert statement.count("?") == len(parameters) == 1
    sent = json.loads(parameters[0])
    assert [row["attempt_id"] for row in sent] == ["p1-1", "p2-1"]
    assert sent[0]["cost"] == "0.00068"
    assert driver.sizes == [(pyodbc.SQL_WVARCHAR, 0, 0)]


def test_a_page_is_asked_for_with_parameters_only(engine: Engine, driver: Listening) -> None:
    driver.description = ()  # type: ignore[assignment]
    with engine.connect() as connection:
        read_page(connection, PromptQuery("acme", correlation_id="'; DROP TABLE x --"), NOON)
    ((statement, parameters),) = driver.calls
    assert "DROP" not in statement
    assert statement.startswith("SELECT TOP 51 ")
    assert parameters == ("acme", "'; DROP TABLE x --")


class Refusing(Listening):
    """Notes how long a statement may take, and takes none."""

    timeout = 15
    allowed: int | None = None

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> Listening:
        self.allowed = self.timeout
        raise ConnectionError("far enough")


def test_a_migration_may_take_its_time_and_nothing_else_may() -> None:
    driver = Refusing()
    engine = create_engine("mssql+pyodbc://", module=pyodbc, creator=lambda: driver, _initialize=False)
    with pytest.raises(ConnectionError):
        upgrade(engine)
    assert (driver.allowed, driver.timeout) == (0, 15)
