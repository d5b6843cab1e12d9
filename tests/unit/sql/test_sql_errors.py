"""Whose fault an error is, and how long it is worth trying again."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.adapters.sql_errors import RETRY_BUDGET_S, Fault, RowFault, classify, patiently, reason
from shared.adapters.sql_rows import Misfit
from shared.errors import HistoryUnavailable, InvalidRequest


class OdbcError(Exception):
    """As pyodbc raises: SQLSTATE, then the driver's message with the native number at its end."""


class IntegrityError(OdbcError):
    pass


def odbc(state: str, number: int, kind: type[OdbcError] = OdbcError) -> Exception:
    said = f"[{state}] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]No (64) luck. ({number}) (SQLExecDirectW)"
    return DBAPIError("INSERT", {}, kind(state, said))


TRANSIENT = [40613, 40197, 40501, 49918, 49919, 49920, 10928, 10929, 10053, 10054, 10060, 233, 64, 4060, 4221, 1205]


@pytest.mark.parametrize("number", TRANSIENT)
def test_numbers_azure_sql_calls_transient(number: int) -> None:
    assert classify(odbc("42000", number)) is Fault.TRANSIENT


@pytest.mark.parametrize("state", ["08001", "08S01", "HYT00", "40001"])
def test_states_of_a_broken_connection_or_a_deadlock_are_transient(state: str) -> None:
    assert classify(odbc(state, 0)) is Fault.TRANSIENT


@pytest.mark.parametrize("message", ["database is locked", "database table is locked"])
def test_a_locked_sqlite_is_transient(message: str) -> None:
    assert classify(DBAPIError("INSERT", {}, sqlite3.OperationalError(message))) is Fault.TRANSIENT


def test_a_connection_found_dead_is_transient() -> None:
    assert (
        classify(DBAPIError("INSERT", {}, OdbcError("HY000", "gone"), connection_invalidated=True)) is Fault.TRANSIENT
    )


def test_the_number_counts_not_what_stands_in_the_text() -> None:
    """The text of these errors says (64), which is also a number of a cut connection."""
    assert classify(odbc("42S02", 208)) is Fault.AWAY


def test_all_of_several_messages_count() -> None:
    said = "[08001] Login failed. (18456) (SQLDriverConnect); [42000] Database is not currently available. (40613)"
    assert classify(DBAPIError("", {}, OdbcError("28000", said))) is Fault.TRANSIENT


@pytest.mark.parametrize("number", [2627, 2601, 515, 547, 2628, 8152, 8115, 241, 13609])
def test_numbers_of_a_value_that_does_not_fit_are_the_rows_fault(number: int) -> None:
    assert classify(odbc("42000", number)) is Fault.ROW


@pytest.mark.parametrize(
    "error",
    [
        odbc("23000", 0),
        odbc("22001", 0),
        odbc("HY000", 0, IntegrityError),
        DBAPIError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
        DBAPIError("INSERT", {}, sqlite3.ProgrammingError("Error binding parameter 1: type 'set' is not supported")),
        StatementError("", "INSERT", {}, ValueError("a time without a zone")),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        OverflowError("Python int too large to convert to SQLite INTEGER"),
        Misfit("organization is missing"),
    ],
)
def test_values_no_column_takes_are_the_rows_fault(error: Exception) -> None:
    assert classify(error) is Fault.ROW


@pytest.mark.parametrize(
    "error",
    [
        odbc("28000", 18456),
        odbc("42000", 229),
        odbc("42S02", 208),
        odbc("42S22", 207),
        DBAPIError("INSERT", {}, sqlite3.OperationalError("no such table: prompt_attempts")),
        PoolTimeout("QueuePool limit reached"),
        RuntimeError("no token"),
        ValueError("not of a row"),
        ImportError("libodbc.so.2"),
    ],
)
def test_anything_else_is_nobodys_row(error: Exception) -> None:
    assert classify(error) is Fault.AWAY


class Work:
    """Fails so often, then answers; its clock moves only while sleeping or working."""

    def __init__(self, *failures: Exception, takes: float = 0.0) -> None:
        self.failures = list(failures)
        self.takes = takes
        self.now = 100.0
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        self.now += self.takes
        if self.failures:
            raise self.failures.pop(0)
        return "done"

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self) -> str:
        return patiently(self, sleep=self.sleep, clock=lambda: self.now)


def test_a_transient_fault_is_tried_again() -> None:
    work = Work(odbc("40001", 1205), odbc("08S01", 10054))
    assert (work.run(), work.calls) == ("done", 3)


def test_trying_ends_within_the_budget() -> None:
    work = Work(*[odbc("42000", 40613)] * 99)
    with pytest.raises(HistoryUnavailable) as told:
        work.run()
    assert 2 < work.calls < 10
    assert work.now - 100 <= RETRY_BUDGET_S
    assert told.value.retry_after is not None


def test_a_login_that_used_the_budget_up_is_not_repeated() -> None:
    work = Work(*[odbc("HYT00", 0)] * 9, takes=5)
    with pytest.raises(HistoryUnavailable):
        work.run()
    assert work.calls == 1


def test_other_faults_are_not_repeated() -> None:
    away, row = Work(odbc("42S02", 208)), Work(odbc("23000", 2627))
    with pytest.raises(HistoryUnavailable):
        away.run()
    with pytest.raises(RowFault):
        row.run()
    assert (away.calls, row.calls) == (1, 1)


def test_errors_of_our_own_pass_through() -> None:
    with pytest.raises(InvalidRequest):
        Work(InvalidRequest("a token")).run()


def test_a_reason_holds_no_value() -> None:
    said = "[23000] Violation of PRIMARY KEY. The duplicate key value is (secret-1). (2627) (SQLExecDirectW)"
    assert reason(DBAPIError("INSERT", {}, IntegrityError("23000", said))) == "IntegrityError 23000 2627"
