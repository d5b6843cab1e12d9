"""Microsoft's own driver, loaded by pyodbc: as far as a login can be tried without a server."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from shared.adapters.sql_engine import connect_to
from shared.adapters.sql_errors import Fault, classify
from shared.adapters.sql_history import SqlHistory
from shared.errors import HistoryUnavailable
from tests.fakes.history import attempt

pytest.importorskip(
    "pyodbc", reason="pyodbc cannot be imported: install Debian's unixodbc (libodbc.so.2)", exc_type=ImportError
)


def driver() -> Path:
    found = importlib.util.find_spec("mssql_python_odbc")
    if found is None or found.origin is None:
        pytest.skip("the wheel mssql-python-odbc is not installed")
    libraries = list(Path(found.origin).parent.glob("libs/linux/debian_ubuntu/*/lib/libmsodbcsql-18*.so*"))
    if not libraries:
        pytest.skip("the wheel mssql-python-odbc has no driver for this machine")
    return libraries[0]


@pytest.fixture
def nowhere() -> str:
    """An ODBC connection string whose server's port is closed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"Driver={driver()};Server=127.0.0.1,{port};Database=history;UID=me;PWD=secret;ConnectRetryCount=0"


def test_the_driver_itself_says_that_nobody_is_there_and_that_is_transient(nowhere: str) -> None:
    with pytest.raises(DBAPIError) as told:
        connect_to(nowhere).connect()
    assert told.value.orig is not None
    assert told.value.orig.args[0] in ("08001", "HYT00")
    assert "Microsoft" in told.value.orig.args[1]
    assert "ODBC Driver 18 for SQL Server" in told.value.orig.args[1]
    assert classify(told.value) is Fault.TRANSIENT


def test_a_server_that_is_not_there_is_history_unavailable(nowhere: str) -> None:
    with pytest.raises(HistoryUnavailable):
        SqlHistory(nowhere).insert([attempt()])


def test_a_driver_that_is_not_installed_is_history_unavailable() -> None:
    with pytest.raises(HistoryUnavailable):
        SqlHistory("Driver=/no/such/driver.so;Server=127.0.0.1;UID=me;PWD=secret").ping()
