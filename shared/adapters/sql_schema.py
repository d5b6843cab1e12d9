"""The four tables of the prompt history. Insert-only: nothing here is ever updated.

Counts and times live apart from the bodies (prompts and answers), so that a body can be erased and its counts stay.
No table refers to another: rows that waited in the outbox may arrive in any order.

What is clustered, on Azure SQL: ``prompt_attempts`` by the list page's order, so that a page is one range scan with
nothing to look up, and each organization appends at its own end; its key is then an ordinary unique index. The other
three are clustered by attempt id, which is how they are always reached. An attempt id that starts with the time (such
as a version 7 UUID) appends there too; a random one costs page splits, never correctness.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table

from shared.adapters.sql_types import Cost, UtcTime, body, key, text, utc_date

metadata = MetaData()

prompt_attempts = Table(
    "prompt_attempts",
    metadata,
    Column("attempt_id", key(96), nullable=False),
    Column("prompt_id", key(80), nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("organization", key(64), nullable=False),
    Column("feature", key(32), nullable=False),
    Column("prompt_name", text(128), nullable=False),
    Column("deployment", text(256), nullable=False),
    Column("host", text(256), nullable=False),
    Column("correlation_id", key(128), nullable=False),
    Column("mapping_id", key(80)),
    Column("created_at", UtcTime, nullable=False),
    Column("app_version", text(64), nullable=False),
    Column("day", utc_date()),
    PrimaryKeyConstraint("attempt_id", name="pk_prompt_attempts", mssql_clustered=False),
)
Index(
    "ix_prompt_attempts_list",
    prompt_attempts.c.organization,
    prompt_attempts.c.created_at.desc(),
    prompt_attempts.c.attempt_id.desc(),
    mssql_clustered=True,
)
Index("ix_prompt_attempts_prompt", prompt_attempts.c.prompt_id)
_NEWEST_FIRST = (prompt_attempts.c.created_at.desc(), prompt_attempts.c.attempt_id.desc())
"""The list's order: a filter whose index goes on like this is read as a page, without sorting."""
for _name in ("feature", "mapping_id", "correlation_id"):
    Index(
        f"ix_prompt_attempts_{_name.removesuffix('_id')}",
        prompt_attempts.c.organization,
        prompt_attempts.c[_name],
        *_NEWEST_FIRST,
    )

prompt_outcomes = Table(
    "prompt_outcomes",
    metadata,
    Column("attempt_id", key(96), nullable=False),
    Column("organization", key(64), nullable=False),
    Column("status", key(32), nullable=False),
    Column("finished_at", UtcTime, nullable=False),
    Column("latency_ms", BigInteger, nullable=False),
    Column("model", text(256)),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("cost", Cost),
    Column("currency", text(16)),
    Column("finish_reason", text(64)),
    Column("error_code", text(64)),
    Column("error_detail", text(1000)),
    Column("created_at", UtcTime),
    Column("day", utc_date()),
    Column("feature", key(32)),
    Column("deployment", text(256)),
    PrimaryKeyConstraint("attempt_id", name="pk_prompt_outcomes"),
)
OF_ATTEMPT = tuple(prompt_outcomes.c[name] for name in ("created_at", "day", "feature", "deployment"))
"""What an outcome repeats of its attempt, for the two indexes below. Looked up as the outcome is written; empty where
the attempt was not there yet (both came out of the outbox), and in what an app older than revision 0003 writes."""
Index(
    "ix_prompt_outcomes_status",
    prompt_outcomes.c.organization,
    prompt_outcomes.c.status,
    prompt_outcomes.c.created_at.desc(),
    prompt_outcomes.c.attempt_id.desc(),
)
USAGE_PARTS = ("organization", "day", "feature", "deployment", "created_at")
USAGE_COUNTS = ("currency", "prompt_tokens", "completion_tokens", "cached_tokens", "cost")
"""Usage is added up from two indexes alone, in their own order: neither a row is fetched nor anything sorted."""
Index("ix_prompt_attempts_usage", *(prompt_attempts.c[name] for name in USAGE_PARTS))
Index("ix_prompt_outcomes_usage", *(prompt_outcomes.c[name] for name in (*USAGE_PARTS, *USAGE_COUNTS)))

prompt_bodies = Table(
    "prompt_bodies",
    metadata,
    Column("attempt_id", key(96), nullable=False),
    Column("messages", body(), nullable=False),
    PrimaryKeyConstraint("attempt_id", name="pk_prompt_bodies"),
)

outcome_bodies = Table(
    "outcome_bodies",
    metadata,
    Column("attempt_id", key(96), nullable=False),
    Column("response", body(), nullable=False),
    PrimaryKeyConstraint("attempt_id", name="pk_outcome_bodies"),
)

TABLES = (prompt_attempts, prompt_outcomes, prompt_bodies, outcome_bodies)
