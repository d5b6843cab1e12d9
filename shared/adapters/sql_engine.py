"""How to reach the database that DATABASE_URL names.

Either a SQLAlchemy URL (``sqlite:///path``, ``mssql+pyodbc://…``) or an ODBC connection string. One that names neither
a user, a password nor an ``Authentication`` signs in with an Entra token of the app's identity.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

Token = Callable[[], bytes | str]
"""An access token for the database, as text or already as UTF-16. Blocking."""

TOKEN_SCOPE = "https://database.windows.net/.default"  # noqa: S105 - the name of a scope
DRIVER = "ODBC Driver 18 for SQL Server"
LOGIN_TIMEOUT_S = 5
QUERY_TIMEOUT_S = 15
SQLITE_BUSY_MS = 1000
_SQL_COPT_SS_ACCESS_TOKEN = 1256
"""From msodbcsql.h: the access token's connection attribute."""
_SIGN_IN_KEYS = frozenset({"uid", "user", "user id", "pwd", "password", "authentication", "trusted_connection"})
_ADDED_BY_SQLALCHEMY = ";Trusted_Connection=Yes"


class DriverCursor(Protocol):
    def execute(self, statement: str, /) -> object: ...

    def close(self) -> None: ...


class DriverConnection(Protocol):
    timeout: int

    def cursor(self) -> DriverCursor: ...


def connect_to(database_url: str, token: Token | None = None) -> Engine:
    """The engine for DATABASE_URL. Nothing is connected yet. ``token`` replaces the app's identity."""
    url = parse(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return _azure_sql(url, (token or identity_token) if _without_sign_in(url) else None)


def parse(database_url: str) -> URL:
    """The SQLAlchemy URL. Raises ValueError when it is neither SQLite nor Azure SQL."""
    if "://" not in database_url.split(";", 1)[0]:
        return URL.create("mssql+pyodbc", query={"odbc_connect": _with_driver(database_url)})
    url = make_url(database_url)
    if url.get_backend_name() not in ("sqlite", "mssql"):
        raise ValueError("DATABASE_URL must be an ODBC connection string, mssql+pyodbc:// or sqlite://")
    return url


def odbc_keys(connection_string: str) -> frozenset[str]:
    """The names in an ODBC connection string, lower case; values in braces may hold semicolons."""
    names, rest = set(), connection_string
    while rest.strip(" ;"):
        name, _, rest = rest.strip(" ;").partition("=")
        names.add(name.strip().lower())
        rest = _after_braces(rest) if rest.startswith("{") else rest.partition(";")[2]
    return frozenset(names)


def identity_token() -> str:
    """A token of the app's identity. Blocking; azure-identity keeps it until it is about to expire."""
    return str(_identity().get_token(TOKEN_SCOPE).token)


def packed(token: bytes | str) -> bytes:
    """The token as the driver wants it: its length as four bytes, then UTF-16 (ACCESSTOKEN in msodbcsql.h)."""
    data = token.encode("utf-16-le") if isinstance(token, str) else token
    return struct.pack(f"<I{len(data)}s", len(data), data)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DriverConnection, record: object) -> None:
    """A write-ahead log lets readers and a writer work side by side. With it, NORMAL keeps every committed row when the
    process is killed; only a power cut could lose the last ones, and this is not the database of production."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _azure_sql(url: URL, token: Token | None) -> Engine:
    import pyodbc  # here, because it cannot be imported where unixODBC is missing

    pyodbc.pooling = False  # SQLAlchemy pools; two pools would keep dead connections and old tokens alive
    engine = create_engine(
        url,
        deprecate_large_types=True,
        pool_size=5,
        max_overflow=10,
        pool_timeout=2,
        pool_recycle=1200,  # Azure closes what has been idle for 30 minutes
        connect_args={"timeout": LOGIN_TIMEOUT_S},
    )
    event.listen(engine, "connect", _limit_queries)
    if token is not None:
        event.listen(engine, "do_connect", _sign_in(token))
    return engine


def _limit_queries(connection: DriverConnection, record: object) -> None:
    connection.timeout = QUERY_TIMEOUT_S


def _sign_in(token: Token) -> Callable[[Dialect, object, list[str], dict[str, object]], None]:
    def add_token(dialect: Dialect, record: object, arguments: list[str], options: dict[str, object]) -> None:
        arguments[0] = arguments[0].replace(_ADDED_BY_SQLALCHEMY, "")
        options["attrs_before"] = {_SQL_COPT_SS_ACCESS_TOKEN: packed(token())}

    return add_token


def _without_sign_in(url: URL) -> bool:
    if url.username or url.password:
        return False
    given = url.query.get("odbc_connect", "")
    names = odbc_keys(given if isinstance(given, str) else ";".join(given))
    return not _SIGN_IN_KEYS & (names | {name.lower() for name in url.query})


def _with_driver(connection_string: str) -> str:
    named = odbc_keys(connection_string) & {"driver", "dsn"}
    return connection_string if named else f"Driver={{{DRIVER}}};{connection_string}"


def _after_braces(text: str) -> str:
    """What follows ``{value}``; a doubled ``}`` belongs to the value."""
    end = text.find("}", 1)
    while end != -1 and text[end + 1 : end + 2] == "}":
        end = text.find("}", end + 2)
    return "" if end == -1 else text[end + 1 :].partition(";")[2]


class _AccessToken(Protocol):
    @property
    def token(self) -> str: ...


class _Credential(Protocol):
    def get_token(self, *scopes: str) -> _AccessToken: ...


_credential: _Credential | None = None


def _identity() -> _Credential:
    """The blocking twin of the app's identity, made once: it caches tokens itself."""
    global _credential
    if _credential is None:
        from azure.identity import DefaultAzureCredential

        _credential = DefaultAzureCredential()
    return _credential
