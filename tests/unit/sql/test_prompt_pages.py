"""Pages of the history: newest first, every row once, filters, tokens."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.adapters.sql_history import SqlHistory
from shared.errors import InvalidRequest
from shared.gateway.prompt_log import PENDING_FOR, PromptQuery, continue_after, position
from shared.gateway.records import Status
from tests.fakes.history import NOON, attempt, outcome


def ids(history: SqlHistory, **filters: object) -> list[str]:
    return [item.attempt_id for item in history.page(PromptQuery("acme", **filters)).items]  # type: ignore[arg-type]


def all_pages(history: SqlHistory, top: int) -> list[list[str]]:
    pages, token = [], None
    while True:
        page = history.page(PromptQuery("acme", top=top, continuation=token))
        pages.append([item.attempt_id for item in page.items])
        token = page.continuation
        if token is None:
            return pages


def test_an_empty_history_is_one_empty_page(history: SqlHistory) -> None:
    assert all_pages(history, 50) == [[]]


def test_newest_come_first(history: SqlHistory) -> None:
    history.insert([attempt(f"p{n}-1", created_at=NOON + timedelta(microseconds=n)) for n in (2, 1, 3)])
    assert ids(history) == ["p3-1", "p2-1", "p1-1"]


@pytest.mark.parametrize("top", [1, 2, 3, 7, 8])
def test_rows_of_the_same_instant_are_each_on_exactly_one_page(history: SqlHistory, top: int) -> None:
    history.insert([attempt(f"p{n}-1") for n in range(5)])
    history.insert([attempt(f"q{n}-1", created_at=NOON - timedelta(microseconds=1)) for n in range(2)])
    pages = all_pages(history, top)
    assert [row for page in pages for row in page] == [
        *("p4-1", "p3-1", "p2-1", "p1-1", "p0-1"),
        *("q1-1", "q0-1"),
    ]
    assert max(len(page) for page in pages) <= top


def test_the_last_full_page_promises_no_further_one(history: SqlHistory) -> None:
    history.insert([attempt(f"p{n}-1") for n in range(4)])
    assert [len(page) for page in all_pages(history, 2)] == [2, 2]


def test_rows_added_meanwhile_do_not_shift_the_next_page(history: SqlHistory) -> None:
    history.insert([attempt(f"p{n}-1", created_at=NOON + timedelta(seconds=n)) for n in range(4)])
    first = history.page(PromptQuery("acme", top=2))
    history.insert([attempt("new-1", created_at=NOON + timedelta(seconds=9))])
    assert ids(history, top=2, continuation=first.continuation) == ["p1-1", "p0-1"]


def test_filters_narrow_and_combine(history: SqlHistory) -> None:
    history.insert(
        [
            attempt("a-1", feature="RuleEngine", correlation_id="x", mapping_id=None),
            attempt("b-1", correlation_id="x", mapping_id="m-2"),
            attempt("c-1", correlation_id="X"),
        ]
    )
    assert ids(history, feature="RuleEngine") == ["a-1"]
    assert ids(history, correlation_id="x") == ["b-1", "a-1"]
    assert ids(history, mapping_id="m-2") == ["b-1"]
    assert ids(history, correlation_id="x", feature="AiMapping") == ["b-1"]
    assert ids(history, correlation_id="'; DROP TABLE prompt_attempts --") == []


def test_from_is_inclusive_and_to_exclusive_in_any_zone(history: SqlHistory) -> None:
    history.insert([attempt(f"p{n}-1", created_at=NOON + timedelta(seconds=n)) for n in range(4)])
    east = timezone(timedelta(hours=5, minutes=30))
    start, end = NOON + timedelta(seconds=1), NOON + timedelta(seconds=3)
    assert ids(history, since=start.astimezone(east), until=end.astimezone(east)) == ["p2-1", "p1-1"]


def test_a_missing_outcome_is_pending_for_ten_minutes_and_then_unknown(history: SqlHistory) -> None:
    now = NOON + timedelta(minutes=1)  # what the clock of this database says
    history.insert(
        [
            attempt("young-1", created_at=now - PENDING_FOR + timedelta(microseconds=1)),
            attempt("old-1", created_at=now - PENDING_FOR),
            attempt("done-1"),
            outcome("done-1"),
            attempt("failed-1"),
            outcome("failed-1", status=Status.FAILED),
        ]
    )
    assert {item.attempt_id: item.status for item in history.page(PromptQuery("acme")).items} == {
        "young-1": Status.PENDING,
        "old-1": Status.UNKNOWN,
        "done-1": Status.SUCCEEDED,
        "failed-1": Status.FAILED,
    }
    assert ids(history, status=Status.PENDING) == ["young-1"]
    assert ids(history, status=Status.UNKNOWN) == ["old-1"]
    assert ids(history, status=Status.SUCCEEDED) == ["done-1"]
    assert ids(history, status=Status.FAILED) == ["failed-1"]


def test_a_token_comes_back_as_the_place_it_was_made_of(history: SqlHistory) -> None:
    history.insert([attempt("a\u00e9b-1")])
    (item,) = history.page(PromptQuery("acme")).items
    assert position(continue_after(item)) == (NOON, "a\u00e9b-1")


def forged(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "é",
        "not a token",
        "a" * 600,
        forged([]),
        forged({}),
        forged([2, "2026-11-25T12:00:00+00:00", "p1-1"]),
        forged([1, "2026-11-25T12:00:00", "p1-1"]),
        forged([1, "yesterday", "p1-1"]),
        forged([1, 7, "p1-1"]),
        forged([1, "0001-01-01T00:00:00+14:00", "p1-1"]),
        forged([1, "2026-11-25T12:00:00+00:00", 7]),
        forged([1, "2026-11-25T12:00:00+00:00", "\ud800"]),
    ],
)
def test_a_token_that_is_not_ours_is_the_callers_mistake(history: SqlHistory, token: str) -> None:
    with pytest.raises(InvalidRequest) as told:
        history.page(PromptQuery("acme", continuation=token))
    assert told.value.violations[0].pointer == "/continuationToken"


def test_a_token_of_another_organization_shows_nothing_of_it(history: SqlHistory) -> None:
    history.insert([attempt("a-1", organization="other"), attempt("b-1", organization="other"), attempt("c-1")])
    foreign = history.page(PromptQuery("other", top=1)).continuation
    assert foreign is not None
    assert "other" not in {item.attempt_id for item in history.page(PromptQuery("acme", continuation=foreign)).items}
    assert ids(history, continuation=foreign) == []


def test_times_are_utc_when_read(history: SqlHistory) -> None:
    history.insert([attempt(created_at=datetime(2026, 11, 25, 17, tzinfo=timezone(timedelta(hours=5))))])
    assert history.page(PromptQuery("acme")).items[0].created_at == datetime(2026, 11, 25, 12, tzinfo=UTC)
