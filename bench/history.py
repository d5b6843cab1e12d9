"""The prompt history at 1,000,000 attempts: milliseconds of a page, of every filter, of usage, and of an insert.

SQLite, as on the local stack: five organizations, of which the largest has half of all attempts and is the one asked; a
year; a job of 20,000 prompts, a burst of refused keys long ago, a few attempts without an outcome
(`bench.history_rows`). It is filled as the last release left it, and then migrated. Read through the HTTP functions
themselves, without a socket: query, database, JSON. Beside it what one would write without looking: pages by OFFSET,
usage by a join. Elapsed milliseconds are those of the bar; those of the processor say what a busy machine adds.

BENCH_ROWS fills fewer; BENCH_DATABASE names a file that is made, kept, and used again as it is.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.history_asks import CALLS, Ask, day, pages, sample
from bench.history_naive import NAIVE_PAGE, NAIVE_USAGE
from bench.history_rows import DAYS, LARGEST, fill

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BAR_MS, USAGE_BAR_MS = 100.0, 1000.0
YEAR_CALLS = 20
_ADDED = (
    "ix_prompt_attempts_feature",
    "ix_prompt_attempts_usage",
    "ix_prompt_outcomes_status",
    "ix_prompt_outcomes_usage",
)
_BY = (None, "day", "feature", "deployment", "day,feature,deployment")


def run() -> dict[str, object]:
    with _database() as (path, made):
        os.environ |= {"DATABASE_URL": f"sqlite:///{path}", "KEY_VAULT_URL": "https://none.vault.azure.net"}
        os.environ.setdefault("AzureWebJobsStorage", "UseDevelopmentStorage=true")
        read, usage = asyncio.run(_measure(path))
        naive = _naive(path, read, usage)
        inserts = _inserts(path)
    slowest = max(figures["p95"] for figures in read.values())
    slowest_usage = max(figures["p95"] for figures in usage.values())
    return {
        "attempts": ROWS,
        **made,
        "pages_ms": read,
        "usage_ms": usage,
        "insert_200_rows_ms": inserts,
        "naive": naive,
        "bar": {"p95 of pages": BAR_MS, "p95 of usage": USAGE_BAR_MS},
        "slowest_p95": [slowest, slowest_usage],
        "reached": slowest <= BAR_MS and slowest_usage <= USAGE_BAR_MS,
    }


@contextmanager
def _database() -> Iterator[tuple[str, dict[str, float]]]:
    from shared.adapters.sql_engine import connect_to
    from shared.migrations import upgrade

    kept = os.environ.get("BENCH_DATABASE")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = kept or f"{folder}/history.db"
        if not Path(path).exists():
            fill(path, ROWS)
        engine = connect_to(f"sqlite:///{path}")
        started = time.perf_counter()
        upgrade(engine)
        engine.dispose()
        yield path, {"migration_seconds": round(time.perf_counter() - started, 1)}


async def _measure(path: str) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    from function_app import app

    handlers = {function.get_function_name(): function.get_user_function() for function in app.get_functions()}
    some = sample(path)
    found = {}
    for name, asks in pages(some).items():
        found[name] = await _timed(handlers["list_prompts"], asks)
    found["one attempt"] = await _timed(handlers["read_prompt"], [(row[0], {}) for row in some])
    usage = {}
    for days in (30, DAYS):
        for by in _BY:
            query = {"from": day(days), **({"by": by} if by else {})}
            calls = CALLS if days == 30 else YEAR_CALLS
            usage[f"{days} days by {by or 'nothing'}"] = await _timed(handlers["read_usage"], [("", query)] * calls)
    return found, usage


async def _timed(handler: Callable[[Any], Awaitable[Any]], asks: Sequence[Ask]) -> dict[str, float]:
    """Milliseconds, one call after the other."""
    import azure.functions as func

    elapsed, processor = [], []
    for attempt_id, query in asks:
        route = {"org": LARGEST, "attemptId": attempt_id}
        request = func.HttpRequest("GET", "https://app/api", params=dict(query), route_params=route, body=b"")
        started, cpu = time.perf_counter(), time.process_time()
        answer = await handler(request)
        elapsed.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - cpu) * 1000)
        if answer.status_code != 200:
            raise SystemExit(answer.get_body().decode())
    return {"p50": _at(elapsed, 0.5), "p95": _at(elapsed, 0.95), "processor p95": _at(processor, 0.95)}


def _naive(
    path: str, read: Mapping[str, Mapping[str, float]], usage: Mapping[str, Mapping[str, float]]
) -> dict[str, object]:
    """Three calls each, in the same database with the same indexes, and how many times as long they take."""
    deep = ROWS * 2 // 5
    with sqlite3.connect(path) as database:
        paged = _median_of_three(database, NAIVE_PAGE, (LARGEST, deep))
        summed = _median_of_three(database, NAIVE_USAGE, (LARGEST, day(DAYS)))
    return {
        f"page {deep:,} rows down, by OFFSET": {"ms": paged, "ratio": _ratio(paged, read["pages anywhere"]["p50"])},
        "a year by everything, by a join": {
            "ms": summed,
            "ratio": _ratio(summed, usage[f"{DAYS} days by day,feature,deployment"]["p50"]),
        },
    }


def _inserts(path: str) -> dict[str, dict[str, float]]:
    """100 attempts and their outcomes, through the product: with the indexes of the last migration, and without."""
    with_them = _inserted(path, "w")
    with sqlite3.connect(path) as database:
        for name in _ADDED:
            database.execute(f"DROP INDEX {name}")
    return {"with": with_them, "without": _inserted(path, "o")}


def _inserted(path: str, prefix: str) -> dict[str, float]:
    from bench.history_rows import rows
    from shared.adapters.sql_history import SqlHistory

    history = SqlHistory(f"sqlite:///{path}")
    elapsed, processor = [], []
    for number in range(CALLS):
        made = [row for pair in rows(100, seed=f"{prefix}{number}") for row in pair if row is not None]
        started, cpu = time.perf_counter(), time.process_time()
        history.insert(made)
        elapsed.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - cpu) * 1000)
    history.close()
    return {"p50": _at(elapsed, 0.5), "p95": _at(elapsed, 0.95), "processor p50": _at(processor, 0.5)}


def _median_of_three(database: sqlite3.Connection, statement: str, values: Sequence[object]) -> float:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        database.execute(statement, values).fetchall()
        taken.append((time.perf_counter() - started) * 1000)
    return _at(taken, 0.5)


def _at(values: Sequence[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 1)


def _ratio(one: float, other: float) -> float:
    return round(one / other, 1)
