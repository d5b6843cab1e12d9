"""Rows survive the outbox exactly, and what is not ours is refused."""

from __future__ import annotations

import json

import pytest

from shared.gateway.history_codec import UnreadableRows, decode, encode
from shared.gateway.records import HistoryRow, Status
from shared.queue_messages import dump, load
from tests.fakes.history import attempt, outcome

ROWS = [
    attempt(),
    attempt(mapping_id=None, messages='[{"role": "user", "content": "\\ud83d lone, \u202e right to left, \x00"}]'),
    outcome(),
    outcome(status=Status.CUT_OFF, model=None, cost=None, prompt_tokens=None, response=None, error_code="x"),
    outcome(response="\ud83d a lone surrogate"),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_comes_back_as_it_went(row: HistoryRow) -> None:
    assert decode(load(dump(encode([row])))) == [row]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 2, "rows": []},
        {"version": 1, "rows": {}},
        {"version": 1, "rows": [None]},
        {"version": 1, "rows": [{}]},
        {"version": 1, "rows": [{"kind": "other"}]},
        {"version": 1, "rows": [{"kind": "attempt"}]},
    ],
)
def test_anything_else_is_unreadable(broken: dict[str, object]) -> None:
    with pytest.raises(UnreadableRows):
        decode(broken)


@pytest.mark.parametrize(
    ("member", "value"),
    [("created_at", "yesterday"), ("try_number", "1"), ("try_number", True), ("organization", 7)],
)
def test_a_value_of_the_wrong_type_is_unreadable(member: str, value: object) -> None:
    message = json.loads(json.dumps(encode([attempt()])))
    message["rows"][0][member] = value
    with pytest.raises(UnreadableRows):
        decode(message)


@pytest.mark.parametrize(("member", "value"), [("cost", "much"), ("status", "fine")])
def test_an_outcome_with_an_unknown_status_or_amount_is_unreadable(member: str, value: str) -> None:
    message = json.loads(json.dumps(encode([outcome()])))
    message["rows"][0][member] = value
    with pytest.raises(UnreadableRows):
        decode(message)


def test_a_member_of_a_newer_app_is_left_out() -> None:
    message = json.loads(json.dumps(encode([outcome()])))
    message["rows"][0]["carbon"] = 1
    assert decode(message) == [outcome()]
