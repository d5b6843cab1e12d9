"""What DATABASE_URL may be, and how the app signs in."""

from __future__ import annotations

import struct

import pytest
from sqlalchemy import event

from shared.adapters.sql_engine import connect_to, odbc_keys, packed, parse

SERVER = "Server=tcp:acme.database.windows.net,1433;Database=history;Encrypt=yes"
NEEDS_ODBC = "pyodbc cannot be imported: install Debian's unixodbc"


def odbc_string(database_url: str) -> str:
    found = parse(database_url).query["odbc_connect"]
    assert isinstance(found, str)
    return found


def test_an_odbc_string_without_a_driver_gets_microsofts() -> None:
    assert odbc_string(SERVER) == f"Driver={{ODBC Driver 18 for SQL Server}};{SERVER}"


@pytest.mark.parametrize("named", ["DRIVER={ODBC Driver 17 for SQL Server}", "Driver=/opt/x.so", "DSN=history"])
def test_a_driver_that_is_named_is_used(named: str) -> None:
    assert odbc_string(f"{named};{SERVER}") == f"{named};{SERVER}"


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mssql+pyodbc://u:p@server/db?driver=x", "mssql://server/db"])
def test_a_sqlalchemy_url_is_taken_as_it_is(url: str) -> None:
    assert parse(url).render_as_string(hide_password=False) == url


@pytest.mark.parametrize("url", ["postgresql://x/y", "mysql://x"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        parse(url)


def test_a_password_may_hold_semicolons_and_urls() -> None:
    assert odbc_keys("Server=x;PWD={a;b=c}}://d};Uid = me ;") == {"server", "pwd", "uid"}
    assert parse("Server=x;UID=me;PWD={https://x}").get_backend_name() == "mssql"


def test_a_token_is_its_length_and_utf16() -> None:
    assert packed("ab") == struct.pack("<I", 4) + b"a\x00b\x00"
    assert packed(b"a\x00") == struct.pack("<I", 2) + b"a\x00"


def sign_in(database_url: str) -> tuple[str, dict[str, object]]:
    """What pyodbc.connect would be called with."""
    pytest.importorskip("pyodbc", reason=NEEDS_ODBC, exc_type=ImportError)
    seen: list[tuple[str, dict[str, object]]] = []

    def keep(dialect: object, record: object, arguments: list[str], options: dict[str, object]) -> object:
        seen.append((arguments[0], dict(options)))
        raise ConnectionError("far enough")

    engine = connect_to(database_url, token=lambda: "the-token")
    event.listen(engine, "do_connect", keep)
    with pytest.raises(ConnectionError):
        engine.connect()
    return seen[0]


@pytest.mark.parametrize("url", [SERVER, "mssql+pyodbc://acme.database.windows.net/history?driver=ODBC+Driver+18"])
def test_without_a_user_the_app_signs_in_with_a_token(url: str) -> None:
    text, options = sign_in(url)
    assert options["attrs_before"] == {1256: packed("the-token")}
    assert "trusted_connection" not in text.lower()


@pytest.mark.parametrize(
    "url",
    [
        f"{SERVER};UID=me;PWD=secret",
        f"{SERVER};Uid=me;Pwd={{se;cret}}",
        f"{SERVER};Authentication=ActiveDirectoryMsi",
        f"{SERVER};Trusted_Connection=yes",
        "mssql+pyodbc://me:secret@server/history?driver=ODBC+Driver+18",
        "mssql+pyodbc://server/history?driver=x&Authentication=ActiveDirectoryMsi",
    ],
)
def test_with_another_sign_in_no_token_is_sent(url: str) -> None:
    _, options = sign_in(url)
    assert "attrs_before" not in options


def test_a_login_is_given_up_within_seconds() -> None:
    _, options = sign_in(SERVER)
    assert options["timeout"] == 5
