"""The database's schema, step by step: the modules in ``versions``, in the order of their numbers.

Run by ``python -m shared.migrations`` (reads DATABASE_URL) or by ``SqlHistory.migrate``; packaged with the app. Safe
when two processes start at once: one waits for the other's lock and then finds nothing to do. On Azure SQL it needs an
administrator's sign-in, not the app's role; ``--sql`` prints the T-SQL instead of running it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

    from shared.adapters.sql_engine import DriverConnection

LOCK_WAIT_S = 60
APP_LOCK = f"""
SET NOCOUNT ON;
DECLARE @granted INT;
EXEC @granted = sp_getapplock @Resource = N'prompt-history-schema', @LockMode = N'Exclusive',
    @LockOwner = N'Transaction', @LockTimeout = {LOCK_WAIT_S * 1000};
SELECT @granted;
"""
"""0 or 1 when granted, below zero for a time-out or a deadlock. The lock ends with the transaction."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date, or to an earlier release's revision. Blocking, up to LOCK_WAIT_S for another process
    that does the same.

    Raises TimeoutError, or SQLAlchemy's errors as they are: whoever moves a schema wants to see the cause."""
    if engine.dialect.name == "sqlite":
        _upgrade_sqlite(engine, revision)
    else:
        _upgrade_azure_sql(engine, revision)


def script() -> str:
    """What an upgrade from nothing runs on Azure SQL, as T-SQL batches, for administrators to read or to run."""
    from alembic import command

    output = io.StringIO()
    config = _config(output)
    config.attributes["dialect"] = "mssql"
    command.upgrade(config, "head", sql=True)
    return output.getvalue()


def _upgrade_sqlite(engine: Engine, revision: str) -> None:
    """BEGIN IMMEDIATE is the lock; SQLite's DDL is transactional once the driver does not commit by itself."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        usual_wait = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_WAIT_S * 1000}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            _run(connection, revision)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={usual_wait}")


def _upgrade_azure_sql(engine: Engine, revision: str) -> None:
    with engine.begin() as connection, _without_time_limit(connection):
        if connection.exec_driver_sql(APP_LOCK).scalar_one() < 0:
            raise TimeoutError("Another process holds the lock on the database's schema.")
        _run(connection, revision)


@contextmanager
def _without_time_limit(connection: Connection) -> Iterator[None]:
    """Filling a column of a million rows takes longer than any request may wait."""
    driver = cast("DriverConnection", connection.connection.driver_connection)
    usual = driver.timeout
    driver.timeout = 0
    try:
        yield
    finally:
        driver.timeout = usual


def _run(connection: Connection, revision: str) -> None:
    from alembic import command

    config = _config(io.StringIO())
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config(output: io.StringIO) -> Config:
    from alembic.config import Config

    config = Config(output_buffer=output, stdout=output)
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
