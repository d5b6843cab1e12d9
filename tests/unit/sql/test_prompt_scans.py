"""Pages of a filtered history: along an index, however rare what is looked for; and nothing missed that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import Engine, Select, text

from shared.adapters import sql_scans
from shared.adapters.sql_engine import connect_to
from shared.adapters.sql_history import SqlHistory
from shared.adapters.sql_scans import by_status, early_statement, scan_of
from shared.adapters.sql_usage import attempts_statement, outcomes_statement
from shared.gateway.prompt_log import PromptQuery
from shared.gateway.records import Status
from shared.gateway.usage import UsageQuery
from tests.fakes.history import NOON, attempt, outcome
from tests.unit.sql.test_prompt_pages import forged

TOKEN = forged([1, NOON.isoformat(), "p1-1"])


@pytest.fixture
def engine(history: SqlHistory, database_url: str) -> Iterator[Engine]:
    made = connect_to(database_url)
    yield made
    made.dispose()


def plan(engine: Engine, statement: Select[*tuple[object, ...]]) -> str:
    """What SQLite would do. Azure SQL has the same indexes, and statistics besides."""
    said = statement.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        return "; ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {said}")))


def pages(history: SqlHistory, **filters: object) -> list[list[str]]:
    found, token = [], None
    while True:
        page = history.page(PromptQuery("acme", continuation=token, **filters))  # type: ignore[arg-type]
        found.append([item.attempt_id for item in page.items])
        token = page.continuation
        if token is None:
            return found


@pytest.mark.parametrize("continuation", [None, TOKEN])
@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "ix_prompt_attempts_list (organization=?"),
        ({"feature": "AiMapping"}, "ix_prompt_attempts_feature (organization=? AND feature=?"),
        ({"mapping_id": "m-1"}, "ix_prompt_attempts_mapping (organization=? AND mapping_id=?"),
        ({"feature": "AiMapping", "mapping_id": "m-1"}, "ix_prompt_attempts_mapping (organization=? AND mapping_id=?"),
        ({"correlation_id": "c-1"}, "ix_prompt_attempts_correlation (organization=? AND correlation_id=?"),
        ({"status": Status.FAILED}, "ix_prompt_outcomes_status (organization=? AND status=?"),
        ({"status": Status.FAILED, "feature": "AiMapping"}, "ix_prompt_outcomes_status (organization=? AND status=?"),
        ({"status": Status.SUCCEEDED, "feature": "Verify"}, "ix_prompt_attempts_feature (organization=? AND feature=?"),
        ({"status": Status.UNKNOWN}, "ix_prompt_attempts_list (organization=?"),
        ({"status": Status.PENDING}, "ix_prompt_attempts_list (organization=? AND created_at>?"),
    ],
)
def test_every_filter_is_read_along_its_index_without_sorting(
    engine: Engine, filters: dict[str, object], index: str, continuation: str | None
) -> None:
    scan = scan_of(PromptQuery("acme", continuation=continuation, **filters), NOON)  # type: ignore[arg-type]
    said = plan(engine, scan.page(50))
    assert index in said.split(";")[0]
    assert "TEMP B-TREE" not in said


def test_usage_is_read_from_its_indexes_alone_without_sorting(engine: Engine) -> None:
    query = UsageQuery("acme", NOON - timedelta(days=30), NOON, ("day",), "USD")
    for statement in (outcomes_statement(query), attempts_statement(query)):
        said = plan(engine, statement)
        assert "COVERING INDEX" in said
        assert "TEMP B-TREE" not in said


def fill(history: SqlHistory) -> dict[str, tuple[str, str]]:
    """Forty attempts, three of an instant each, by name: feature and status. Some outcomes come first."""
    made = {}
    for number, (feature, status) in zip(
        range(40), [*product(("AiMapping", "RuleEngine"), ("succeeded", "failed", None))] * 7, strict=False
    ):
        name = f"p{number:02}-1"
        at = NOON - timedelta(hours=1, seconds=number // 3)
        rows = [attempt(name, feature=feature, created_at=at)]
        if status is not None:
            rows.append(outcome(name, status=Status(status)))  # type: ignore[arg-type]
        for row in reversed(rows) if number % 5 == 0 else rows:
            history.insert([row])
        made[name] = feature, status or "unknown"
    return made


@pytest.mark.parametrize("window", [1, 4, 5_000])
@pytest.mark.parametrize("top", [1, 3, 50])
@pytest.mark.parametrize("feature", [None, "RuleEngine"])
@pytest.mark.parametrize("status", ["succeeded", "failed", "unknown", "throttled"])
def test_pages_together_are_all_that_was_asked_for_newest_first(
    history: SqlHistory, monkeypatch: pytest.MonkeyPatch, status: str, feature: str | None, top: int, window: int
) -> None:
    monkeypatch.setattr(sql_scans, "WINDOW", window)
    made = fill(history)
    read = [name for page in pages(history, status=Status(status), feature=feature, top=top) for name in page]
    wanted = {name for name, (f, s) in made.items() if s == status and feature in (None, f)}
    newest_first = sorted(wanted, key=lambda name: (-(int(name[1:3]) // 3), name), reverse=True)
    assert read == newest_first


def test_a_page_ends_where_it_has_looked_far_enough(history: SqlHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_scans, "WINDOW", 3)
    names = [f"p{number}-1" for number in range(7)]
    history.insert([attempt(name, created_at=NOON - timedelta(hours=1)) for name in names])
    history.insert([outcome(name) for name in names if name != "p0-1"])
    assert pages(history, status=Status.UNKNOWN) == [[], [], ["p0-1"]]


def test_outcomes_that_came_first_are_in_the_span_that_was_asked_for(history: SqlHistory) -> None:
    for number in range(4):
        history.insert([outcome(f"p{number}-1", status=Status.FAILED)])
        history.insert([attempt(f"p{number}-1", created_at=NOON + timedelta(seconds=number))])
    span = {"since": NOON + timedelta(seconds=1), "until": NOON + timedelta(seconds=3)}
    assert pages(history, status=Status.FAILED, **span) == [["p2-1", "p1-1"]]


def test_what_has_no_place_in_the_index_is_looked_up_by_key(engine: Engine) -> None:
    query = PromptQuery("acme", status=Status.FAILED)
    assert by_status(query)
    assert "ix_prompt_outcomes_status (organization=? AND status=? AND created_at=?)" in plan(
        engine, early_statement(query)
    )
