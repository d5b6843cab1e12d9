"""Every filter of the history's list is read from an index in the list's own order, and usage from two indexes alone.

Attempts get the day they were made; outcomes repeat what the indexes need of their attempt, looked up as they are
written. All of it stays empty in rows of an older app, and in outcomes that came before their attempt (out of the
outbox): those are read all the same, by another way. Of a correlation id, or a mapping, all had to be sorted until now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.adapters.sql_types import UtcTime, key, text, utc_date

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEWEST_FIRST: list[str | sa.TextClause] = [sa.text("created_at DESC"), sa.text("attempt_id DESC")]
PARTS = ["organization", "day", "feature", "deployment", "created_at"]
COUNTS = ["currency", "prompt_tokens", "completion_tokens", "cached_tokens", "cost"]
REPEATED = ("created_at", "day", "feature", "deployment")


def upgrade() -> None:
    add_columns()
    fill_columns()
    make_indexes()


def add_columns() -> None:
    """Without a default: nothing is rewritten, and an app that does not know them goes on inserting."""
    op.add_column("prompt_attempts", sa.Column("day", utc_date()))
    op.add_column("prompt_outcomes", sa.Column("created_at", UtcTime))
    op.add_column("prompt_outcomes", sa.Column("day", utc_date()))
    op.add_column("prompt_outcomes", sa.Column("feature", key(32)))
    op.add_column("prompt_outcomes", sa.Column("deployment", text(256)))


def fill_columns() -> None:
    attempts = sa.table("prompt_attempts", *(sa.column(name) for name in ("attempt_id", *REPEATED)))
    outcomes = sa.table("prompt_outcomes", *(sa.column(name) for name in ("attempt_id", *REPEATED)))
    on_azure_sql = op.get_context().dialect.name == "mssql"
    day = sa.cast(attempts.c.created_at, sa.DATE) if on_azure_sql else sa.func.date(attempts.c.created_at)
    op.execute(attempts.update().values(day=day))
    own = attempts.c.attempt_id == outcomes.c.attempt_id
    repeated = {name: sa.select(attempts.c[name]).where(own).scalar_subquery() for name in REPEATED}
    op.execute(outcomes.update().values(repeated))


def make_indexes() -> None:
    """That of a feature first: of two that seem as good, SQLite takes the later one, and a feature tells less."""
    op.create_index("ix_prompt_attempts_feature", "prompt_attempts", ["organization", "feature", *NEWEST_FIRST])
    for name, column in (("mapping", "mapping_id"), ("correlation", "correlation_id")):
        op.drop_index(f"ix_prompt_attempts_{name}", "prompt_attempts")
        op.create_index(f"ix_prompt_attempts_{name}", "prompt_attempts", ["organization", column, *NEWEST_FIRST])
    op.create_index("ix_prompt_attempts_usage", "prompt_attempts", PARTS)
    op.create_index("ix_prompt_outcomes_status", "prompt_outcomes", ["organization", "status", *NEWEST_FIRST])
    op.create_index("ix_prompt_outcomes_usage", "prompt_outcomes", [*PARTS, *COUNTS])
