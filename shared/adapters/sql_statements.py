"""The statements that append. Each inserts only what is not there yet: a repeated insert is harmless, and there is no
MERGE, whose race conditions are well known.

- Azure SQL takes all rows of a table as one JSON parameter (``OPENJSON``): one round trip however many rows, where a
  driver's executemany takes one per row, and its fast variant reserves memory for every NVARCHAR(max) at full length.
- Elsewhere (SQLite, in process) one statement is run once per row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Insert,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects import mssql

from shared.adapters.sql_rows import IN_ORDER, Value, Values, given
from shared.adapters.sql_schema import OF_ATTEMPT, outcome_bodies, prompt_attempts, prompt_bodies, prompt_outcomes
from shared.adapters.sql_types import KEY_COLLATION, body, naive_utc, plain

_AZURE_SQL = mssql.dialect()  # type: ignore[no-untyped-call]
_COLLATE = f" COLLATE {KEY_COLLATION}"


def append(connection: Connection, rows: dict[Table, list[Values]]) -> None:
    """Insert the rows, table by table, within the caller's transaction."""
    for table in IN_ORDER:
        if table in rows:
            _append(connection, table, rows[table])


@cache
def insert_each(table: Table) -> Insert:
    """One row per execution, parameters by column name."""
    values: list[ColumnElement[object]] = [bindparam(column.name, type_=column.type) for column in given(table)]
    key = bindparam("attempt_id", type_=table.c.attempt_id.type)
    return _insert(table, values, "(SELECT 1 AS one) AS r", key, ":attempt_id")


@cache
def insert_json(table: Table) -> Insert:
    """All rows at once, as one JSON parameter named ``rows``. T-SQL, database compatibility level 130 or later.

    OPENJSON's columns carry the database's own collation, so the comparison of keys names ours."""
    shape = ", ".join(f"{column.name} {_bare_type(table, column.name)} '$.{column.name}'" for column in given(table))
    source = f"OPENJSON(CAST(:rows AS NVARCHAR(max))) WITH ({shape}) AS r"
    values: list[ColumnElement[object]] = [literal_column(f"r.{column.name}") for column in given(table)]
    key: ColumnElement[str] = literal_column(f"r.attempt_id{_COLLATE}")
    return _insert(table, values, source, key, str(key), bindparam("rows", type_=body()))


def as_json(rows: Sequence[Values]) -> str:
    """The parameter of ``insert_json``. Times and amounts as text, which T-SQL converts exactly."""
    return json.dumps([{name: _as_json(value) for name, value in row.items()} for row in rows], ensure_ascii=False)


def _append(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    if connection.dialect.name == "mssql":
        connection.execute(insert_json(table), {"rows": as_json(rows)})
    else:
        connection.execute(insert_each(table), list(rows))


def _is_new(table: Table, key: ColumnElement[str]) -> ColumnElement[bool]:
    conditions = [~_has(table, key)]
    if table is prompt_bodies:
        conditions.append(~_has(prompt_attempts, key))
    if table is outcome_bodies:
        conditions += [~_has(prompt_outcomes, key), ~_is_erased(key)]
    return and_(*conditions)


def _has(table: Table, key: ColumnElement[str]) -> ColumnElement[bool]:
    return exists(select(1).select_from(table).where(table.c.attempt_id == key))


def _is_erased(key: ColumnElement[str]) -> ColumnElement[bool]:
    """An attempt whose body is gone. What arrives late, or twice, must not bring an erased text back."""
    gone = ~exists(select(1).select_from(prompt_bodies).where(prompt_bodies.c.attempt_id == key))
    return exists(select(1).select_from(prompt_attempts).where(prompt_attempts.c.attempt_id == key, gone))


def _insert(
    table: Table,
    values: list[ColumnElement[object]],
    source: str,
    key: ColumnElement[str],
    key_text: str,
    *parameters: BindParameter[str],
) -> Insert:
    """Outcomes look at their attempt: attempts are written first."""
    if table is prompt_outcomes:
        source += f" LEFT OUTER JOIN prompt_attempts AS made ON made.attempt_id = {key_text}"
        values = [*values, *(literal_column(f"made.{column.name}") for column in OF_ATTEMPT)]
    rows = select(*values).select_from(sql(source).bindparams(*parameters)).where(_is_new(table, key))
    return insert(table).from_select([column.name for column in table.columns], rows)


def _bare_type(table: Table, name: str) -> str:
    """OPENJSON's WITH takes a type, no collation."""
    return str(table.c[name].type.compile(_AZURE_SQL)).removesuffix(_COLLATE)


def _as_json(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return naive_utc(value).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{plain(value):f}" if isinstance(value, Decimal) else value
