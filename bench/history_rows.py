"""A year of prompts of five organizations: what `bench.history` fills a database with, as the last release left it."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from shared.gateway.records import AttemptRow, OutcomeRow, Status

LARGEST = "acme"
ORGANIZATIONS = (LARGEST, "bolt", "corex", "delta", "echo")
SHARES = (50, 25, 15, 8, 2)
DEPLOYMENTS = ("gpt-4.1-mini", "gpt-4.1", "o4-mini")
DAYS = 365
BURST = 300
"""Attempts refused with 401 in one hour, 300 days ago."""
JOB = 20_000
"""Attempts of one value job: one correlation id, one job id."""
JOB_ID = "job-of-many-prompts"
RELEASED = "0002"
"""The revision the rows are written at."""
_TABLES: Mapping[str, Sequence[str]] = {
    "prompt_attempts": [
        "attempt_id",
        "prompt_id",
        "try_number",
        "organization",
        "feature",
        "prompt_name",
        "deployment",
        "host",
        "correlation_id",
        "mapping_id",
        "created_at",
        "app_version",
    ],
    "prompt_outcomes": [
        "attempt_id",
        "organization",
        "status",
        "finished_at",
        "latency_ms",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "cached_tokens",
        "cost",
        "currency",
        "finish_reason",
        "error_code",
        "error_detail",
    ],
    "prompt_bodies": ["attempt_id", "messages"],
    "outcome_bodies": ["attempt_id", "response"],
}
_MESSAGES = json.dumps([{"role": "user", "content": "x" * 100}])


def fill(path: str, count: int) -> None:
    """Straight into the file: the product's inserts look for each row first, which takes its time a million times."""
    from shared.adapters.sql_engine import connect_to
    from shared.migrations import upgrade

    engine = connect_to(f"sqlite:///{path}")
    upgrade(engine, RELEASED)
    engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("PRAGMA cache_size=-500000")
        waiting: list[tuple[AttemptRow, OutcomeRow | None]] = []
        for pair in rows(count):
            waiting.append(pair)
            if len(waiting) == 20_000:
                _write(database, waiting)
                waiting = []
        _write(database, waiting)
    database.close()


def _write(database: sqlite3.Connection, pairs: Sequence[tuple[AttemptRow, OutcomeRow | None]]) -> None:
    attempts = [attempt for attempt, _ in pairs]
    outcomes = [outcome for _, outcome in pairs if outcome is not None]
    answered = [outcome for outcome in outcomes if outcome.response is not None]
    for (table, columns), found in zip(_TABLES.items(), (attempts, outcomes, attempts, answered), strict=True):
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        values = [[_plain(getattr(row, column)) for column in columns] for row in found]
        database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
    database.commit()


def _plain(value: object) -> object:
    """As SQLAlchemy writes it to SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, str) else value


def rows(count: int, seed: str = "7") -> Iterator[tuple[AttemptRow, OutcomeRow | None]]:
    """Oldest first, the newest a minute old."""
    random = Random(seed)
    newest = datetime.now(UTC) - timedelta(minutes=1)
    step = timedelta(days=DAYS) / count
    for number in range(count):
        yield _row(random, newest - step * (count - 1 - number), number, count)


def _row(random: Random, at: datetime, number: int, count: int) -> tuple[AttemptRow, OutcomeRow | None]:
    (organization,) = random.choices(ORGANIZATIONS, SHARES)
    feature = random.choices(("AiMapping", "RuleEngine", "Verify"), (8000, 2000, 2))[0]
    prompt_id = uuid.UUID(int=random.getrandbits(128)).hex
    burst = 0 <= number - count * (DAYS - 300) // DAYS < BURST
    in_job = 0 <= number - count // 2 < JOB * count // 1_000_000
    mapping = JOB_ID if in_job else f"m-{number // 3}"
    attempt = AttemptRow(
        attempt_id=f"{prompt_id}-1",
        prompt_id=prompt_id,
        try_number=1,
        organization=LARGEST if burst or in_job else organization,
        feature="RuleEngine" if in_job else feature,
        prompt_name="map-fields-v2",
        deployment=random.choice(DEPLOYMENTS),
        host=f"{organization}.openai.azure.com",
        correlation_id=JOB_ID if in_job else f"c-{number // 3}",
        mapping_id=mapping if feature == "AiMapping" or in_job else None,
        created_at=at,
        app_version="0.1.0",
        messages=_MESSAGES,
    )
    if random.random() < 0.00005:
        return attempt, None  # its worker was killed
    return attempt, _outcome(random, attempt, Status.UNAUTHORIZED if burst else None)


def _outcome(random: Random, attempt: AttemptRow, status: Status | None) -> OutcomeRow:
    if status is None:
        usual = (Status.SUCCEEDED, Status.THROTTLED, Status.FAILED, Status.FILTERED, Status.CUT_OFF, Status.TIMED_OUT)
        (status,) = random.choices(usual, (9600, 200, 100, 50, 49, 1))
    answered = status is Status.SUCCEEDED
    latency = random.randint(300, 9_000)
    made = OutcomeRow(
        attempt_id=attempt.attempt_id,
        organization=attempt.organization,
        status=status,
        finished_at=attempt.created_at + timedelta(milliseconds=latency),
        latency_ms=latency,
        error_code=None if answered else "deployment_unavailable",
        error_detail=None if answered else "The deployment is away",
    )
    if not answered:
        return made
    return replace(
        made,
        model=f"{attempt.deployment}-2025-04-14",
        prompt_tokens=random.randint(200, 6_000),
        completion_tokens=random.randint(20, 900),
        cached_tokens=0,
        cost=Decimal(random.randint(100, 9_000)) / 1_000_000,
        currency="USD",
        finish_reason="stop",
        response='{"answer": "y"}',
    )
