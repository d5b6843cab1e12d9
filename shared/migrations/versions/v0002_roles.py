"""Two database roles on Azure SQL: the app only adds and reads, retention takes away. SQLite knows no roles.

The app's identity becomes a member of the first, the purge's and the eraser's of the second:
``ALTER ROLE prompt_history_app ADD MEMBER [name-of-the-function-app]``.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("prompt_attempts", "prompt_outcomes", "prompt_bodies", "outcome_bodies")
GRANTS = {"prompt_history_app": "SELECT, INSERT", "prompt_history_retention": "SELECT, DELETE"}


def upgrade() -> None:
    if op.get_context().dialect.name != "mssql":
        return
    for role, rights in GRANTS.items():
        op.execute(f"IF DATABASE_PRINCIPAL_ID(N'{role}') IS NULL CREATE ROLE {role}")
        for table in TABLES:
            op.execute(f"GRANT {rights} ON OBJECT::dbo.{table} TO {role}")
