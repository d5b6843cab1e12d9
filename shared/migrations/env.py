"""What Alembic runs for each command: on the connection it is given, or, without one, as T-SQL text."""

from __future__ import annotations

from alembic import context
from alembic.ddl.mssql import MSSQLImpl
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table
from sqlalchemy.dialects import mssql

from shared.adapters.sql_schema import metadata


class UnicodeVersionTable(MSSQLImpl):
    """Alembic's own table has a VARCHAR column otherwise; defining the class puts it in MSSQLImpl's place."""

    __dialect__ = "mssql"

    def version_table_impl(
        self, *, version_table: str, version_table_schema: str | None, version_table_pk: bool, **kw: object
    ) -> Table:
        version = Column("version_num", mssql.NVARCHAR(32), nullable=False)
        primary_key = PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc")
        return Table(version_table, MetaData(), version, primary_key, schema=version_table_schema)


attributes = context.config.attributes
if context.is_offline_mode():
    context.configure(dialect_name=attributes["dialect"], target_metadata=metadata, literal_binds=True)
else:
    context.configure(connection=attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
