"""The prompt history: attempts, outcomes and their bodies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.adapters.sql_types import Cost, UtcTime, body, key, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_attempts()
    create_outcomes()
    create_bodies()


def create_attempts() -> None:
    op.create_table(
        "prompt_attempts",
        sa.Column("attempt_id", key(96), nullable=False),
        sa.Column("prompt_id", key(80), nullable=False),
        sa.Column("try_number", sa.Integer, nullable=False),
        sa.Column("organization", key(64), nullable=False),
        sa.Column("feature", key(32), nullable=False),
        sa.Column("prompt_name", text(128), nullable=False),
        sa.Column("deployment", text(256), nullable=False),
        sa.Column("host", text(256), nullable=False),
        sa.Column("correlation_id", key(128), nullable=False),
        sa.Column("mapping_id", key(80)),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("app_version", text(64), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_prompt_attempts", mssql_clustered=False),
    )
    newest_first: list[str | sa.TextClause] = ["organization", sa.text("created_at DESC"), sa.text("attempt_id DESC")]
    op.create_index("ix_prompt_attempts_list", "prompt_attempts", newest_first, mssql_clustered=True)
    op.create_index("ix_prompt_attempts_prompt", "prompt_attempts", ["prompt_id"])
    op.create_index("ix_prompt_attempts_mapping", "prompt_attempts", ["organization", "mapping_id"])
    op.create_index("ix_prompt_attempts_correlation", "prompt_attempts", ["organization", "correlation_id"])


def create_outcomes() -> None:
    op.create_table(
        "prompt_outcomes",
        sa.Column("attempt_id", key(96), nullable=False),
        sa.Column("organization", key(64), nullable=False),
        sa.Column("status", key(32), nullable=False),
        sa.Column("finished_at", UtcTime, nullable=False),
        sa.Column("latency_ms", sa.BigInteger, nullable=False),
        sa.Column("model", text(256)),
        sa.Column("prompt_tokens", sa.BigInteger),
        sa.Column("completion_tokens", sa.BigInteger),
        sa.Column("cached_tokens", sa.BigInteger),
        sa.Column("cost", Cost),
        sa.Column("currency", text(16)),
        sa.Column("finish_reason", text(64)),
        sa.Column("error_code", text(64)),
        sa.Column("error_detail", text(1000)),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_prompt_outcomes"),
    )


def create_bodies() -> None:
    op.create_table(
        "prompt_bodies",
        sa.Column("attempt_id", key(96), nullable=False),
        sa.Column("messages", body(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_prompt_bodies"),
    )
    op.create_table(
        "outcome_bodies",
        sa.Column("attempt_id", key(96), nullable=False),
        sa.Column("response", body(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_outcome_bodies"),
    )
